//! The service behind the routes.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use tokio::sync::watch;

use super::delivery::DeliveryQueue;
use super::events::Events;
use super::log_context::LogContext;
use super::player::Players;
use super::response::JsonResponse;
use super::settings::{CurrentSettings, Settings};
use crate::clock::SettableClock;
use crate::contract::{Contract, OperationContract, RequestParts};
use crate::error::Error;
use crate::fault::{DELIVER_WEBHOOK, FaultRule};
use crate::oauth::{IssuedTokens, TOKEN_OPERATION};
use crate::operations::{Call, Handler, Reply};
use crate::options::Options;
use crate::rate_limit::RateLimiter;
use crate::request_log::Observer;
use crate::seed::{Seed, SeededIds};
use crate::service_error::ServiceError;
use crate::setup::Setup;
use crate::state::State;
use crate::state::tokens::Authorization;
use crate::test_controls::TestControls;

/// The lifetime of authorization codes. The service's lifetime is unknown.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The argument of handlers.
pub(super) type ServiceState = axum::extract::State<Arc<Service>>;

/// The service behind the routes.
pub(crate) struct Service {
    config: ServiceConfig,
    state: Mutex<State>,
    test_controls: Mutex<TestControls>,
    rate_limiter: RateLimiter,
    is_shutting_down: watch::Sender<bool>,
    deliveries: DeliveryQueue,
    settings: CurrentSettings,
    events: Events,
    players: Players,
}

/// The immutable configuration of a service.
pub(crate) struct ServiceConfig {
    pub(crate) contract: &'static Contract,
    pub(crate) options: Options,
    pub(crate) clock: SettableClock,
    /// The user that OAuth clients without a configured user act for.
    pub(crate) default_user_id: i64,
    pub(crate) setup: Setup,
    pub(crate) observers: Vec<Observer>,
    pub(crate) base_url: String,
}

impl Service {
    /// Creates a service that puts events for webhooks into a queue.
    pub(crate) fn new(config: ServiceConfig, state: State, deliveries: DeliveryQueue) -> Self {
        Self {
            settings: CurrentSettings::new(Settings::of(&config.options)),
            events: Events::default(),
            players: Players::default(),
            config,
            state: Mutex::new(state),
            test_controls: Mutex::default(),
            rate_limiter: RateLimiter::default(),
            is_shutting_down: watch::Sender::new(false),
            deliveries,
        }
    }

    /// Signals the shutdown to delayed and hanging requests.
    pub(crate) fn start_shutdown(&self) {
        self.is_shutting_down.send_replace(true);
    }

    /// Waits until the shutdown begins.
    pub(super) async fn shutdown_started(&self) {
        // An error means that the service was dropped.
        let _ = self.is_shutting_down.subscribe().wait_for(|it| *it).await;
    }

    /// Restores the initial users, chats, messages, tokens and clock, clears faults,
    /// counters and log, and gives up pending deliveries. Hooks are kept.
    pub(crate) fn reset(&self) -> Result<(), Error> {
        self.players.clear();
        self.clock().reset();
        let initial = self.config.setup.build(self.now())?;
        if let Some(time) = initial.clock {
            self.clock().set(time);
        }
        {
            let mut state = self.state();
            self.deliveries.reset();
            let changes = std::mem::take(&mut state.changes);
            *state = initial.state;
            state.changes = changes;
        }
        self.set_settings(Settings::of(self.options()));
        self.test_controls().reset();
        self.rate_limiter.clear();
        self.events.resync();
        Ok(())
    }

    /// Applies a seed to the state, all or nothing.
    pub(crate) fn apply_seed(&self, seed: &Seed) -> Result<SeededIds, Error> {
        let seeded = self.update_state(|state| seed.apply(state, self.now()))?;
        if let Some(time) = seed.clock {
            self.clock().set(time.0);
        }
        self.events.resync();
        Ok(seeded)
    }

    /// Changes the state, all or nothing.
    pub(super) fn update_state<T>(
        &self,
        update: impl FnOnce(&mut State) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut state = self.state();
        let mut copy = state.clone();
        let result = update(&mut copy)?;
        *state = copy;
        self.queue_deliveries(&mut state);
        Ok(result)
    }

    /// Adds a fault rule after checking it. Returns its id.
    pub(crate) fn add_fault(&self, rule: FaultRule) -> Result<u64, Error> {
        rule.check()?;
        if let Some(id) = rule.operation_id() {
            self.check_operation(id)?;
        }
        Ok(self.test_controls().faults.add(rule))
    }

    /// Rejects unknown operation ids.
    pub(crate) fn check_operation(&self, id: &str) -> Result<(), Error> {
        match self.has_operation(id) {
            true => Ok(()),
            false => Err(Error::invalid_argument(format!(
                "the OpenAPI document has no operation {id:?}; use an operation id such as `get_messages`"
            ))),
        }
    }

    /// Marks all messages of other senders in a chat as seen by a member.
    pub(crate) fn mark_seen(&self, chat_id: i64, user_id: i64) -> Result<(), Error> {
        let now = self.now();
        let mut state = self.state();
        state.require_chat_of(chat_id, user_id)?;
        state.mark_seen(chat_id, user_id, now);
        Ok(())
    }

    pub(super) fn observers(&self) -> &[Observer] {
        &self.config.observers
    }

    pub(crate) fn contract(&self) -> &'static Contract {
        self.config.contract
    }

    pub(crate) fn options(&self) -> &Options {
        &self.config.options
    }

    pub(crate) fn clock(&self) -> &SettableClock {
        &self.config.clock
    }

    /// Returns the current values of the options that can be changed.
    pub(crate) fn settings(&self) -> Settings {
        self.settings.get()
    }

    pub(super) fn settings_version(&self) -> u64 {
        self.settings.version()
    }

    pub(super) fn set_settings(&self, settings: Settings) {
        self.settings.set(settings);
    }

    pub(super) fn players(&self) -> &Players {
        &self.players
    }

    pub(super) fn events(&self) -> &Events {
        &self.events
    }

    /// Returns the time in whole seconds.
    pub(crate) fn now(&self) -> DateTime {
        self.clock().now()
    }

    pub(super) fn default_user_id(&self) -> i64 {
        self.config.default_user_id
    }

    /// Returns `true` if the id is that of an operation, of the token endpoint or of deliveries to webhooks.
    pub(crate) fn has_operation(&self, id: &str) -> bool {
        [TOKEN_OPERATION, DELIVER_WEBHOOK].contains(&id) || self.contract().operation(id).is_some()
    }

    /// Returns all operation ids, including that of the token endpoint.
    pub(super) fn operation_ids(&self) -> impl Iterator<Item = &str> {
        let documented = self.contract().operations.iter().map(|it| it.id.as_str());
        documented.chain([TOKEN_OPERATION])
    }

    /// Issues an authorization code.
    pub(crate) fn issue_code(
        &self,
        authorization: Authorization,
        redirect_uri: Option<String>,
    ) -> String {
        let expires_at = self.now().saturating_add(CODE_LIFETIME);
        let tokens = &mut self.state().tokens;
        tokens.issue_code(authorization, redirect_uri, expires_at)
    }

    /// Issues tokens as the token endpoint does.
    pub(crate) fn issue_tokens(&self, authorization: Authorization) -> IssuedTokens {
        let expires_in = self.options().access_token_lifetime;
        let expires_at = self.options().access_token_expiry(self.now());
        let pair = self.state().tokens.issue_pair(authorization, expires_at);
        IssuedTokens {
            access_token: pair.access_token.into(),
            refresh_token: pair.refresh_token.unwrap_or_default().into(),
            expires_in,
        }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.config.base_url
    }

    pub(crate) fn token_url(&self) -> String {
        format!("{}/oauth/token", self.base_url())
    }

    pub(crate) fn authorize_url(&self) -> String {
        format!("{}/accounts/sso", self.base_url())
    }

    /// Locks the state. The guard must not be held across an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one handler must not fail all other requests.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.has_late_messages() {
            state.reveal_late_messages(self.now());
        }
        state
    }

    /// Handles a request whose messages become visible after a delay.
    pub(super) fn with_late_messages(
        &self,
        delay: Duration,
        handle: impl FnOnce() -> JsonResponse,
    ) -> JsonResponse {
        let delay = SignedDuration::try_from(delay).unwrap_or(SignedDuration::MAX);
        let visible_at = self.now().saturating_add(delay);
        self.state().set_visible_at(Some(visible_at));
        let response = handle();
        self.state().set_visible_at(None);
        response
    }

    /// Counts a request of a token. If it is above the rate limit, returns the seconds after which it may be repeated.
    pub(super) fn exceeds_rate_limit(&self, headers: &HeaderMap) -> Option<u64> {
        let limit = self.settings().rate_limit?;
        let token = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        self.rate_limiter
            .count(limit, token.unwrap_or_default(), Instant::now())
    }

    /// Locks the test controls. The guard must not be held across an `await`.
    pub(crate) fn test_controls(&self) -> MutexGuard<'_, TestControls> {
        let controls = self.test_controls.lock();
        controls.unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the hooks of an operation.
    pub(super) fn run_hooks(&self, operation_id: &str) {
        let hooks = self.test_controls().hooks(operation_id);
        for hook in hooks {
            let mut hook = hook.lock().unwrap_or_else(PoisonError::into_inner);
            hook();
        }
    }

    /// Handles a request for an operation.
    pub(super) fn handle(
        &self,
        operation: &OperationContract,
        handler: Handler,
        request: &RequestParts<'_>,
        log_context: &LogContext,
    ) -> JsonResponse {
        let (status, body) = match self.try_handle(operation, handler, request, log_context) {
            Ok(Reply::Json(body)) => (200, body),
            Ok(Reply::List(body)) => return JsonResponse { status: 200, body },
            Err(ServiceError::InvalidResponse(violation)) => {
                return JsonResponse::bug(&operation.id, 200, &violation);
            }
            Err(error) => {
                log_context.set_error(error.reason());
                (error.status(), error.body())
            }
        };
        match operation.check_response(status, &body) {
            Ok(()) => JsonResponse::new(status, &body),
            Err(violation) => JsonResponse::bug(&operation.id, status, &violation),
        }
    }

    fn try_handle(
        &self,
        operation: &OperationContract,
        handler: Handler,
        request: &RequestParts<'_>,
        log_context: &LogContext,
    ) -> Result<Reply, ServiceError> {
        let user_id = self.authenticate(operation, request)?;
        if let Some(id) = user_id {
            log_context.set_user(id);
        }
        let checked = operation
            .check_request(request)
            .map_err(ServiceError::Invalid)?;
        let call = Call {
            user_id,
            parameters: checked.parameters,
            body: Cell::new(checked.body),
            request,
            base_url: self.base_url(),
            now: self.now(),
            options: self.options(),
            list: operation.list(),
        };
        let mut state = self.state();
        let reply = handler.run(&mut state, &call);
        self.queue_deliveries(&mut state);
        reply
    }

    pub(super) fn deliveries(&self) -> &DeliveryQueue {
        &self.deliveries
    }

    /// Returns the user of the access token, or `None` if the operation needs no token.
    fn authenticate(
        &self,
        operation: &OperationContract,
        request: &RequestParts<'_>,
    ) -> Result<Option<i64>, ServiceError> {
        if !operation.needs_token {
            return Ok(None);
        }
        let token = bearer_token(request).ok_or(ServiceError::Unauthorized)?;
        let state = self.state();
        let mut scopes = operation.scopes.iter();
        let (user_id, missing) = if let Some(user) = state.users.by_token(token) {
            (user.id, scopes.find(|it| !user.has_scope(it)))
        } else {
            let authorization = state.tokens.access_authorization(token, self.now());
            let authorization = authorization.ok_or(ServiceError::Unauthorized)?;
            let missing = scopes.find(|it| !authorization.has_scope(it));
            (authorization.user_id, missing)
        };
        match missing {
            Some(scope) => Err(ServiceError::Forbidden {
                scope: scope.clone(),
            }),
            None => Ok(Some(user_id)),
        }
    }
}

/// Returns the token of `Authorization: Bearer <token>`; the scheme is case-insensitive.
fn bearer_token<'a>(request: &'a RequestParts<'_>) -> Option<&'a str> {
    let value = request.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start_matches(' '))
}

#[cfg(test)]
mod tests;
