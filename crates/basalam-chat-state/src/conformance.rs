//! The tests that every state store passes. Unstable: any release can add tests or change their interface.
//!
//! [`run`] checks what [`StateStore`](basalam_chat::state::StateStore) promises: conditional writes, versions, lists,
//! limits, leases, linearizability under concurrent writers, and outages. It needs a tokio runtime, preferably with
//! several threads, and does not sleep.
//!
//! The tests write below `conformance/` with random names and delete nothing else, so a store can be used again.
//!
//! # Examples
//!
//! ```
//! use std::sync::Arc;
//!
//! use basalam_chat::state::{MemoryState, StateFuture, StateStore};
//! use basalam_chat_state::conformance::{self, StoreFactory};
//!
//! #[derive(Debug)]
//! struct Factory(MemoryState);
//!
//! impl StoreFactory for Factory {
//!     fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
//!         let store: Arc<dyn StateStore> = Arc::new(self.0.clone());
//!         Box::pin(async { Ok(store) })
//!     }
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let report = conformance::run(Arc::new(Factory(MemoryState::new()))).await;
//! assert!(report.is_success(), "{report}");
//! # });
//! ```

mod concurrency;
mod context;
mod factory;
mod history;
mod leases;
mod linearizability;
mod lists;
mod outages;
mod report;
mod semantics;
mod values;
mod workload;

use std::sync::Arc;

use context::Context;

pub use factory::StoreFactory;
pub use report::{CheckOutcome, Report};

/// Runs checks one after the other, each below its own prefix.
macro_rules! run_checks {
    ($factory:expr, $($module:ident::$name:ident,)*) => {{
        let mut report = Report::default();
        $(
            let name = concat!(stringify!($module), "::", stringify!($name));
            let context = Context::new(Arc::clone(&$factory), stringify!($name));
            report.add(name, $module::$name(&context).await);
        )*
        report
    }};
}

/// Runs all tests and reports the outcome of each.
pub async fn run(factory: Arc<dyn StoreFactory>) -> Report {
    run_checks!(
        factory,
        semantics::written_values_are_read,
        semantics::puts_follow_their_mode,
        semantics::deletes_follow_their_mode,
        semantics::versions_grow_and_never_repeat,
        semantics::put_many_reports_each_write,
        semantics::confirmed_puts_are_puts,
        semantics::handles_share_values,
        semantics::dropped_writes_leave_the_store_usable,
        values::keys_are_exact,
        values::values_are_bytes,
        values::values_are_limited,
        values::errors_show_no_values,
        lists::prefixes_are_literal,
        lists::pages_are_complete_and_ordered,
        leases::holder_excludes_others,
        leases::expired_leases_are_taken_over,
        leases::renewed_leases_are_kept,
        leases::paused_holder_loses_only_to_a_successor,
        leases::released_leases_are_free,
        leases::fencing_numbers_grow,
        leases::one_contender_acquires,
        concurrency::increments_are_not_lost,
        concurrency::history_is_linearizable,
        outages::values_survive_a_restart,
        outages::history_is_linearizable_across_a_restart,
        outages::stopped_store_fails,
        outages::paused_store_fails_and_recovers,
    )
}
