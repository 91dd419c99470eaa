//! The outages of the state store, as reports.

use std::time::Duration;

use super::Report;
use super::shared::Shared;
use crate::state::StateError;

/// The failures of an operation of the store since it last succeeded.
#[derive(Default)]
pub(super) struct Outage {
    failures: u32,
}

impl Outage {
    /// Counts a failure, and reports the first one.
    pub(super) fn failed(&mut self, shared: &Shared, error: StateError) {
        if self.failures == 0 {
            shared.report(&Report::StoreFailed(error));
        }
        self.failures = self.failures.saturating_add(1);
    }

    /// Reports that the store works again, if it failed before.
    pub(super) fn succeeded(&mut self, shared: &Shared) {
        if std::mem::take(&mut self.failures) > 0 {
            shared.report(&Report::StoreRecovered);
        }
    }

    /// Waits before the next try.
    pub(super) async fn backoff(&self, shared: &Shared) {
        let (first, longest) = (Duration::from_millis(200), Duration::from_secs(10));
        shared.backoff(first, longest, self.failures).await;
    }
}
