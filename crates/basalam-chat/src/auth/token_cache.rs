//! The access token of a client, and its refresh, which concurrent requests share.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::HeaderValue;
use tokio::sync::watch;

use super::authentication::Authentication;
use super::refresher::{Refreshed, Refresher};
use super::token_endpoint::TokenEndpoint;
use super::token_set::TokenSet;
use crate::Error;
use crate::http::retry::rate_limit::RateLimitGate;
use crate::http::{HttpStack, timeout};
use crate::random::{RandomSource, jitter};
use crate::runtime::current_runtime;
use crate::time::Clock;

/// The time after a failed refresh in which its error is returned instead of starting another one.
const FAILURE_COOLDOWN: Duration = Duration::from_secs(1);

/// The time that a request waits for an early refresh before it uses the current token.
const EARLY_REFRESH_WAIT: Duration = Duration::from_secs(5);

/// The time after a rejected token was replaced in which a further 401 is not attributed to the token: another
/// refresh would not help, and would invalidate the tokens of other programs. Half of the token's lifetime, if that is
/// shorter.
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
    /// Other processes may replace the token.
    has_store: bool,
    /// The clock, the random source and the running refreshes of all logins.
    http: Arc<HttpStack>,
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

/// A running refresh.
#[derive(Clone)]
struct InFlight {
    /// Yields the result to every waiting request.
    result: watch::Receiver<Option<Result<Arc<CachedToken>, Arc<Error>>>>,
    started_at: Instant,
}

impl InFlight {
    /// Waits for the result. Returns `None` if the task has ended without one.
    async fn completion(&mut self) -> Option<Result<Arc<CachedToken>, Arc<Error>>> {
        let ended = self.result.wait_for(Option::is_some).await;
        ended.ok().and_then(|result| result.clone())
    }
}

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
    /// The time from which it is refreshed, if it expires: with jitter, so that processes do not do it at once.
    refresh_at: Option<SystemTime>,
    /// It replaced a token that the service rejected.
    replaces_rejected: bool,
    /// It comes from a store, so another process may have replaced it since.
    is_loaded: bool,
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
        refreshed: Refreshed,
        replaces_rejected: bool,
        clock: &dyn Clock,
        random: &dyn RandomSource,
    ) -> Result<Arc<CachedToken>, Error> {
        let Refreshed { tokens, is_loaded } = refreshed;
        let header = tokens.header()?;
        let leeway = tokens.refresh_leeway();
        let early = leeway + jitter(random, leeway / 10);
        Ok(Arc::new(CachedToken {
            refresh_at: tokens.expires_at().and_then(|end| end.checked_sub(early)),
            tokens,
            header,
            received_at: clock.instant(),
            replaces_rejected,
            is_loaded,
        }))
    }

    /// Returns `true` if another process may have replaced the token since it was loaded.
    pub(crate) fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Returns `true` if the token is so new that a rejection has another cause than its age.
    fn is_new(&self, clock: &dyn Clock) -> bool {
        let since_received = clock.instant().saturating_duration_since(self.received_at);
        let since_issued = self.tokens.age(clock.system_time()).unwrap_or_default();
        let lifetime = self.tokens.lifetime().unwrap_or(Duration::MAX);
        since_received.max(since_issued) < REJECTION_COOLDOWN.min(lifetime / 2)
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
        let current = tokens.filter(|_| !must_refresh).map(Refreshed::issued);
        let current = current.map(|it| CachedToken::new(it, false, &**clock, &**random));
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
                self.shared.clear_in_flight(&refresh);
                Err(Error::refresh_aborted())
            }
        }
    }

    /// Records that the service has rejected a token.
    pub(crate) fn invalidate(&self, rejected: &Arc<CachedToken>) -> Rejection {
        if self.shared.refresher.is_none() {
            return Rejection::Final;
        }
        let mut state = self.shared.state();
        // If the token was refreshed meanwhile, the new one is valid.
        if state.is_current(rejected) {
            if rejected.replaces_rejected && rejected.is_new(self.shared.http.clock()) {
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
            let mut state = self.shared.state();
            state.current = Some(loaded.clone());
            state.is_rejected = false;
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
        // A task whose runtime has shut down never completes.
        let is_lost = |refresh: &mut InFlight| {
            refresh.result.has_changed().is_err() && refresh.result.borrow().is_none()
        };
        state.in_flight.take_if(is_lost);
        let valid = state.valid_token(now);
        let is_early = |token: &&Arc<CachedToken>| token.refresh_at.is_none_or(|at| now < at);
        if let Some(token) = valid.as_ref().filter(is_early) {
            return Ok(Next::Use(token.clone()));
        }
        if let Some(refresh) = &state.in_flight {
            return Ok(Next::Wait(refresh.clone(), valid));
        }
        if let Some(failure) = &state.failure {
            let now = shared.http.clock().instant();
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
        let (sender, result) = watch::channel(None);
        let shared = self.shared.clone();
        let runtime = current_runtime()?;
        let refresh = InFlight {
            result,
            started_at: shared.http.clock().instant(),
        };
        let running = shared.http.refreshes.start();
        runtime.spawn(async move {
            let _running = running;
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
        let refreshed = refresher.refresh(current, reason.is_unusable).await?;
        let (clock, random) = (self.http.clock(), self.http.random());
        CachedToken::new(refreshed, reason.is_rejected, clock, random)
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
                    at: self.http.clock().instant(),
                });
                Err(error)
            }
        }
    }

    fn valid_token(&self) -> Option<Arc<CachedToken>> {
        self.state().valid_token(self.http.clock().system_time())
    }

    /// Allows another refresh after one that ended without a result.
    fn clear_in_flight(&self, aborted: &InFlight) {
        let is_aborted = |refresh: &mut InFlight| refresh.result.same_channel(&aborted.result);
        self.state().in_flight.take_if(is_aborted);
    }
}

impl State {
    fn is_current(&self, token: &Arc<CachedToken>) -> bool {
        let current = self.current.as_ref();
        current.is_some_and(|current| Arc::ptr_eq(current, token))
    }

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
