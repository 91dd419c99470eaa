//! The current token, the running refresh, and the last failure.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use super::cached_token::CachedToken;
use crate::Error;

/// The time after a failed refresh in which its error is returned instead of starting another one.
const FAILURE_COOLDOWN: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct State {
    pub(super) current: Option<Arc<CachedToken>>,
    /// The service has rejected the current token.
    pub(super) is_rejected: bool,
    pub(super) in_flight: Option<InFlight>,
    failure: Option<RefreshFailure>,
    /// The number of refreshes that have ended.
    pub(super) refreshes: u64,
}

/// A running refresh.
#[derive(Clone)]
pub(super) struct InFlight {
    /// Yields the result to every waiting request.
    pub(super) result: watch::Receiver<Option<RefreshResult>>,
    pub(super) started_at: Instant,
}

/// The result of a refresh, which several requests receive.
pub(super) type RefreshResult = Result<Arc<CachedToken>, Arc<Error>>;

struct RefreshFailure {
    error: Arc<Error>,
    /// The number of refreshes that had ended, including this one.
    refreshes: u64,
    at: Instant,
}

impl InFlight {
    /// Waits for the result. Returns `None` if the task has ended without one.
    pub(super) async fn completion(&mut self) -> Option<RefreshResult> {
        let ended = self.result.wait_for(Option::is_some).await;
        ended.ok().and_then(|result| result.clone())
    }

    /// Returns `true` if the task has ended without a result, such as one whose runtime has shut down.
    fn is_lost(&self) -> bool {
        self.result.has_changed().is_err() && self.result.borrow().is_none()
    }
}

impl State {
    pub(super) fn new(current: Option<Arc<CachedToken>>) -> State {
        State {
            current,
            ..State::default()
        }
    }

    pub(super) fn is_current(&self, token: &Arc<CachedToken>) -> bool {
        let current = self.current.as_ref();
        current.is_some_and(|current| Arc::ptr_eq(current, token))
    }

    /// Returns the current token unless it has expired or the service has rejected it.
    pub(super) fn valid_token(&self, now: SystemTime) -> Option<Arc<CachedToken>> {
        let current = self.current.as_ref().filter(|_| !self.is_rejected)?;
        (!current.tokens().is_expired(now)).then(|| current.clone())
    }

    /// Returns the running refresh.
    pub(super) fn running(&mut self) -> Option<InFlight> {
        self.in_flight.take_if(|refresh| refresh.is_lost());
        self.in_flight.clone()
    }

    /// Returns the error of the last refresh, if it counts for a call that started after `refreshes_at_start`
    /// refreshes.
    pub(super) fn recent_failure(
        &self,
        now: Instant,
        refreshes_at_start: u64,
    ) -> Option<&Arc<Error>> {
        let failure = self.failure.as_ref()?;
        let age = now.saturating_duration_since(failure.at);
        let is_recent = failure.refreshes > refreshes_at_start || age < FAILURE_COOLDOWN;
        is_recent.then_some(&failure.error)
    }

    /// Records the result of a refresh.
    pub(super) fn complete(
        &mut self,
        result: Result<Arc<CachedToken>, Error>,
        now: Instant,
    ) -> RefreshResult {
        self.in_flight = None;
        self.refreshes += 1;
        match result {
            Ok(token) => {
                self.replace(token.clone());
                self.failure = None;
                Ok(token)
            }
            Err(error) => {
                let error = Arc::new(error);
                self.failure = Some(RefreshFailure {
                    error: error.clone(),
                    refreshes: self.refreshes,
                    at: now,
                });
                Err(error)
            }
        }
    }

    /// Replaces the current token.
    pub(super) fn replace(&mut self, token: Arc<CachedToken>) {
        self.current = Some(token);
        self.is_rejected = false;
    }

    /// Allows another refresh after one that ended without a result.
    pub(super) fn clear_in_flight(&mut self, aborted: &InFlight) {
        let is_aborted = |refresh: &mut InFlight| refresh.result.same_channel(&aborted.result);
        self.in_flight.take_if(is_aborted);
    }
}
