//! The access token of a client, and its refresh, which concurrent requests share.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::HeaderValue;
use tokio::sync::watch;

use super::authentication::Authentication;
use super::refresher::Refresher;
use super::token_endpoint::TokenEndpoint;
use super::token_set::TokenSet;
use crate::Error;
use crate::http::retry::rate_limit::RateLimitGate;
use crate::http::timeout;
use crate::runtime::current_runtime;
use crate::time::Clock;

/// The time after a failed refresh in which its error is returned instead of starting another one.
const FAILURE_COOLDOWN: Duration = Duration::from_secs(1);

/// The time that a request waits for an early refresh before it uses the current token.
const EARLY_REFRESH_WAIT: Duration = Duration::from_secs(5);

/// The time after a rejected token was replaced in which a further 401 is not attributed to the token: another
/// refresh would not help, and would invalidate the tokens of other programs.
const REJECTION_COOLDOWN: Duration = Duration::from_secs(30);

/// The access token of a client and its clones.
#[derive(Clone)]
pub(crate) struct TokenCache {
    shared: Arc<Shared>,
}

struct Shared {
    /// A token that cannot be refreshed: it never changes, so no lock is needed.
    fixed: Option<Arc<CachedToken>>,
    state: Mutex<State>,
    /// Missing if the token cannot be refreshed.
    refresher: Option<tokio::sync::Mutex<Refresher>>,
    clock: Arc<dyn Clock>,
    rate_limit_gate: RateLimitGate,
}

#[derive(Default)]
struct State {
    current: Option<Arc<CachedToken>>,
    /// The service has rejected the current token.
    is_rejected: bool,
    in_flight: Option<InFlight>,
    failure: Option<RefreshFailure>,
    /// The number of refreshes that have ended.
    refreshes: u64,
}

/// A running refresh: yields its result to every waiting request.
type InFlight = watch::Receiver<Option<Result<Arc<CachedToken>, Arc<Error>>>>;

struct RefreshFailure {
    error: Arc<Error>,
    /// The number of refreshes that had ended, including this one.
    refreshes: u64,
    at: Instant,
}

/// A token with its header value.
pub(crate) struct CachedToken {
    tokens: TokenSet,
    header: HeaderValue,
    received_at: Instant,
    /// It replaced a token that the service rejected.
    replaces_rejected: bool,
}

/// Why a token is refreshed.
#[derive(Clone, Copy)]
struct RefreshReason {
    is_rejected: bool,
    /// The token is missing or can no longer be used.
    is_unusable: bool,
}

impl CachedToken {
    fn new(
        tokens: TokenSet,
        received_at: Instant,
        replaces_rejected: bool,
    ) -> Result<Arc<CachedToken>, Error> {
        let header = tokens.header()?;
        Ok(Arc::new(CachedToken {
            tokens,
            header,
            received_at,
            replaces_rejected,
        }))
    }

    pub(crate) fn tokens(&self) -> &TokenSet {
        &self.tokens
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

/// The result of a lookup.
pub(crate) enum Lookup<'a> {
    Ready(Arc<CachedToken>),
    /// The token of a running refresh.
    Pending(Pending<'a>),
}

/// Waits for a token that is being refreshed.
pub(crate) type Pending<'a> =
    Pin<Box<dyn Future<Output = Result<Arc<CachedToken>, Error>> + Send + 'a>>;

/// The next step of a lookup.
enum Next {
    Use(Arc<CachedToken>),
    /// Wait for the refresh; only briefly if there is a token that is still valid.
    Wait(InFlight, Option<Arc<CachedToken>>),
}

impl TokenCache {
    pub(crate) fn new(
        authentication: Authentication,
        endpoint: Option<TokenEndpoint>,
        clock: Arc<dyn Clock>,
    ) -> Result<TokenCache, Error> {
        let Authentication { tokens, source } = authentication;
        let refresher =
            source.map(|source| Refresher::new(source, endpoint, tokens.clone(), clock.clone()));
        let must_refresh = refresher
            .as_ref()
            .is_some_and(Refresher::must_refresh_first);
        let now = clock.instant();
        let current = tokens.filter(|_| !must_refresh);
        let current = current.map(|tokens| CachedToken::new(tokens, now, false));
        let current = current.transpose()?;
        let (fixed, current) = match refresher {
            None => (current, None),
            Some(_) => (None, current),
        };
        let state = State {
            current,
            ..State::default()
        };
        Ok(TokenCache {
            shared: Arc::new(Shared {
                fixed,
                state: Mutex::new(state),
                refresher: refresher.map(tokio::sync::Mutex::new),
                clock,
                rate_limit_gate: RateLimitGate::default(),
            }),
        })
    }

    /// Returns the `Authorization` header of the current token, if there is one.
    pub(crate) fn current_header(&self) -> Option<HeaderValue> {
        let fixed = self.shared.fixed.clone();
        let current = fixed.or_else(|| self.shared.state().current.clone());
        current.map(|token| token.header())
    }

    /// Returns the gate of all requests with this login's tokens.
    pub(crate) fn rate_limit_gate(&self) -> &RateLimitGate {
        &self.shared.rate_limit_gate
    }

    /// Returns the number of refreshes that have ended. A call passes the number at its start to
    /// [`lookup`](TokenCache::lookup): a refresh that failed since then counts for it, an earlier one does
    /// not.
    pub(crate) fn refreshes(&self) -> u64 {
        match self.shared.refresher {
            Some(_) => self.shared.state().refreshes,
            None => 0,
        }
    }

    /// Returns a valid token, after a refresh if needed.
    pub(crate) async fn get(&self, refreshes_at_start: u64) -> Result<Arc<CachedToken>, Error> {
        match self.lookup(refreshes_at_start)? {
            Lookup::Ready(token) => Ok(token),
            Lookup::Pending(refresh) => refresh.await,
        }
    }

    /// Like [`get`](TokenCache::get), but reserves memory for waiting only if the token is not ready.
    pub(crate) fn lookup(&self, refreshes_at_start: u64) -> Result<Lookup<'_>, Error> {
        Ok(match self.next(refreshes_at_start)? {
            Next::Use(token) => Lookup::Ready(token),
            Next::Wait(refresh, valid) => Lookup::Pending(Box::pin(self.wait(refresh, valid))),
        })
    }

    async fn wait(
        &self,
        mut refresh: InFlight,
        valid: Option<Arc<CachedToken>>,
    ) -> Result<Arc<CachedToken>, Error> {
        let completion = async {
            match refresh.wait_for(Option::is_some).await {
                Ok(result) => result.clone(),
                Err(_) => None,
            }
        };
        let result = match valid {
            None => completion.await,
            Some(token) => {
                let clock = &*self.shared.clock;
                match timeout(clock, EARLY_REFRESH_WAIT, pin!(completion)).await {
                    Some(result) => result,
                    None => return Ok(token),
                }
            }
        };
        match result {
            Some(Ok(token)) => Ok(token),
            // After a failed early refresh, the current token is still valid.
            Some(Err(error)) => {
                let valid = self.shared.valid_token();
                valid.ok_or_else(|| Error::refresh_failed(error))
            }
            None => {
                self.shared.clear_in_flight(&refresh);
                Err(Error::refresh_aborted())
            }
        }
    }

    /// Records that the service has rejected a token. Returns `true` if a refresh may help.
    pub(crate) fn invalidate(&self, rejected: &Arc<CachedToken>) -> bool {
        if self.shared.refresher.is_none() {
            return false;
        }
        let mut state = self.shared.state();
        // If the token was refreshed meanwhile, the new one is valid.
        if let Some(current) = &state.current
            && Arc::ptr_eq(current, rejected)
        {
            let now = self.shared.clock.instant();
            let age = now.saturating_duration_since(rejected.received_at);
            if rejected.replaces_rejected && age < REJECTION_COOLDOWN {
                return false;
            }
            state.is_rejected = true;
        }
        true
    }

    fn next(&self, refreshes_at_start: u64) -> Result<Next, Error> {
        let shared = &self.shared;
        if shared.refresher.is_none() {
            // The service decides whether the token has expired.
            let fixed = shared.fixed.clone();
            return fixed.map(Next::Use).ok_or_else(Error::no_login);
        }
        let mut state = shared.state();
        let now = shared.clock.system_time();
        // A task whose runtime has shut down never completes.
        let is_lost =
            |refresh: &mut InFlight| refresh.has_changed().is_err() && refresh.borrow().is_none();
        state.in_flight.take_if(is_lost);
        let valid = state.valid_token(now);
        if let Some(token) = valid.as_ref().filter(|it| !it.tokens.needs_refresh(now)) {
            return Ok(Next::Use(token.clone()));
        }
        if let Some(refresh) = &state.in_flight {
            return Ok(Next::Wait(refresh.clone(), valid));
        }
        if let Some(failure) = &state.failure {
            let now = shared.clock.instant();
            let age = now.saturating_duration_since(failure.at);
            if failure.refreshes > refreshes_at_start || age < FAILURE_COOLDOWN {
                let failed = || Error::refresh_failed(failure.error.clone());
                return valid.map(Next::Use).ok_or_else(failed);
            }
        }
        let reason = RefreshReason {
            is_rejected: state.is_rejected,
            is_unusable: valid.is_none(),
        };
        let refresh = self.spawn_refresh(state.current.clone(), reason)?;
        state.in_flight = Some(refresh.clone());
        Ok(Next::Wait(refresh, valid))
    }

    /// Starts a refresh in a separate task: the request that started it may be dropped, and the new tokens
    /// must not be lost.
    fn spawn_refresh(
        &self,
        current: Option<Arc<CachedToken>>,
        reason: RefreshReason,
    ) -> Result<InFlight, Error> {
        let (sender, refresh) = watch::channel(None);
        let shared = self.shared.clone();
        let runtime = current_runtime()?;
        runtime.spawn(async move {
            let result = shared.refresh(current, reason).await;
            // There may be no receiver left.
            sender.send_replace(Some(shared.complete(result)));
        });
        Ok(refresh)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics under the lock in an inconsistent state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn refresh(
        &self,
        current: Option<Arc<CachedToken>>,
        reason: RefreshReason,
    ) -> Result<Arc<CachedToken>, Error> {
        let refresher = self.refresher.as_ref().ok_or_else(Error::not_refreshable)?;
        let current = current.as_deref().map(CachedToken::tokens);
        let mut refresher = refresher.lock().await;
        let tokens = refresher.refresh(current, reason.is_unusable).await?;
        CachedToken::new(tokens, self.clock.instant(), reason.is_rejected)
    }

    /// Records the result of a refresh.
    fn complete(
        &self,
        result: Result<Arc<CachedToken>, Error>,
    ) -> Result<Arc<CachedToken>, Arc<Error>> {
        let mut state = self.state();
        state.in_flight = None;
        state.refreshes += 1;
        match result {
            Ok(token) => {
                state.current = Some(token.clone());
                state.is_rejected = false;
                state.failure = None;
                Ok(token)
            }
            Err(error) => {
                let error = Arc::new(error);
                state.failure = Some(RefreshFailure {
                    error: error.clone(),
                    refreshes: state.refreshes,
                    at: self.clock.instant(),
                });
                Err(error)
            }
        }
    }

    fn valid_token(&self) -> Option<Arc<CachedToken>> {
        self.state().valid_token(self.clock.system_time())
    }

    /// Allows another refresh after one that ended without a result.
    fn clear_in_flight(&self, aborted: &InFlight) {
        let is_aborted = |refresh: &mut InFlight| refresh.same_channel(aborted);
        self.state().in_flight.take_if(is_aborted);
    }
}

impl State {
    /// Returns the current token unless it has expired or the service has rejected it.
    fn valid_token(&self, now: SystemTime) -> Option<Arc<CachedToken>> {
        let current = self.current.as_ref().filter(|_| !self.is_rejected)?;
        (!current.tokens.is_expired(now)).then(|| current.clone())
    }
}

/// Contains no token.
impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").finish_non_exhaustive()
    }
}
