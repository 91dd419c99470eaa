//! The clock of a client, for timeouts, backoff and token expiry.
//!
//! A client uses [`SystemClock`] unless [`ClientBuilder::clock`](crate::ClientBuilder::clock) sets another
//! one, so that a test can control every timeout and every backoff without waiting. A custom [`Clock`] learns from the
//! [`SleepReason`] what a [`Sleep`] is for.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// The future of [`Clock::sleep`].
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time.
///
/// # Examples
///
/// A clock that skips backoff and never times out:
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
///
/// use basalam_chat::time::{Clock, Sleep, SleepReason};
///
/// #[derive(Debug)]
/// struct ImmediateClock;
///
/// impl Clock for ImmediateClock {
///     fn instant(&self) -> Instant {
///         Instant::now()
///     }
///
///     fn system_time(&self) -> SystemTime {
///         SystemTime::now()
///     }
///
///     fn sleep(&self, _duration: Duration, reason: SleepReason) -> Sleep {
///         match reason {
///             SleepReason::Backoff => Box::pin(std::future::ready(())),
///             _ => Box::pin(std::future::pending()),
///         }
///     }
/// }
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the monotonic time, for durations.
    fn instant(&self) -> Instant;

    /// Returns the wall-clock time, for token expiry and for a `Retry-After` date.
    fn system_time(&self) -> SystemTime;

    /// Returns a future that completes after `duration`.
    fn sleep(&self, duration: Duration, reason: SleepReason) -> Sleep;
}

/// Why a [`Clock`] is asked to sleep.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SleepReason {
    /// The backoff before a retry.
    Backoff,
    /// A timeout. Most of these futures are dropped before they complete.
    Timeout,
    /// The pause until a scheduled action of a watcher, such as its next poll, or the timeout of a handler.
    Schedule,
}

/// The system clock. Sleeping needs a tokio runtime with its time driver, as reqwest does.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration, _: SleepReason) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}
