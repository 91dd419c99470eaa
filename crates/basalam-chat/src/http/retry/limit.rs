//! The limit that ended the retries of a call.

use std::time::Duration;

use super::policy::RetryPolicy;
use crate::Error;

/// The limit that kept the client from retrying; returned by [`Error::retry_limit`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RetryLimit {
    /// All attempts of the policy were made: [`max_attempts`](RetryPolicy::max_attempts) or, after a 429,
    /// [`max_rate_limit_retries`](RetryPolicy::max_rate_limit_retries).
    Attempts,
    /// The client's [retry budget](crate::ClientBuilder::retry_budget) was exhausted.
    Budget,
    /// The wait would have exceeded the [operation timeout](crate::ClientBuilder::operation_timeout).
    OperationTimeout,
    /// The service asked to wait for longer than [`max_retry_after`](RetryPolicy::max_retry_after).
    RetryAfter,
}

impl RetryLimit {
    /// Describes the limit, for logs and errors.
    pub(in crate::http) fn description(self) -> &'static str {
        match self {
            RetryLimit::Attempts => "no attempts are left",
            RetryLimit::Budget => "the client's retry budget is exhausted",
            RetryLimit::OperationTimeout => "the wait would exceed `operation_timeout`",
            RetryLimit::RetryAfter => "the wait would exceed `max_retry_after`",
        }
    }
}

impl Error {
    /// Returns the limit that kept the client from retrying, or `None` if the request was not to be retried
    /// in any case.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::RetryLimit;
    ///
    /// # fn handle(error: basalam_chat::Error) {
    /// if error.retry_limit() == Some(RetryLimit::RetryAfter) {
    ///     println!("come back in {:?}", error.retry_after());
    /// }
    /// # }
    /// ```
    pub fn retry_limit(&self) -> Option<RetryLimit> {
        self.attachment().copied()
    }

    /// Returns `true` if the request was not retried because the client's
    /// [retry budget](crate::ClientBuilder::retry_budget) was exhausted.
    ///
    /// # Troubleshooting
    ///
    /// Many recent requests have failed, so the service is likely overloaded or down: send less, or wait. A
    /// 429 does not use up the budget.
    pub fn is_retry_budget_exhausted(&self) -> bool {
        self.retry_limit() == Some(RetryLimit::Budget)
    }

    /// Records the limit that ended the retries. `wait` is the time that the service asked to wait.
    pub(super) fn with_retry_limit(
        self,
        limit: RetryLimit,
        wait: Option<Duration>,
        policy: &RetryPolicy,
    ) -> Error {
        let seconds = |wait: Duration| wait.as_secs_f64().ceil();
        let asked = wait.map(|wait| format!("the service asks to wait {} s", seconds(wait)));
        let detail = match (limit, asked) {
            // The number of attempts is part of the message already.
            (RetryLimit::Attempts, _) => None,
            (RetryLimit::RetryAfter, Some(asked)) => {
                let max = seconds(policy.max_retry_after);
                Some(format!("{asked}, longer than `max_retry_after` ({max} s)"))
            }
            (RetryLimit::OperationTimeout, Some(asked)) => Some(format!(
                "{asked}, longer than the time left of `operation_timeout`"
            )),
            (limit, _) => Some(format!("not retried: {}", limit.description())),
        };
        let error = match detail {
            Some(detail) => self.with_detail(&detail),
            None => self,
        };
        error.with_attachment(limit)
    }
}
