//! The parts of a watcher that outlive a lease.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::config::Config;
use super::{DeadLetter, DeadLetterReason, Event, Report, WatchError};
use crate::random::{RandomSource, jitter};
use crate::state::StateStore;
use crate::time::{Clock, SleepReason};
use crate::{ChatId, Client, Error};

pub(super) struct Shared {
    pub(super) client: Client,
    /// Reads within the request budget.
    pub(super) reader: Client,
    pub(super) store: Arc<dyn StateStore>,
    pub(super) config: Config,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn RandomSource>,
    /// Polls at once.
    pub(super) wake: Notify,
    pub(super) shutdown: watch::Sender<bool>,
}

impl Shared {
    /// Reports, unless the function of the program panics, which must not end the watcher.
    pub(super) fn report(&self, report: &Report) {
        if let Some(on_report) = &self.config.on_report {
            // The panic hook has shown it, and there is nowhere else to report it to.
            let _ = catch_unwind(AssertUnwindSafe(|| on_report(report)));
        }
    }

    /// Passes an event to the dead letters. Returns `false` if the function of the program panics.
    pub(super) fn give_up(
        &self,
        chat: ChatId,
        event: Event,
        attempts: u32,
        reason: DeadLetterReason,
    ) -> bool {
        let letter = DeadLetter {
            chat,
            event,
            attempts,
            reason,
        };
        let dead_letter = self.config.dead_letter.as_ref();
        let is_taken = dead_letter.is_none_or(|dead_letter| {
            catch_unwind(AssertUnwindSafe(|| dead_letter(&letter))).is_ok()
        });
        self.report(&match is_taken {
            true => Report::DeadLetter(chat),
            false => Report::DeadLetterFailed(chat),
        });
        is_taken
    }

    pub(super) fn now(&self) -> Instant {
        self.clock.instant()
    }

    pub(super) async fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration, SleepReason::Schedule).await;
    }

    pub(super) async fn sleep_until(&self, instant: Instant) {
        let duration = instant.saturating_duration_since(self.now());
        self.sleep(duration).await;
    }

    /// Like [`sleep_until`](Self::sleep_until), but returns at once if it is due.
    pub(super) async fn reach(&self, instant: Instant) {
        if self.now() < instant {
            self.sleep_until(instant).await;
        }
    }

    /// Returns a delay that doubles with each failure, of which half is random.
    pub(super) fn delay(&self, first: Duration, longest: Duration, failures: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1).min(16));
        let delay = first.saturating_mul(factor).min(longest);
        delay / 2 + jitter(&*self.random, delay / 2)
    }

    pub(super) async fn backoff(&self, first: Duration, longest: Duration, failures: u32) {
        self.sleep(self.delay(first, longest, failures)).await;
    }

    /// Waits until the watcher is to stop.
    pub(super) async fn stopped(&self) {
        let mut shutdown = self.shutdown.subscribe();
        // The sender exists as long as this.
        let _ = shutdown.wait_for(|is_shutdown| *is_shutdown).await;
    }

    pub(super) fn is_stopped(&self) -> bool {
        *self.shutdown.borrow()
    }

    /// Repeats a request until it succeeds, after a backoff that a wake-up ends.
    ///
    /// # Errors
    ///
    /// Those that a repetition does not change.
    pub(super) async fn retry<T, F>(&self, mut request: impl FnMut() -> F) -> Result<T, WatchError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut failures = 0;
        loop {
            match request().await {
                Ok(value) => return Ok(value),
                Err(error) => self.back_off(error, &mut failures).await?,
            }
        }
    }

    /// Reports a failed request and waits before it is repeated, at most until a wake-up.
    ///
    /// # Errors
    ///
    /// One that a repetition does not change.
    pub(super) async fn back_off(
        &self,
        error: Error,
        failures: &mut u32,
    ) -> Result<(), WatchError> {
        *failures += 1;
        let delay = self.failed(error, *failures)?;
        tokio::select! {
            () = self.sleep(delay) => {}
            () = self.wake.notified() => {}
        }
        Ok(())
    }

    /// Reports a failed request. Returns the pause before it is repeated, or the error if that is useless.
    pub(super) fn failed(&self, error: Error, failures: u32) -> Result<Duration, WatchError> {
        if error.needs_login() || error.is_configuration() {
            return Err(error.into());
        }
        self.report(&Report::RequestFailed(error));
        let (first, longest) = (Duration::from_millis(800), Duration::from_secs(30));
        Ok(self.delay(first, longest, failures))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
