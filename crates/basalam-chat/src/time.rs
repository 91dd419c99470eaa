//! Clock: the time a client uses for timeouts, backoff and token expiry.
//!
//! A client uses [`SystemClock`] unless [`ClientBuilder::clock`](crate::ClientBuilder::clock) sets another
//! one, so that a test can control every timeout and every backoff without waiting.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// A wait that a [`Clock`] has been asked for.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time and lets time pass.
///
/// # Examples
///
/// A clock on which nothing is ever waited for before a retry, and no answer is ever late:
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
///
/// use basalam_chat::time::{Clock, Sleep, SleepReason};
///
/// #[derive(Debug)]
/// struct Impatient;
///
/// impl Clock for Impatient {
///     fn instant(&self) -> Instant {
///         Instant::now()
///     }
///
///     fn system_time(&self) -> SystemTime {
///         SystemTime::now()
///     }
///
///     fn sleep(&self, _duration: Duration, wait: SleepReason) -> Sleep {
///         match wait {
///             SleepReason::Backoff => Box::pin(std::future::ready(())),
///             _ => Box::pin(std::future::pending()),
///         }
///     }
/// }
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time that durations are measured by; it never goes back.
    fn instant(&self) -> Instant;

    /// The time of day, for the expiry of tokens and for `Retry-After` given as a date.
    fn system_time(&self) -> SystemTime;

    /// Ends after `duration`. `wait` tells what is waited for.
    fn sleep(&self, duration: Duration, wait: SleepReason) -> Sleep;
}

/// What a [`Clock`] is asked to wait for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SleepReason {
    /// A pause before a request is sent again.
    Backoff,
    /// The longest time that an answer may take. Most such waits are dropped before they end.
    Timeout,
}

/// The system's clock. Its waits need the time driver of a tokio runtime, which reqwest needs too.
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
