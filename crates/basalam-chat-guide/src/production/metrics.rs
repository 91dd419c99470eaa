//! Numbers to alert on.

// ANCHOR: program
use std::sync::atomic::{AtomicU64, Ordering};

use basalam_chat::watch::Report;

/// Counters of a bot. Pass `move |report| metrics.count(report)` to `Watch::on_report`.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Requests of the watcher that failed and are repeated.
    pub failed_requests: AtomicU64,
    /// Attempts to handle an event that failed and are repeated.
    pub failed_attempts: AtomicU64,
    /// Events that were given up: a person has to look at these chats.
    pub dead_letters: AtomicU64,
}

impl Metrics {
    /// Counts a report.
    pub fn count(&self, report: &Report) {
        let counter = match report {
            Report::RequestFailed(_) => &self.failed_requests,
            Report::HandlerFailed { .. } => &self.failed_attempts,
            Report::DeadLetter(_) => &self.dead_letters,
            _ => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
// ANCHOR_END: program
