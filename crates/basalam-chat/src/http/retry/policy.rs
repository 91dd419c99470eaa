//! The retry policy: the number of attempts and the backoff between them.

use std::time::Duration;

use crate::Error;

/// Limits on retries: the number of attempts and the backoff between them.
///
/// The policy does not choose what is retried. Requests that the service did not process are retried for
/// every operation: failed connections, HTTP/2 streams that the service refused, and the status 429.
/// Timeouts, broken connections and the statuses 408, 500, 502, 503 and 504 are retried for idempotent
/// operations only. Sending and forwarding messages, uploading a file and logging a bot out are not
/// idempotent, so the client never duplicates a message.
///
/// The backoff is exponential with full jitter. `Retry-After` replaces it and is never shortened: if it is
/// longer than [`max_retry_after`](RetryPolicy::max_retry_after) or than the time left of the
/// [operation timeout](crate::ClientBuilder::operation_timeout), the call fails at once, and
/// [`Error::retry_after`] returns it.
///
/// # Rate limits
///
/// After a 429, all calls of the same login wait: those of the client, its clones and the clients that
/// [`with_options`](crate::Client::with_options) returns. The pause lasts as long as `Retry-After` says.
/// Without it, the pause is [`base_delay`](RetryPolicy::base_delay), and doubles with each further 429 up
/// to [`max_delay`](RetryPolicy::max_delay). Afterwards the calls start in the order in which they came, at
/// random times within 5 seconds or less, so that they do not all arrive at once. A call whose limits do
/// not allow the wait fails at once with [`is_rate_limited`](Error::is_rate_limited), even if it has sent
/// nothing.
///
/// A 429 counts neither as an attempt nor towards the
/// [retry budget](crate::ClientBuilder::retry_budget), but
/// [`max_rate_limit_retries`](RetryPolicy::max_rate_limit_retries) limits how many a call waits out. Bot
/// methods, which do not send the login's token, wait separately.
///
/// [`Error::retry_limit`] returns the limit that ended the retries.
///
/// | setting | default |
/// | --- | --- |
/// | [`max_attempts`](RetryPolicy::max_attempts) | 3 |
/// | [`max_rate_limit_retries`](RetryPolicy::max_rate_limit_retries) | 20 |
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
#[doc(alias = "retry")]
#[doc(alias = "backoff")]
#[doc(alias = "rate limit")]
#[doc(alias = "rate_limit")]
#[doc(alias = "throttle")]
pub struct RetryPolicy {
    pub(super) max_attempts: u32,
    pub(super) max_rate_limit_retries: u32,
    base_delay: Duration,
    max_delay: Duration,
    pub(super) max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            max_attempts: 3,
            max_rate_limit_retries: 20,
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

    /// Sets the maximum number of attempts, including the first. At least 1, which turns all retries off.
    pub fn max_attempts(mut self, attempts: u32) -> RetryPolicy {
        self.max_attempts = attempts;
        self
    }

    /// Sets how many responses with the status 429 a call waits out. They do not count as attempts, since
    /// the service did not process the request.
    pub fn max_rate_limit_retries(mut self, retries: u32) -> RetryPolicy {
        self.max_rate_limit_retries = retries;
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

    /// Sets the longest wait for a `Retry-After`. If the service asks for more, the call fails at once.
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
