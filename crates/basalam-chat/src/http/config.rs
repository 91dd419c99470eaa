//! Timeouts and retries of one call.

use std::time::Duration;

use super::retry::policy::RetryPolicy;
use crate::Error;

/// The timeouts and the retry policy of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallConfig {
    pub(crate) attempt_timeout: Duration,
    pub(crate) operation_timeout: Duration,
    /// The operation timeout was set for this request, so the longer timeout of an upload does not
    /// extend it.
    pub(crate) operation_timeout_is_explicit: bool,
    pub(crate) retry_policy: RetryPolicy,
}

impl Default for CallConfig {
    fn default() -> CallConfig {
        CallConfig {
            attempt_timeout: Duration::from_secs(30),
            operation_timeout: Duration::from_secs(90),
            operation_timeout_is_explicit: false,
            retry_policy: RetryPolicy::default(),
        }
    }
}

impl CallConfig {
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (argument, duration) in [
            ("attempt_timeout", self.attempt_timeout),
            ("operation_timeout", self.operation_timeout),
        ] {
            if duration.is_zero() {
                return Err(Error::zero(argument));
            }
        }
        self.retry_policy.check()
    }

    /// Returns this configuration with the options that are set.
    pub(crate) fn with_options(self, options: RequestOptions) -> CallConfig {
        CallConfig {
            attempt_timeout: options.attempt_timeout.unwrap_or(self.attempt_timeout),
            operation_timeout: options.operation_timeout.unwrap_or(self.operation_timeout),
            operation_timeout_is_explicit: self.operation_timeout_is_explicit
                || options.operation_timeout.is_some(),
            retry_policy: options.retry_policy.unwrap_or(self.retry_policy),
        }
    }
}

/// Timeouts and retry policy of a single request, or of a client made by
/// [`Client::with_options`](crate::Client::with_options). An option that is not set keeps the client's
/// value.
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
#[must_use = "options do nothing until they are passed to a client or a request"]
pub struct RequestOptions {
    retry_policy: Option<RetryPolicy>,
    attempt_timeout: Option<Duration>,
    operation_timeout: Option<Duration>,
}

impl RequestOptions {
    /// Creates options that change nothing.
    pub fn new() -> RequestOptions {
        RequestOptions::default()
    }

    /// Overrides [`ClientBuilder::retry_policy`](crate::ClientBuilder::retry_policy).
    pub fn retry_policy(mut self, policy: RetryPolicy) -> RequestOptions {
        self.retry_policy = Some(policy);
        self
    }

    /// Overrides [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout). Must be greater
    /// than zero.
    pub fn attempt_timeout(mut self, timeout: Duration) -> RequestOptions {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Overrides [`ClientBuilder::operation_timeout`](crate::ClientBuilder::operation_timeout). Must be
    /// greater than zero.
    pub fn operation_timeout(mut self, timeout: Duration) -> RequestOptions {
        self.operation_timeout = Some(timeout);
        self
    }
}
