//! When a request is sent again, and after which pause.

use std::time::Duration;

use crate::Error;

/// Says how often, and after which pauses, a request is sent again.
///
/// What may be sent again is not up to it: a failure before anything was sent, and a 429, for every
/// operation; any other failure of the connection or the service (a time-out, a broken connection, 408,
/// 500, 502, 503 and 504) only where repeating the operation does no harm. Sending and forwarding
/// messages, uploading a file and logging a bot out do harm, so that no message is ever doubled by the
/// client itself.
///
/// The pause is a random part of a time that doubles with each attempt. Where the service says by
/// `Retry-After` how long to wait, that is the pause, clamped. Where the pause would end after the
/// [deadline](crate::ClientBuilder::operation_timeout) of the call, the error is given at once.
///
/// | what | default |
/// | --- | --- |
/// | [attempts](RetryPolicy::max_attempts) | 3 |
/// | [time that the pauses start from](RetryPolicy::base_delay) | 200 ms |
/// | [longest pause](RetryPolicy::max_delay) | 10 s |
/// | [longest `Retry-After` that is obeyed](RetryPolicy::max_retry_after) | 60 s |
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
#[must_use = "a policy does nothing until a client or a request is given it"]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    pub(crate) base_delay: Duration,
    pub(crate) max_delay: Duration,
    pub(crate) max_retry_after: Duration,
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
    /// Starts from the defaults.
    pub fn new() -> RetryPolicy {
        RetryPolicy::default()
    }

    /// Sends nothing twice, whatever happens. A token that was not accepted is still refreshed, and the
    /// request sent once more with the new one: the first was not done.
    pub fn never() -> RetryPolicy {
        RetryPolicy::new().max_attempts(1)
    }

    /// Sends a request this often at most, the first time included. At least 1.
    pub fn max_attempts(mut self, attempts: u32) -> RetryPolicy {
        self.max_attempts = attempts;
        self
    }

    /// Sets the longest pause before the second attempt; it doubles with each further one.
    pub fn base_delay(mut self, delay: Duration) -> RetryPolicy {
        self.base_delay = delay;
        self
    }

    /// Sets the longest pause of all.
    pub fn max_delay(mut self, delay: Duration) -> RetryPolicy {
        self.max_delay = delay;
        self
    }

    /// Waits no longer than this because of a `Retry-After`, and tries again then.
    pub fn max_retry_after(mut self, delay: Duration) -> RetryPolicy {
        self.max_retry_after = delay;
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.max_attempts == 0 {
            return Err(Error::invalid_input(
                "max_attempts",
                "is zero",
                "allow one attempt at least; `RetryPolicy::never` allows no second one",
            ));
        }
        Ok(())
    }

    /// The longest pause after so many attempts, from 1.
    pub(crate) fn longest_pause(&self, attempts: u32) -> Duration {
        let doubled = 1_u32.checked_shl(attempts.saturating_sub(1));
        let doubled = doubled.filter(|doubled| *doubled > 0).unwrap_or(u32::MAX);
        self.base_delay.saturating_mul(doubled).min(self.max_delay)
    }
}

/// What one request, or one client made from another, does otherwise than the client that it comes from.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// use basalam_chat::{Client, RequestOptions, RetryPolicy};
///
/// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
/// let patient = RequestOptions::new().operation_timeout(Duration::from_secs(300));
/// let chats = client.get_chats().options(patient).await?;
/// let hasty = client.with_options(RequestOptions::new().retry_policy(RetryPolicy::never()))?;
/// # let _ = (chats, hasty);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[must_use = "options do nothing until a client or a request is given them"]
pub struct RequestOptions {
    pub(crate) retry_policy: Option<RetryPolicy>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) operation_timeout: Option<Duration>,
}

impl RequestOptions {
    /// Starts with nothing changed.
    pub fn new() -> RequestOptions {
        RequestOptions::default()
    }

    /// Takes the place of [`ClientBuilder::retry_policy`](crate::ClientBuilder::retry_policy).
    pub fn retry_policy(mut self, policy: RetryPolicy) -> RequestOptions {
        self.retry_policy = Some(policy);
        self
    }

    /// Takes the place of [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout).
    /// Longer than zero.
    pub fn attempt_timeout(mut self, timeout: Duration) -> RequestOptions {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Takes the place of [`ClientBuilder::operation_timeout`](crate::ClientBuilder::operation_timeout). Longer than zero.
    pub fn operation_timeout(mut self, timeout: Duration) -> RequestOptions {
        self.operation_timeout = Some(timeout);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_doubles_up_to_the_cap_and_never_overflows() {
        let policy = RetryPolicy::new();
        let pauses = [1, 2, 3, 6, 7, 32, 33, 34, u32::MAX].map(|it| policy.longest_pause(it));
        let ms = Duration::from_millis;
        let cap = ms(10_000);
        assert_eq!(
            pauses,
            [ms(200), ms(400), ms(800), ms(6400), cap, cap, cap, cap, cap]
        );
        let huge = policy.base_delay(Duration::MAX).max_delay(Duration::MAX);
        assert_eq!(huge.longest_pause(40), Duration::MAX);
    }
}
