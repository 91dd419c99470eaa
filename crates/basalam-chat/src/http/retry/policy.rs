//! The retry policy: the number of attempts and the backoff between them.

use std::time::Duration;

use crate::Error;

/// Limits on retries: the number of attempts and the backoff between them.
///
/// The policy does not choose what is retried. Connection failures before anything was sent, and the
/// status 429, are retried for every operation. Timeouts, broken connections and the statuses 408, 500,
/// 502, 503 and 504 are retried for idempotent operations only. Sending and forwarding messages, uploading
/// a file and logging a bot out are not idempotent, so the client never duplicates a message.
///
/// The backoff is exponential with full jitter. `Retry-After` replaces it, up to
/// [`max_retry_after`](RetryPolicy::max_retry_after). If the backoff would end after the
/// [operation timeout](crate::ClientBuilder::operation_timeout), the call fails at once.
///
/// | setting | default |
/// | --- | --- |
/// | [`max_attempts`](RetryPolicy::max_attempts) | 3 |
/// | [`base_delay`](RetryPolicy::base_delay) | 200 ms |
/// | [`max_delay`](RetryPolicy::max_delay) | 10 s |
/// | [`max_retry_after`](RetryPolicy::max_retry_after) | 60 s |
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use basalam_chat::{Client, PersonalToken, RetryPolicy};
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// let client = Client::builder(PersonalToken::new("access-token"))
///     .retry_policy(RetryPolicy::new().max_attempts(5).max_delay(Duration::from_secs(30)))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[must_use = "a policy does nothing until it is passed to a client or a request"]
pub struct RetryPolicy {
    pub(super) max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    pub(super) max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            max_attempts: 3,
            base_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Creates the default policy.
    pub fn new() -> RetryPolicy {
        RetryPolicy::default()
    }

    /// Creates a policy without retries.
    ///
    /// After a 401, the token is still refreshed and the request sent once more: the service did not
    /// process the first one.
    pub fn never() -> RetryPolicy {
        RetryPolicy::new().max_attempts(1)
    }

    /// Sets the maximum number of attempts, including the first. At least 1.
    pub fn max_attempts(mut self, attempts: u32) -> RetryPolicy {
        self.max_attempts = attempts;
        self
    }

    /// Sets the longest backoff before the second attempt. It doubles with each further attempt.
    pub fn base_delay(mut self, delay: Duration) -> RetryPolicy {
        self.base_delay = delay;
        self
    }

    /// Sets the upper bound of every backoff.
    pub fn max_delay(mut self, delay: Duration) -> RetryPolicy {
        self.max_delay = delay;
        self
    }

    /// Sets the longest wait for a `Retry-After`. The request is retried after this time if the service
    /// asks for more.
    pub fn max_retry_after(mut self, delay: Duration) -> RetryPolicy {
        self.max_retry_after = delay;
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.max_attempts == 0 {
            return Err(Error::invalid_input(
                "max_attempts",
                "is zero",
                "allow at least one attempt; `RetryPolicy::never` turns retries off",
            ));
        }
        Ok(())
    }

    /// Returns the longest backoff after this many attempts, counted from 1.
    pub(super) fn max_backoff(&self, attempts: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempts.saturating_sub(1));
        let factor = factor.filter(|factor| *factor > 0).unwrap_or(u32::MAX);
        self.base_delay.saturating_mul(factor).min(self.max_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_backoff_doubles_up_to_max_delay_and_never_overflows() {
        let policy = RetryPolicy::new();
        let backoffs = [1, 2, 3, 6, 7, 32, 33, 34, u32::MAX].map(|it| policy.max_backoff(it));
        let ms = Duration::from_millis;
        let max = ms(10_000);
        assert_eq!(
            backoffs,
            [ms(200), ms(400), ms(800), ms(6400), max, max, max, max, max]
        );
        let huge = policy.base_delay(Duration::MAX).max_delay(Duration::MAX);
        assert_eq!(huge.max_backoff(40), Duration::MAX);
    }
}
