//! The retry loop: attempts with backoff between them, until one succeeds or no further one is allowed.

use std::pin::pin;
use std::time::{Duration, Instant};

use basalam_chat_api::SuccessResponse;
use basalam_chat_api::operation::Operation;
use http::HeaderValue;
use reqwest::Request;

use super::classify::retry_reason;
use super::source::RequestSource;
use crate::Error;
use crate::http::config::CallConfig;
use crate::http::stack::HttpStack;
use crate::http::trace;
use crate::random::jitter;
use crate::runtime::current_runtime;
use crate::time::{Clock, SleepReason};

/// Adds credentials to the requests of one call.
pub(crate) trait Authorizer: Send {
    /// Adds credentials to a request. Waits for credentials no longer than `timer` allows.
    fn authorize(
        &mut self,
        _request: &mut Request,
        _timer: &CallTimer<'_>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Ok(()))
    }

    /// Returns the `Authorization` header of the login, which is redacted even if requests do not have it.
    fn authorization(&self) -> Option<HeaderValue> {
        None
    }

    /// Returns `true` if the error is a 401 and the request is to be sent once more with new credentials.
    fn refresh_after_401(&mut self, _error: &Error) -> bool {
        false
    }
}

/// Requests without an access token.
pub(crate) struct NoAuthorization;

impl Authorizer for NoAuthorization {}

/// The operation timeout of a running call.
pub(crate) struct CallTimer<'a> {
    pub(crate) clock: &'a dyn Clock,
    started_at: Instant,
    limit: Duration,
}

impl CallTimer<'_> {
    /// Returns the time left for the call, or `None` if it is over.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        let now = self.clock.instant();
        let elapsed = now.saturating_duration_since(self.started_at);
        let left = self.limit.checked_sub(elapsed);
        left.filter(|left| !left.is_zero())
    }
}

impl HttpStack {
    /// Makes a call, with as many attempts as the retry policy allows.
    pub(crate) async fn call(
        &self,
        config: &CallConfig,
        operation: &'static Operation,
        authorizer: impl Authorizer,
        requests: &mut impl RequestSource,
    ) -> Result<SuccessResponse, Error> {
        // Before anything that needs a runtime: timers, connections and the files of an upload.
        current_runtime()?;
        config.check()?;
        self.budget.deposit();
        let mut call = Call {
            stack: self,
            config,
            operation,
            authorizer,
            timer: CallTimer {
                clock: self.clock(),
                started_at: self.clock().instant(),
                limit: config.operation_timeout,
            },
            policy_attempts: 0,
            attempts: 0,
            may_have_succeeded: false,
        };
        trace::call(operation, pin!(call.run_with_context(requests))).await
    }
}

/// The state of one call.
struct Call<'a, A> {
    stack: &'a HttpStack,
    config: &'a CallConfig,
    operation: &'static Operation,
    authorizer: A,
    timer: CallTimer<'a>,
    /// Attempts that the retry policy counts: without the one after a token refresh.
    policy_attempts: u32,
    /// All requests sent so far.
    attempts: u32,
    /// An attempt may have succeeded without a response.
    may_have_succeeded: bool,
}

impl<A: Authorizer> Call<'_, A> {
    /// Runs the call and adds facts about all attempts to the error of the last one.
    async fn run_with_context(
        &mut self,
        requests: &mut impl RequestSource,
    ) -> Result<SuccessResponse, Error> {
        let result = self.run(requests).await;
        trace::record_attempts(self.attempts);
        result.map_err(|error| {
            error
                .with_attempts(self.attempts)
                .with_possible_earlier_success(self.may_have_succeeded)
        })
    }

    async fn run(&mut self, requests: &mut impl RequestSource) -> Result<SuccessResponse, Error> {
        let mut last: Option<Error> = None;
        loop {
            // In a block, so that no request is kept in memory during the attempt.
            let attempt = {
                let Some(mut request) = requests.next().await? else {
                    // A source always yields a first request, so `last` is set.
                    return Err(last.unwrap_or_else(|| Error::unexpected_response(None)));
                };
                let timeout = self.attempt_timeout(&mut request);
                self.authorizer.authorize(&mut request, &self.timer).await?;
                let Some(remaining) = self.timer.remaining() else {
                    return Err(last.unwrap_or_else(Error::timed_out_before_sending));
                };
                let limit = timeout.min(remaining);
                let authorization = self.authorizer.authorization();
                self.stack
                    .attempt(self.operation, *request, authorization, limit)
            };
            self.attempts += 1;
            let attempt = pin!(attempt);
            let error = match trace::attempt(self.stack.clock(), self.attempts, attempt).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            self.may_have_succeeded |= error.may_have_succeeded();
            if self.authorizer.refresh_after_401(&error) {
                // The service did not process the request, so the next attempt is not a retry.
                trace::refreshing();
            } else {
                self.policy_attempts += 1;
                let Some(backoff) = self.next_backoff(&error) else {
                    return Err(error);
                };
                self.stack
                    .clock()
                    .sleep(backoff, SleepReason::Backoff)
                    .await;
            }
            last = Some(error);
        }
    }

    /// Returns the timeout of the attempt. A request's own timeout, as uploads have, replaces the default
    /// and extends the operation timeout.
    fn attempt_timeout(&mut self, request: &mut Request) -> Duration {
        // `timeout_mut` would insert an entry.
        let Some(timeout) = request.timeout().copied() else {
            return self.config.attempt_timeout;
        };
        *request.timeout_mut() = None;
        if !self.config.operation_timeout_is_explicit {
            self.timer.limit = self.timer.limit.max(timeout);
        }
        timeout
    }

    /// Returns the time to wait before the next attempt, or `None` if the call ends.
    fn next_backoff(&self, error: &Error) -> Option<Duration> {
        let policy = &self.config.retry_policy;
        let reason = retry_reason(self.operation, error)?;
        if self.policy_attempts >= policy.max_attempts {
            return None;
        }
        let backoff = match error.retry_after() {
            Some(retry_after) if !retry_after.is_zero() => retry_after.min(policy.max_retry_after),
            _ => jitter(
                self.stack.random(),
                policy.max_backoff(self.policy_attempts),
            ),
        };
        // Do not sleep past the timeout.
        let is_in_time = self.timer.remaining().is_some_and(|left| backoff < left);
        if !is_in_time || !self.stack.budget.withdraw() {
            trace::retry_abandoned(reason, is_in_time);
            return None;
        }
        trace::retrying(reason, backoff);
        Some(backoff)
    }
}
