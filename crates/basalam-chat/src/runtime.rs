//! Time and chance: what a client takes from the world around it.
//!
//! A client uses the system's clock and the system's randomness. Both can be replaced
//! ([`ClientBuilder::clock`](crate::ClientBuilder::clock),
//! [`ClientBuilder::randomness`](crate::ClientBuilder::randomness)), so that a test of yours sees every
//! wait and every time-out without waiting itself.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
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
/// use basalam_chat::runtime::{Clock, Sleep, Wait};
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
///     fn sleep(&self, _duration: Duration, wait: Wait) -> Sleep {
///         match wait {
///             Wait::BeforeRetry => Box::pin(std::future::ready(())),
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
    fn sleep(&self, duration: Duration, wait: Wait) -> Sleep;
}

/// What a [`Clock`] is asked to wait for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Wait {
    /// A pause before a request is sent again.
    BeforeRetry,
    /// The longest time that an answer may take. Most such waits are dropped before they end.
    ForAnswer,
}

/// Gives random bytes.
///
/// They spread retries over time, and they are the `state` of a login and the mark of a message, which
/// nobody must be able to guess.
pub trait Randomness: fmt::Debug + Send + Sync {
    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
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

    fn sleep(&self, duration: Duration, _: Wait) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The system's randomness, which nobody can guess.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        // It fails on systems alone that have no randomness at all, where nothing that needs some can
        // be safe; TLS has failed there before.
        getrandom::fill(bytes).expect("the system has a source of randomness");
    }
}

/// Where a client takes time and chance from.
#[derive(Clone, Debug)]
pub(crate) struct Runtime {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
}

impl Default for Runtime {
    fn default() -> Runtime {
        Runtime {
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
        }
    }
}

impl Runtime {
    /// A duration from zero up to `longest`, each as likely as the other.
    pub(crate) fn up_to(&self, longest: Duration) -> Duration {
        let mut bytes = [0; 8];
        self.randomness.fill(&mut bytes);
        // 53 bits are what a double holds exactly.
        let fraction = (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64;
        longest.mul_f64(fraction)
    }

    /// 32 hexadecimal digits that nobody can guess.
    pub(crate) fn token(&self) -> String {
        let mut bytes = [0; 16];
        self.randomness.fill(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Always(u8);

    impl Randomness for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn runtime(byte: u8) -> Runtime {
        Runtime {
            randomness: Arc::new(Always(byte)),
            ..Runtime::default()
        }
    }

    #[test]
    fn a_random_duration_lies_between_zero_and_the_longest() {
        let longest = Duration::from_secs(10);
        assert_eq!(runtime(0).up_to(longest), Duration::ZERO);
        let most = runtime(255).up_to(longest);
        assert!(most <= longest && most > longest.mul_f64(0.999), "{most:?}");
        assert_eq!(runtime(255).up_to(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn random_texts_have_32_digits_and_differ() {
        assert_eq!(runtime(0xa5).token(), "a5".repeat(16));
        let system = Runtime::default();
        assert_ne!(system.token(), system.token());
    }
}
