//! The access token of a client, and its refresh, which concurrent requests share.

mod cached_token;
mod state;

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::watch;

use super::authentication::Authentication;
use super::refresher::Refresher;
use super::token_endpoint::TokenEndpoint;
use crate::Error;
use crate::http::retry::rate_limit::RateLimitGate;
use crate::http::{HttpStack, timeout};
use crate::runtime::{current_runtime, spawn_boxed};
pub(crate) use cached_token::CachedToken;
use state::{InFlight, State};

/// The time that a request waits for an early refresh before it uses the current token.
const EARLY_REFRESH_WAIT: Duration = Duration::from_secs(5);

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
    /// Other processes may replace the token.
    has_store: bool,
    /// The clock, the random source and the running refreshes of all logins.
    http: Arc<HttpStack>,
    rate_limit_gate: RateLimitGate,
}

/// Why a token is refreshed.
#[derive(Clone, Copy)]
struct RefreshReason {
    is_rejected: bool,
    /// The token is missing or can no longer be used.
    is_unusable: bool,
}

/// The result of a lookup.
pub(crate) enum Lookup<'a> {
    Ready(Arc<CachedToken>),
    /// The token of a running refresh.
    Pending(Pending<'a>),
}

/// What may help after the service has rejected a token.
pub(crate) enum Rejection {
    /// Nothing.
    Final,
    /// A refresh, if nobody has refreshed the token meanwhile.
    Refresh,
    /// [`TokenCache::reload`]: the token is new, so that only another process may have a better one.
    Reload,
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
        endpoint: Arc<TokenEndpoint>,
        http: Arc<HttpStack>,
    ) -> Result<TokenCache, Error> {
        let Authentication { tokens, source } = authentication;
        let (clock, random) = (&http.clock, &http.random);
        let refresher = source.map(|source| {
            let initial = tokens.clone();
            Refresher::new(source, endpoint, initial, clock.clone(), random.clone())
        });
        let must_refresh = refresher
            .as_ref()
            .is_some_and(Refresher::must_refresh_first);
        let has_store = refresher.as_ref().is_some_and(Refresher::has_store);
        let current = tokens.filter(|_| !must_refresh);
        let current = current.map(|it| CachedToken::new(it, false, &**clock, &**random));
        let current = current.transpose()?;
        let (fixed, current) = match refresher {
            None => (current, None),
            Some(_) => (None, current),
        };
        Ok(TokenCache {
            shared: Arc::new(Shared {
                fixed,
                state: Mutex::new(State::new(current)),
                refresher: refresher.map(tokio::sync::Mutex::new),
                has_store,
                http,
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
        let started_at = refresh.started_at;
        let completion = refresh.completion();
        let result = match valid {
            None => completion.await,
            Some(token) => {
                let clock = self.shared.http.clock();
                let waited = clock.instant().saturating_duration_since(started_at);
                let wait = EARLY_REFRESH_WAIT.saturating_sub(waited);
                match timeout(clock, wait, pin!(completion)).await {
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
                self.shared.state().clear_in_flight(&refresh);
                Err(Error::refresh_aborted())
            }
        }
    }

    /// Returns `true` if a token may have been valid only before it was used: another process may have replaced it, or it
    /// has expired meanwhile. Both can happen to a new one, too, while it waits to be saved in a store that is down.
    pub(crate) fn may_be_outdated(&self, token: &CachedToken) -> bool {
        self.shared.has_store || token.is_due(self.shared.http.clock().system_time())
    }

    /// Records that the service has rejected a token.
    pub(crate) fn invalidate(&self, rejected: &Arc<CachedToken>) -> Rejection {
        if self.shared.refresher.is_none() {
            return Rejection::Final;
        }
        let mut state = self.shared.state();
        // If the token was refreshed meanwhile, the new one is valid.
        if state.is_current(rejected) {
            if rejected.is_new_replacement(self.shared.http.clock()) {
                return match self.shared.has_store {
                    true => Rejection::Reload,
                    false => Rejection::Final,
                };
            }
            state.is_rejected = true;
        }
        Rejection::Refresh
    }

    /// Loads the token that another process has stored since a new token was rejected. Returns the same one if there
    /// is none.
    pub(crate) fn reload(&self, rejected: Arc<CachedToken>) -> Pending<'_> {
        Box::pin(async move {
            let refresher = self.shared.refresher.as_ref();
            let refresher = refresher.ok_or_else(Error::not_refreshable)?.lock().await;
            let current = self.shared.state().current.clone();
            if let Some(current) = current.filter(|it| !Arc::ptr_eq(it, &rejected)) {
                return Ok(current);
            }
            let Some(loaded) = refresher.load_other(rejected.tokens()).await? else {
                return Ok(rejected);
            };
            let (clock, random) = (self.shared.http.clock(), self.shared.http.random());
            let loaded = CachedToken::new(loaded, true, clock, random)?;
            self.shared.state().replace(loaded.clone());
            Ok(loaded)
        })
    }

    /// Waits for the running refresh, and saves tokens that a store has failed to save.
    pub(crate) async fn finish(&self) -> Result<(), Error> {
        let Some(refresher) = &self.shared.refresher else {
            return Ok(());
        };
        let running = self.shared.state().in_flight.clone();
        let failure = match running {
            // A failed early refresh counts, too.
            Some(mut refresh) => match refresh.completion().await {
                Some(result) => result.err().map(Error::refresh_failed),
                None => Some(Error::refresh_aborted()),
            },
            None => None,
        };
        let has_saved = refresher.lock().await.save_unsaved().await?;
        failure.filter(|_| !has_saved).map_or(Ok(()), Err)
    }

    fn next(&self, refreshes_at_start: u64) -> Result<Next, Error> {
        let shared = &self.shared;
        if shared.refresher.is_none() {
            // The service decides whether the token has expired.
            let fixed = shared.fixed.clone();
            return fixed.map(Next::Use).ok_or_else(Error::no_login);
        }
        let mut state = shared.state();
        let now = shared.http.clock().system_time();
        let valid = state.valid_token(now);
        if let Some(token) = valid.as_ref().filter(|token| !token.is_due(now)) {
            return Ok(Next::Use(token.clone()));
        }
        if let Some(refresh) = state.running() {
            return Ok(Next::Wait(refresh, valid));
        }
        let now = shared.http.clock().instant();
        if let Some(error) = state.recent_failure(now, refreshes_at_start) {
            let failed = || Error::refresh_failed(error.clone());
            return valid.map(Next::Use).ok_or_else(failed);
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
        let (sender, result) = watch::channel(None);
        let shared = self.shared.clone();
        let runtime = current_runtime()?;
        let refresh = InFlight {
            result,
            started_at: shared.http.clock().instant(),
        };
        let running = shared.http.refreshes.start();
        let refresh_and_publish = async move {
            let _running = running;
            let result = shared.refresh(current, reason).await;
            let now = shared.http.clock().instant();
            let result = shared.state().complete(result, now);
            // There may be no receiver left.
            sender.send_replace(Some(result));
        };
        spawn_boxed(&runtime, Box::pin(refresh_and_publish));
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
        let refreshed = refresher.refresh(current, reason.is_unusable).await?;
        let (clock, random) = (self.http.clock(), self.http.random());
        CachedToken::new(refreshed, reason.is_rejected, clock, random)
    }

    fn valid_token(&self) -> Option<Arc<CachedToken>> {
        self.state().valid_token(self.http.clock().system_time())
    }
}

/// Contains no token.
impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").finish_non_exhaustive()
    }
}
