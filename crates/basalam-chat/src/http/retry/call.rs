//! The retry loop: attempts with backoff between them, until one succeeds or no further one is allowed.

use std::pin::pin;
use std::time::{Duration, Instant};

use basalam_chat_api::SuccessResponse;
use basalam_chat_api::operation::Operation;
use http::HeaderValue;
use reqwest::Request;

use super::classify::retry_reason;
use super::limit::RetryLimit;
use super::policy::RetryPolicy;
use super::rate_limit::{Pause, Place, RateLimitGate, Ticket};
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

/// Why a call waits for the pause of a login.
const RATE_LIMITED: &str = "rate limited";

impl HttpStack {
    /// Makes a call, with as many attempts as the retry policy allows. `gate` is shared by all calls with the
    /// same credentials.
    pub(crate) async fn call(
        &self,
        config: &CallConfig,
        operation: &'static Operation,
        authorizer: impl Authorizer,
        gate: Option<&RateLimitGate>,
        requests: &mut dyn RequestSource,
    ) -> Result<SuccessResponse, Error> {
        // Before anything that needs a runtime: timers, connections and the files of an upload.
        current_runtime()?;
        config.check()?;
        self.budget.deposit();
        let own_gate;
        let gate = match gate {
            Some(gate) => gate,
            None => {
                own_gate = Box::<RateLimitGate>::default();
                &*own_gate
            }
        };
        let mut call = Call {
            stack: self,
            config,
            operation,
            authorizer,
            gate,
            timer: CallTimer {
                clock: self.clock(),
                started_at: self.clock().instant(),
                limit: config.operation_timeout,
            },
            policy_attempts: 0,
            attempts: 0,
            rate_limits: 0,
            place: None,
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
    gate: &'a RateLimitGate,
    timer: CallTimer<'a>,
    /// Attempts that the retry policy counts: without those after a token refresh or a 429.
    policy_attempts: u32,
    /// All requests sent so far.
    attempts: u32,
    /// The number of responses with the status 429.
    rate_limits: u32,
    /// The place among the calls that wait, once the call has waited.
    place: Option<Place<'a>>,
    /// An attempt may have succeeded without a response.
    may_have_succeeded: bool,
}

/// What precedes the next attempt.
enum Next {
    /// The refresh of a rejected token.
    Refresh,
    Backoff(Duration),
    Pause(Pause),
}

/// The end of the retries: the limit, if there is one, and the wait that the service asked for.
#[derive(Default)]
struct Stop {
    limit: Option<RetryLimit>,
    wait: Option<Duration>,
}

impl Stop {
    fn with_limit(limit: RetryLimit, wait: Option<Duration>) -> Stop {
        let limit = Some(limit);
        Stop { limit, wait }
    }

    fn apply_to(self, error: Error, policy: &RetryPolicy) -> Error {
        match self.limit {
            Some(limit) => error.with_retry_limit(limit, self.wait, policy),
            None => error,
        }
    }
}

impl<A: Authorizer> Call<'_, A> {
    /// Runs the call and adds facts about all attempts to the error of the last one.
    async fn run_with_context(
        &mut self,
        requests: &mut dyn RequestSource,
    ) -> Result<SuccessResponse, Error> {
        let result = self.run(requests).await;
        trace::record_attempts(self.attempts);
        result.map_err(|error| {
            error
                .with_attempts(self.attempts)
                .with_possible_earlier_success(self.may_have_succeeded)
        })
    }

    async fn run(&mut self, requests: &mut dyn RequestSource) -> Result<SuccessResponse, Error> {
        let mut last: Option<Error> = None;
        let mut pause = None;
        loop {
            let ticket = match self.enter(pause.take()) {
                Ok(ticket) => ticket,
                // Boxed, since few calls wait.
                Err(pause) => match Box::pin(self.wait_for(pause)).await {
                    Ok(ticket) => ticket,
                    Err(stop) => return Err(self.stopped_by_pause(last, stop)),
                },
            };
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
            let result = trace::attempt(self.stack.clock(), self.attempts, attempt).await;
            let error = match result {
                Ok(response) => {
                    self.gate.accepted(ticket, || self.timer.clock.instant());
                    return Ok(response);
                }
                Err(error) => error,
            };
            self.may_have_succeeded |= error.may_have_succeeded();
            match self.next(&error, ticket, requests) {
                Ok(Next::Refresh) => trace::refreshing(),
                Ok(Next::Backoff(backoff)) => {
                    let clock = self.stack.clock();
                    clock.sleep(backoff, SleepReason::Backoff).await;
                }
                Ok(Next::Pause(next)) => pause = Some(next),
                Err(stop) => return Err(stop.apply_to(error, &self.config.retry_policy)),
            }
            last = Some(error);
        }
    }

    /// Returns the permission to send a request, unless the call has to wait for a pause.
    fn enter(&self, pause: Option<Pause>) -> Result<Ticket, Pause> {
        match pause {
            Some(pause) => Err(pause),
            None => self.gate.enter(|| self.timer.clock.instant(), None),
        }
    }

    /// Waits for a pause, and for those that begin meanwhile.
    async fn wait_for(&mut self, mut pause: Pause) -> Result<Ticket, Stop> {
        loop {
            let left = self.check_wait(pause.remaining)?;
            let spread = pause.spread.min((left - pause.remaining) / 2);
            let gate = self.gate;
            let place = self.place.get_or_insert_with(|| gate.place());
            let delay = pause.remaining + place.delay(spread, self.stack.random());
            trace::retrying(RATE_LIMITED, delay);
            let clock = self.timer.clock;
            clock.sleep(delay, SleepReason::Backoff).await;
            match self.gate.enter(|| clock.instant(), Some(pause.window)) {
                Ok(ticket) => return Ok(ticket),
                Err(next) => pause = next,
            }
        }
    }

    /// Returns the error of a call that cannot wait for a pause: that of the last attempt, or a new one if
    /// nothing was sent.
    fn stopped_by_pause(&self, last: Option<Error>, stop: Stop) -> Error {
        let error = match last {
            Some(last) if last.is_rate_limited() => last.with_retry_after(stop.wait),
            Some(last) => last,
            None => Error::rate_limited_before_sending(stop.wait),
        };
        stop.apply_to(error, &self.config.retry_policy)
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

    /// Returns what precedes the next attempt after an error.
    fn next(
        &mut self,
        error: &Error,
        ticket: Ticket,
        requests: &dyn RequestSource,
    ) -> Result<Next, Stop> {
        if error.is_rate_limited() {
            let pause = self.record_rate_limit(error, ticket);
            self.check_rate_limit_retry(requests)?;
            return Ok(Next::Pause(pause));
        }
        if error.status().is_some() {
            self.gate.accepted(ticket, || self.timer.clock.instant());
        }
        if self.authorizer.refresh_after_401(error) {
            // The service did not process the request, so the next attempt is not a retry.
            return Ok(Next::Refresh);
        }
        self.policy_attempts += 1;
        self.next_backoff(error, requests).map(Next::Backoff)
    }

    /// Starts the pause after a 429, even if this call does not wait for it.
    fn record_rate_limit(&mut self, error: &Error, ticket: Ticket) -> Pause {
        self.rate_limits += 1;
        let policy = &self.config.retry_policy;
        let retry_after = error.retry_after().filter(|it| !it.is_zero());
        let now = self.timer.clock.instant();
        self.gate.limited(ticket, now, retry_after, |pauses| {
            policy.max_backoff(pauses)
        })
    }

    fn check_rate_limit_retry(&self, requests: &dyn RequestSource) -> Result<(), Stop> {
        let policy = &self.config.retry_policy;
        if !requests.can_repeat() {
            return Err(Stop::default());
        }
        if policy.max_attempts == 1 || self.rate_limits > policy.max_rate_limit_retries {
            trace::retry_abandoned(RATE_LIMITED, RetryLimit::Attempts);
            return Err(Stop::with_limit(RetryLimit::Attempts, None));
        }
        Ok(())
    }

    /// Returns the time to wait before the next attempt after an error other than a 429.
    fn next_backoff(&self, error: &Error, requests: &dyn RequestSource) -> Result<Duration, Stop> {
        let policy = &self.config.retry_policy;
        let is_idempotent = requests.is_idempotent(self.operation);
        let reason = retry_reason(is_idempotent, error).filter(|_| requests.can_repeat());
        let reason = reason.ok_or(Stop::default())?;
        let abandon = |limit, wait| {
            trace::retry_abandoned(reason, limit);
            Err(Stop::with_limit(limit, wait))
        };
        if self.policy_attempts >= policy.max_attempts {
            return abandon(RetryLimit::Attempts, None);
        }
        let retry_after = error.retry_after().filter(|it| !it.is_zero());
        let backoff = match retry_after {
            Some(retry_after) => retry_after,
            None => jitter(
                self.stack.random(),
                policy.max_backoff(self.policy_attempts),
            ),
        };
        if retry_after.is_some_and(|it| it > policy.max_retry_after) {
            return abandon(RetryLimit::RetryAfter, retry_after);
        }
        // Do not sleep past the timeout.
        if self.timer.remaining().is_none_or(|left| backoff >= left) {
            return abandon(RetryLimit::OperationTimeout, retry_after);
        }
        if !self.stack.budget.withdraw() {
            return abandon(RetryLimit::Budget, None);
        }
        trace::retrying(reason, backoff);
        Ok(backoff)
    }

    /// Returns the time left for the call if it can wait for a pause.
    fn check_wait(&self, wait: Duration) -> Result<Duration, Stop> {
        let stop = |limit| {
            trace::retry_abandoned(RATE_LIMITED, limit);
            Err(Stop::with_limit(limit, Some(wait)))
        };
        if wait > self.config.retry_policy.max_retry_after {
            return stop(RetryLimit::RetryAfter);
        }
        match self.timer.remaining().filter(|left| wait < *left) {
            Some(left) => Ok(left),
            None => stop(RetryLimit::OperationTimeout),
        }
    }
}
