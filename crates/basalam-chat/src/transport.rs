//! The request pipeline: origin check, access token, and the retry loop of [`http`](crate::http) with one
//! token refresh after a 401.

mod authorize;
mod decode;
mod json_path;

use std::pin::pin;
use std::sync::Arc;

use basalam_chat_api::operation::{Authorization, Operation};
use basalam_chat_api::{
    RequestFactory, SuccessResponse, Transport, TransportError, TransportFuture,
};
use http::HeaderValue;
use reqwest::{Request, Url};

use crate::Error;
use crate::auth::Authentication;
use crate::auth::token_cache::{CachedToken, TokenCache};
use crate::auth::token_endpoint::TokenEndpoint;
#[cfg(feature = "watch")]
use crate::http::request_budget::RequestBudget;
use crate::http::retry::source::{RebuiltRequest, RequestSource};
use crate::http::{CallConfig, HttpStack, RequestOptions, timeout};
use crate::runtime::current_runtime;
#[cfg(feature = "watch")]
use crate::time::SleepReason;
use authorize::BearerToken;

/// Sends the requests of a client and of the generated client below it.
#[derive(Clone, Debug)]
pub(crate) struct HttpTransport {
    http: Arc<HttpStack>,
    /// The checked URL, whose origin every request must have.
    base_url: Arc<Url>,
    tokens: TokenCache,
    /// Of this login and of others that share the connections.
    endpoint: Arc<TokenEndpoint>,
    /// Bot methods send the access token too.
    authorize_bot_methods: bool,
    config: CallConfig,
    #[cfg(feature = "watch")]
    budget: Option<RequestBudget>,
}

impl Transport for HttpTransport {
    fn send<'a>(
        &'a self,
        operation: &'static Operation,
        request: Request,
        factory: RequestFactory<'a>,
    ) -> TransportFuture<'a> {
        let mut requests = RebuiltRequest::new(request, factory);
        Box::pin(async move {
            #[cfg(feature = "watch")]
            self.wait_for_budget().await;
            let response = self.call(operation, &mut requests).await;
            response.map_err(|error| TransportError::new(error.with_operation(operation)))
        })
    }
}

impl HttpTransport {
    pub(crate) fn new(
        http: Arc<HttpStack>,
        base_url: Url,
        authentication: Authentication,
        endpoint: TokenEndpoint,
        authorize_bot_methods: bool,
        config: CallConfig,
    ) -> Result<HttpTransport, Error> {
        check_authentication(&authentication, authorize_bot_methods)?;
        let endpoint = Arc::new(endpoint);
        let tokens = TokenCache::new(authentication, endpoint.clone(), http.clone())?;
        Ok(HttpTransport {
            http,
            base_url: Arc::new(base_url),
            tokens,
            endpoint,
            authorize_bot_methods,
            config,
            #[cfg(feature = "watch")]
            budget: None,
        })
    }

    /// Returns a transport with another login that shares connections, options and retry budget.
    pub(crate) fn with_authentication(
        &self,
        authentication: Authentication,
    ) -> Result<HttpTransport, Error> {
        check_authentication(&authentication, self.authorize_bot_methods)?;
        let (endpoint, http) = (self.endpoint.clone(), self.http.clone());
        Ok(HttpTransport {
            tokens: TokenCache::new(authentication, endpoint, http)?,
            ..self.clone()
        })
    }

    /// Waits for the running token refreshes of all logins, and reports the result of this login's, within the
    /// operation timeout.
    pub(crate) async fn finish_refreshes(&self) -> Result<(), Error> {
        current_runtime()?;
        let finish = pin!(async {
            let result = self.tokens.finish().await;
            self.http.refreshes.wait().await;
            result
        });
        let limit = self.config.operation_timeout;
        let finished = timeout(self.http.clock(), limit, finish).await;
        finished.unwrap_or_else(|| Err(Error::close_timed_out()))
    }

    /// Returns a transport with other options that shares connections, tokens, rate limits and retry budget.
    pub(crate) fn with_options(&self, options: RequestOptions) -> HttpTransport {
        HttpTransport {
            config: self.config.with_options(options),
            ..self.clone()
        }
    }

    /// Returns a transport whose calls wait for a budget before they start, and that shares all else.
    #[cfg(feature = "watch")]
    pub(crate) fn with_budget(&self, budget: RequestBudget) -> HttpTransport {
        HttpTransport {
            budget: Some(budget),
            ..self.clone()
        }
    }

    #[cfg(feature = "watch")]
    async fn wait_for_budget(&self) {
        if let Some(budget) = &self.budget {
            let clock = self.http.clock();
            let now = clock.instant();
            let pause = budget.reserve(now).saturating_duration_since(now);
            if !pause.is_zero() {
                clock.sleep(pause, SleepReason::Schedule).await;
            }
        }
    }

    /// Checks the options.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.config.check()
    }

    /// Returns the timeout of a whole call.
    #[cfg(feature = "watch")]
    pub(crate) fn operation_timeout(&self) -> std::time::Duration {
        self.config.operation_timeout
    }

    pub(crate) fn http(&self) -> &HttpStack {
        &self.http
    }

    /// Returns the `Authorization` header of the current token, if there is one.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        self.tokens.current_header()
    }

    /// Returns the token endpoint at a checked URL, with the same connections and options.
    pub(crate) fn token_endpoint(&self, base_url: &Url) -> TokenEndpoint {
        TokenEndpoint::new(self.http.clone(), base_url, self.config)
    }

    /// Returns a valid token within the operation timeout.
    pub(crate) async fn authenticate(&self) -> Result<Arc<CachedToken>, Error> {
        current_runtime()?;
        let token = pin!(self.tokens.get(self.tokens.refreshes()));
        let limit = self.config.operation_timeout;
        let token = timeout(self.http.clock(), limit, token).await;
        token.unwrap_or_else(|| Err(Error::token_timed_out()))
    }

    /// Makes a call, with as many attempts as the retry policy allows.
    fn call(
        &self,
        operation: &'static Operation,
        requests: &mut dyn RequestSource,
    ) -> impl Future<Output = Result<SuccessResponse, Error>> {
        let is_bearer = matches!(operation.authorization, Authorization::Bearer { .. });
        let sends_token = is_bearer || self.authorize_bot_methods;
        let token = BearerToken {
            tokens: &self.tokens,
            base_url: &self.base_url,
            sends_token,
            // A bot method rejects the bot token rather than the access token.
            refreshes_after_401: is_bearer,
            refreshes_at_start: self.tokens.refreshes(),
            token: None,
            refreshes: 0,
            must_reload: false,
        };
        let gate = sends_token.then(|| self.tokens.rate_limit_gate());
        self.http
            .call(&self.config, operation, token, gate, requests)
    }
}

/// Rejects credentials that can never authorize a request.
fn check_authentication(
    authentication: &Authentication,
    authorize_bot_methods: bool,
) -> Result<(), Error> {
    authentication.check()?;
    match authorize_bot_methods && authentication.is_none() {
        true => Err(Error::invalid_input(
            "authorize_bot_methods",
            "needs an access token, and the client has no login",
            "create the client from a login, such as a `PersonalToken`",
        )),
        false => Ok(()),
    }
}
