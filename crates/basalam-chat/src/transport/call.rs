//! One call: attempts, with pauses between them, until one succeeds or no other may be made.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use basalam_chat_api::operation::{Authorization, Operation};
use basalam_chat_api::{RequestFactory, SuccessResponse};
use http::header::AUTHORIZATION;
use reqwest::{Request, Url};

use super::attempt::{Wire, within};
use super::{Settings, repeat, trace};
use crate::Error;
use crate::auth::{Asked, Current, Renewed, Tokens};
use crate::random::jitter;
use crate::time::SleepReason;

/// Makes the request of a call as often as it is sent.
pub(crate) trait Requests: Send {
    /// Gives the next one to send; none where it cannot be made again.
    ///
    /// It comes in a box, so that a call that waits does not carry the room for it.
    fn next(&mut self) -> impl Future<Output = Result<Option<Box<Request>>, Error>> + Send;
}

/// One request that is made anew each time it is sent again.
pub(crate) struct Made<'a> {
    first: Option<Box<Request>>,
    again: RequestFactory<'a>,
}

impl<'a> Made<'a> {
    pub(crate) fn new(first: Request, again: RequestFactory<'a>) -> Made<'a> {
        Made {
            first: Some(Box::new(first)),
            again,
        }
    }
}

impl Requests for Made<'_> {
    async fn next(&mut self) -> Result<Option<Box<Request>>, Error> {
        let first = self.first.take();
        Ok(first.or_else(|| (self.again)().map(Box::new)))
    }
}

/// One request, of which a copy is sent each time.
pub(crate) struct Copied(Option<Box<Request>>);

impl Copied {
    pub(crate) fn new(request: Request) -> Copied {
        Copied(Some(Box::new(request)))
    }
}

impl Requests for Copied {
    async fn next(&mut self) -> Result<Option<Box<Request>>, Error> {
        let copy = self.0.as_ref().and_then(|request| request.try_clone());
        // What streams its body can be sent once.
        Ok(copy.map(Box::new).or_else(|| self.0.take()))
    }
}

/// Where the requests of a call may go, and with whose token.
pub(crate) struct Way<'a> {
    pub(super) tokens: &'a Tokens,
    pub(super) base_url: &'a Url,
}

impl Wire {
    /// Makes a call. Without a `way` no token is sent, and the request may go anywhere.
    pub(crate) async fn call(
        &self,
        settings: &Settings,
        operation: &'static Operation,
        way: Option<Way<'_>>,
        requests: &mut impl Requests,
    ) -> Result<SuccessResponse, Error> {
        settings.check()?;
        self.budget.earn();
        let began = self.clock().instant();
        let mut call = Call {
            wire: self,
            settings,
            operation,
            since: way.as_ref().map_or(0, |way| way.tokens.renewals()),
            way,
            began,
            deadline: settings.operation_timeout,
            attempts: 0,
            sent: 0,
            may_be_done: false,
            has_renewed: false,
        };
        trace::call(operation, pin!(call.tell(requests))).await
    }
}

/// The state of one call.
struct Call<'a> {
    wire: &'a Wire,
    settings: &'a Settings,
    operation: &'static Operation,
    way: Option<Way<'a>>,
    /// The renewals of tokens that had ended when the call began.
    since: u64,
    began: Instant,
    deadline: Duration,
    /// Requests sent so far that the policy counts: not the one after a renewal.
    attempts: u32,
    /// All requests sent so far.
    sent: u32,
    /// One of them may have been done.
    may_be_done: bool,
    has_renewed: bool,
}

impl Call<'_> {
    /// Runs the call, and tells of all its attempts in the error of the last.
    async fn tell(&mut self, requests: &mut impl Requests) -> Result<SuccessResponse, Error> {
        let result = self.run(requests).await;
        trace::finished(self.sent);
        result.map_err(|error| error.after(self.sent).perhaps_done_before(self.may_be_done))
    }

    async fn run(&mut self, requests: &mut impl Requests) -> Result<SuccessResponse, Error> {
        let mut last: Option<Error> = None;
        loop {
            // In a block, so that no request is kept while its answer is waited for.
            let (attempt, token) = {
                let Some(mut request) = requests.next().await? else {
                    // Nothing is asked of `requests` twice unless an attempt has failed.
                    return Err(last.unwrap_or_else(|| Error::undocumented(None)));
                };
                let timeout = self.timeout(&mut request);
                let token = match self.token_for(&request)? {
                    None => None,
                    Some(Asked::AtHand(token)) => Some(token),
                    // In a box, since hardly any call waits for it.
                    Some(Asked::Renewed(renewed)) => Some(Box::pin(self.wait_for(renewed)).await?),
                };
                if let Some(token) = &token {
                    request.headers_mut().insert(AUTHORIZATION, token.header());
                }
                let Some(remaining) = self.remaining() else {
                    return Err(last.unwrap_or_else(Error::no_token_in_time));
                };
                let timeout = timeout.min(remaining);
                let attempt = self.wire.attempt(self.operation, *request, timeout);
                (attempt, token)
            };
            self.attempts += 1;
            self.sent += 1;
            let attempt = pin!(attempt);
            let error = match trace::attempt(self.wire.clock(), self.sent, attempt).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            self.may_be_done |= error.may_have_succeeded();
            if self.may_renew(&error, token.as_ref()) {
                // The service did nothing, so this is no retry.
                self.attempts -= 1;
                trace::renewing();
            } else {
                let Some(pause) = self.pause(&error) else {
                    return Err(error);
                };
                self.wire.clock().sleep(pause, SleepReason::Backoff).await;
            }
            last = Some(error);
        }
    }

    /// How long the attempt may take. A request that takes longer by its nature brings a time of its own.
    fn timeout(&mut self, request: &mut Request) -> Duration {
        // To ask for it mutably would make a place for it.
        let Some(own) = request.timeout().copied() else {
            return self.settings.attempt_timeout;
        };
        *request.timeout_mut() = None;
        if !self.settings.is_strict {
            self.deadline = self.deadline.max(own);
        }
        own
    }

    /// What is left of the time for the whole call; nothing at its end.
    fn remaining(&self) -> Option<Duration> {
        let passed = self.passed();
        self.deadline
            .checked_sub(passed)
            .filter(|left| !left.is_zero())
    }

    fn passed(&self) -> Duration {
        self.wire
            .clock()
            .instant()
            .saturating_duration_since(self.began)
    }

    /// Asks for the token of a request whose operation takes one.
    fn token_for(&self, request: &Request) -> Result<Option<Asked<'_>>, Error> {
        let Some(way) = &self.way else {
            return Ok(None);
        };
        // The generated client is public, and can be given another URL than the one that was checked.
        if !is_same_origin(request.url(), way.base_url) {
            return Err(Error::invalid_input(
                "base_url",
                "of the generated client is another one than that of the client it came from",
                "build a client for that URL",
            ));
        }
        let Authorization::Bearer { .. } = self.operation.authorization else {
            return Ok(None);
        };
        way.tokens.ask(self.since).map(Some)
    }

    /// Waits for a token that is being renewed, until the call's time is over.
    async fn wait_for(&self, mut renewed: Renewed<'_>) -> Result<Arc<Current>, Error> {
        let remaining = self.remaining().ok_or_else(Error::no_token_in_time)?;
        let token = within(self.wire.clock(), remaining, renewed.as_mut()).await;
        token.ok_or_else(Error::no_token_in_time)?
    }

    /// Whether the service refused the token, and there can be another: once in a call.
    fn may_renew(&mut self, error: &Error, token: Option<&Arc<Current>>) -> bool {
        let (Some(token), Some(way)) = (token, &self.way) else {
            return false;
        };
        if !error.is_unauthorized() || self.has_renewed {
            return false;
        }
        self.has_renewed = way.tokens.refuse(token);
        self.has_renewed
    }

    /// How long to wait before the next attempt; nothing where there is none.
    fn pause(&self, error: &Error) -> Option<Duration> {
        let policy = &self.settings.retry_policy;
        let reason = repeat::reason(self.operation, error)?;
        if self.attempts >= policy.max_attempts {
            return None;
        }
        let pause = match error.retry_after() {
            Some(asked) if !asked.is_zero() => asked.min(policy.max_retry_after),
            _ => jitter(self.wire.random(), policy.longest_pause(self.attempts)),
        };
        // Waiting for nothing helps nobody.
        let ends_in_time = self.remaining().is_some_and(|remaining| pause < remaining);
        if !ends_in_time || !self.wire.budget.pay() {
            trace::given_up(reason, ends_in_time);
            return None;
        }
        trace::retrying(reason, pause);
        Some(pause)
    }
}

/// Whether two URLs of a service lead to the same one. As their origins tell, without a copy of them.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_the_same_origin_are_those_that_the_standard_says() {
        let urls = [
            "https://chat.example",
            "https://chat.example:443/v1/chats?limit=1",
            "https://CHAT.example/",
            "https://chat.example:8443",
            "http://chat.example",
            "http://chat.example:443",
            "https://chat.example.org",
            "https://user@chat.example",
            "http://127.0.0.1:80",
            "http://[::1]",
        ];
        let urls = urls.map(|url| Url::parse(url).unwrap());
        for one in &urls {
            for other in &urls {
                let expected = one.origin() == other.origin();
                assert_eq!(is_same_origin(one, other), expected, "{one} {other}");
            }
        }
    }
}
