//! Many logins in one process.

// ANCHOR: program
use std::sync::Arc;
use std::time::Duration;

use basalam_chat::Client;
use basalam_chat::state::StateStore;
use basalam_chat::watch::{RequestBudget, Watch};

/// Returns a watch for each seller. All of them together send at most 20 requests per second.
pub fn watch_all(sellers: &[Client], store: &Arc<dyn StateStore>) -> Vec<Watch> {
    let budget = RequestBudget::new(20, Duration::from_secs(1));
    let watch = |seller: &Client| seller.watch(store.clone()).request_budget(&budget);
    sellers.iter().map(watch).collect()
}
// ANCHOR_END: program
