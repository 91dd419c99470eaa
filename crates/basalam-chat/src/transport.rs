//! The way of every request: authorise, send, retry, trace.

mod attempt;
mod budget;
mod by_hand;
mod call;
mod outcome;
mod repeat;
mod retry_after;
mod secrets;
mod trace;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::{
    RequestFactory, SuccessResponse, Transport, TransportError, TransportFuture,
};
use reqwest::{Request, Url};

use crate::auth::{Current, Tokens};
use crate::{Error, RequestOptions, RetryPolicy};

pub(crate) use attempt::{Wire, within};
pub(crate) use budget::PERCENT as RETRY_BUDGET_PERCENT;
pub(crate) use by_hand::by_hand;
pub(crate) use call::{Copied, Requests};
pub(crate) use outcome::outcome;
pub(crate) use secrets::KnownSecrets;

/// Sends requests over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct HttpTransport {
    wire: Arc<Wire>,
    /// The checked URL that every request must begin with.
    base_url: Arc<Url>,
    tokens: Tokens,
    settings: Settings,
}

/// What a call may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) attempt_timeout: Duration,
    pub(crate) operation_timeout: Duration,
    /// The deadline is one request's own, which no longer time of an upload moves.
    pub(crate) is_strict: bool,
    pub(crate) retry_policy: RetryPolicy,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            attempt_timeout: Duration::from_secs(30),
            operation_timeout: Duration::from_secs(90),
            is_strict: false,
            retry_policy: RetryPolicy::default(),
        }
    }
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (argument, duration) in [
            ("attempt_timeout", self.attempt_timeout),
            ("operation_timeout", self.operation_timeout),
        ] {
            if duration.is_zero() {
                return Err(Error::invalid_input(argument, "is zero", "wait longer"));
            }
        }
        self.retry_policy.check()
    }

    /// These settings with what the options say otherwise.
    fn with(self, options: RequestOptions) -> Settings {
        Settings {
            attempt_timeout: options.attempt_timeout.unwrap_or(self.attempt_timeout),
            operation_timeout: options.operation_timeout.unwrap_or(self.operation_timeout),
            is_strict: self.is_strict || options.operation_timeout.is_some(),
            retry_policy: options.retry_policy.unwrap_or(self.retry_policy),
        }
    }
}

impl Transport for HttpTransport {
    fn send<'a>(
        &'a self,
        operation: &'static Operation,
        request: Request,
        again: RequestFactory<'a>,
    ) -> TransportFuture<'a> {
        let mut requests = call::Made::new(request, again);
        Box::pin(async move {
            let answer = self.call(operation, &mut requests).await;
            answer.map_err(|error| TransportError::new(error.of(operation)))
        })
    }
}

impl HttpTransport {
    pub(crate) fn new(
        wire: Arc<Wire>,
        base_url: Url,
        tokens: Tokens,
        settings: Settings,
    ) -> HttpTransport {
        HttpTransport {
            wire,
            base_url: Arc::new(base_url),
            tokens,
            settings,
        }
    }

    /// The same transport under other settings; connections, tokens and budget are shared.
    pub(crate) fn with(&self, options: RequestOptions) -> HttpTransport {
        HttpTransport {
            settings: self.settings.with(options),
            ..self.clone()
        }
    }

    /// Refuses settings that cannot be used.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.settings.check()
    }

    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Replaces every secret that the client knows where it stands in a text.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.wire.known().redact(text)
    }

    /// Gets a token within the deadline of a call.
    pub(crate) async fn authenticate(&self) -> Result<Arc<Current>, Error> {
        let tokens = pin!(self.tokens.get(self.tokens.renewals()));
        let clock = self.wire.clock();
        let within = within(clock, self.settings.operation_timeout, tokens).await;
        within.unwrap_or_else(|| Err(Error::no_token_in_time()))
    }

    /// Makes a call, of as many attempts as it takes and may.
    pub(crate) fn call(
        &self,
        operation: &'static Operation,
        requests: &mut impl Requests,
    ) -> impl Future<Output = Result<SuccessResponse, Error>> {
        let way = call::Way {
            tokens: &self.tokens,
            base_url: &self.base_url,
        };
        self.wire
            .call(&self.settings, operation, Some(way), requests)
    }
}
