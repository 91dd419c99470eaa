//! How long a process reads a login.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::time::Clock;

/// The time for which this process has the lease. It ends when the lease is lost, and also when it expires without
/// being renewed: after a pause of the whole process, other tasks may run before the one that renews the lease.
pub(super) struct Tenure {
    clock: Arc<dyn Clock>,
    ends_at: Mutex<Instant>,
    is_revoked: watch::Sender<bool>,
}

/// Ends a tenure, also if the task is aborted.
pub(super) struct EndTenure(pub(super) Arc<Tenure>);

impl Drop for EndTenure {
    fn drop(&mut self) {
        self.0.is_revoked.send_replace(true);
    }
}

impl Tenure {
    pub(super) fn new(clock: Arc<dyn Clock>, left: Duration) -> Tenure {
        Tenure {
            ends_at: Mutex::new(clock.instant() + left),
            is_revoked: watch::Sender::new(false),
            clock,
        }
    }

    /// Sets the time that is left.
    pub(super) fn set_time_left(&self, left: Duration) {
        let mut ends_at = self.ends_at.lock().unwrap_or_else(PoisonError::into_inner);
        *ends_at = self.clock.instant() + left;
    }

    pub(super) fn is_over(&self) -> bool {
        let ends_at = *self.ends_at.lock().unwrap_or_else(PoisonError::into_inner);
        *self.is_revoked.borrow() || self.clock.instant() >= ends_at
    }

    /// Waits until it is over. To be polled before what must not go on afterwards.
    pub(super) async fn over(&self) {
        let mut is_revoked = self.is_revoked.subscribe();
        let mut revoked = pin!(is_revoked.wait_for(|is_revoked| *is_revoked));
        poll_fn(|context| match self.is_over() {
            true => Poll::Ready(()),
            // The sender exists as long as this.
            false => revoked.as_mut().poll(context).map(drop),
        })
        .await;
    }
}
