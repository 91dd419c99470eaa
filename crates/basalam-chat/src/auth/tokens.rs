//! The token of a client: who holds it, and who renews it while others wait.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderValue;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::renewal::Renewer;
use super::{Authentication, Endpoint, TokenSet};
use crate::Error;
use crate::time::Clock;
use crate::transport::{KnownSecrets, within};

/// For how long a renewal that failed answers for those who ask next.
const HOLD_OFF: Duration = Duration::from_secs(1);

/// How long a request waits for a renewal ahead of time, before it goes with the token that there is.
const PATIENCE: Duration = Duration::from_secs(5);

/// How soon after a refusal another one is no longer put down to the token: whatever is wrong then, no
/// further renewal mends it, and each one ends the tokens of other programs.
const RENEWED_LATELY: Duration = Duration::from_secs(30);

/// The token of a client and of all its clones.
#[derive(Clone)]
pub(crate) struct Tokens {
    shared: Arc<Shared>,
}

struct Shared {
    /// The one token of a login that cannot renew it: nothing of it changes, and nobody has to lock it.
    fixed: Option<Arc<Current>>,
    state: Mutex<State>,
    /// Missing where the token is all there is.
    renewer: Option<tokio::sync::Mutex<Renewer>>,
    clock: Arc<dyn Clock>,
    known: Arc<KnownSecrets>,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Current>>,
    /// The service has refused the current token.
    is_refused: bool,
    /// A renewal under way.
    flight: Option<Flight>,
    failure: Option<Failure>,
    /// How many renewals have ended.
    ended: u64,
}

/// Tells those who wait how a renewal ended.
type Flight = watch::Receiver<Option<Result<Arc<Current>, Arc<Error>>>>;

/// A renewal that failed.
struct Failure {
    error: Arc<Error>,
    /// Which of all renewals it was, counted from 1.
    number: u64,
    at: Instant,
}

/// The token that requests are sent with now.
pub(crate) struct Current {
    tokens: TokenSet,
    header: HeaderValue,
    given: Instant,
    /// The service had refused the one before.
    after_refusal: bool,
}

/// Why there is a renewal.
#[derive(Clone, Copy)]
struct Why {
    is_refused: bool,
    /// The token can no longer be used, or there is none.
    has_ended: bool,
}

impl Current {
    fn new(tokens: TokenSet, given: Instant, after_refusal: bool) -> Result<Arc<Current>, Error> {
        let header = tokens.header()?;
        Ok(Arc::new(Current {
            tokens,
            header,
            given,
            after_refusal,
        }))
    }

    pub(crate) fn tokens(&self) -> &TokenSet {
        &self.tokens
    }

    /// The value of the `Authorization` header, marked as a secret.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

/// What somebody gets who asks for a token.
pub(crate) enum Asked<'a> {
    AtHand(Arc<Current>),
    /// The token of the renewal that is under way.
    Renewed(Renewed<'a>),
}

/// Waits for a token that is being renewed.
pub(crate) type Renewed<'a> =
    Pin<Box<dyn Future<Output = Result<Arc<Current>, Error>> + Send + 'a>>;

/// What there is to do for somebody who asks for a token.
enum Next {
    Use(Arc<Current>),
    /// Wait for a renewal, for a short while where there is a token that is still good.
    Wait(Flight, Option<Arc<Current>>),
}

impl Tokens {
    pub(crate) fn new(
        authentication: Authentication,
        endpoint: Option<Endpoint>,
        clock: Arc<dyn Clock>,
        known: Arc<KnownSecrets>,
    ) -> Result<Tokens, Error> {
        let Authentication { tokens, renewal } = authentication;
        let renewer =
            renewal.map(|renewal| Renewer::new(renewal, endpoint, tokens.clone(), clock.clone()));
        let waits = renewer.as_ref().is_some_and(Renewer::goes_first);
        let given = tokens.iter().flat_map(TokenSet::secrets);
        given.for_each(|secret| known.add(secret));
        let now = clock.instant();
        let current = tokens.filter(|_| !waits);
        let current = current.map(|tokens| Current::new(tokens, now, false));
        let current = current.transpose()?;
        let (fixed, current) = match renewer {
            None => (current, None),
            Some(_) => (None, current),
        };
        let state = State {
            current,
            ..State::default()
        };
        Ok(Tokens {
            shared: Arc::new(Shared {
                fixed,
                state: Mutex::new(state),
                renewer: renewer.map(tokio::sync::Mutex::new),
                clock,
                known,
            }),
        })
    }

    /// How many renewals have ended: a call that notes it at its beginning is not answered by one that
    /// failed before it, and is by one that failed while it was under way.
    pub(crate) fn renewals(&self) -> u64 {
        match self.shared.renewer {
            Some(_) => self.shared.state().ended,
            None => 0,
        }
    }

    /// Gives a token that is good as far as is known, and renews it first where it is time.
    pub(crate) async fn get(&self, since: u64) -> Result<Arc<Current>, Error> {
        match self.ask(since)? {
            Asked::AtHand(current) => Ok(current),
            Asked::Renewed(renewed) => renewed.await,
        }
    }

    /// As [`get`](Tokens::get), for whoever must not carry the room for waiting where there is no need to.
    pub(crate) fn ask(&self, since: u64) -> Result<Asked<'_>, Error> {
        Ok(match self.next(since)? {
            Next::Use(current) => Asked::AtHand(current),
            Next::Wait(flight, usable) => Asked::Renewed(Box::pin(self.wait(flight, usable))),
        })
    }

    async fn wait(
        &self,
        mut flight: Flight,
        usable: Option<Arc<Current>>,
    ) -> Result<Arc<Current>, Error> {
        let landing = async {
            match flight.wait_for(Option::is_some).await {
                Ok(landed) => landed.clone(),
                Err(_) => None,
            }
        };
        let landed = match usable {
            None => landing.await,
            Some(current) => match within(&*self.shared.clock, PATIENCE, pin!(landing)).await {
                Some(landed) => landed,
                None => return Ok(current),
            },
        };
        match landed {
            Some(Ok(current)) => Ok(current),
            // Renewed ahead of time, the old one is still good.
            Some(Err(error)) => self
                .shared
                .usable()
                .ok_or_else(|| Error::not_renewed(error)),
            None => {
                self.shared.forget(&flight);
                Err(Error::renewal_broke_off())
            }
        }
    }

    /// Notes that the service has refused a token. Gives whether there can be another.
    pub(crate) fn refuse(&self, refused: &Arc<Current>) -> bool {
        if self.shared.renewer.is_none() {
            return false;
        }
        let mut state = self.shared.state();
        // Where somebody has renewed it meanwhile, the new one is good.
        if let Some(current) = &state.current
            && Arc::ptr_eq(current, refused)
        {
            let now = self.shared.clock.instant();
            let age = now.saturating_duration_since(refused.given);
            if refused.after_refusal && age < RENEWED_LATELY {
                return false;
            }
            state.is_refused = true;
        }
        true
    }

    fn next(&self, since: u64) -> Result<Next, Error> {
        if self.shared.renewer.is_none() {
            // Whether its time is over is for the service to say.
            let fixed = self.shared.fixed.clone();
            return fixed.map(Next::Use).ok_or_else(Error::not_refreshable);
        }
        let mut state = self.shared.state();
        let now = self.shared.clock.system_time();
        // One whose runtime has ended will never land.
        let is_lost =
            |flight: &mut Flight| flight.has_changed().is_err() && flight.borrow().is_none();
        state.flight.take_if(is_lost);
        let usable = state.usable(now);
        if let Some(current) = usable.as_ref().filter(|it| !it.tokens.is_due(now)) {
            return Ok(Next::Use(current.clone()));
        }
        if state.flight.is_none()
            && let Some(failure) = &state.failure
            && (failure.number > since
                || self
                    .shared
                    .clock
                    .instant()
                    .saturating_duration_since(failure.at)
                    < HOLD_OFF)
        {
            let failed = || Error::not_renewed(failure.error.clone());
            return usable.map(Next::Use).ok_or_else(failed);
        }
        if state.flight.is_none() {
            let current = state.current.clone();
            let why = Why {
                is_refused: state.is_refused,
                has_ended: usable.is_none(),
            };
            state.flight = Some(self.start(current, why)?);
        }
        let flight = state.flight.clone().ok_or_else(Error::renewal_broke_off)?;
        Ok(Next::Wait(flight, usable))
    }

    /// Starts a renewal as a task of its own: whoever began it may be dropped, and what the service gives
    /// must not be lost.
    fn start(&self, current: Option<Arc<Current>>, why: Why) -> Result<Flight, Error> {
        let (landed, flight) = watch::channel(None);
        let shared = self.shared.clone();
        let runtime = Handle::try_current().map_err(Error::no_runtime)?;
        runtime.spawn(async move {
            let result = shared.renew(current, why).await;
            // Nobody may be waiting any more.
            landed.send_replace(Some(shared.land(result)));
        });
        Ok(flight)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under the lock leaves it half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn renew(&self, current: Option<Arc<Current>>, why: Why) -> Result<Arc<Current>, Error> {
        let renewer = self.renewer.as_ref().ok_or_else(Error::not_refreshable)?;
        let current = current.as_deref().map(Current::tokens);
        let tokens = renewer.lock().await.renew(current, why.has_ended).await?;
        tokens.secrets().for_each(|secret| self.known.add(secret));
        Current::new(tokens, self.clock.instant(), why.is_refused)
    }

    /// Notes how a renewal ended.
    fn land(&self, result: Result<Arc<Current>, Error>) -> Result<Arc<Current>, Arc<Error>> {
        let mut state = self.state();
        state.flight = None;
        state.ended += 1;
        match result {
            Ok(current) => {
                state.current = Some(current.clone());
                state.is_refused = false;
                state.failure = None;
                Ok(current)
            }
            Err(error) => {
                let error = Arc::new(error);
                state.failure = Some(Failure {
                    error: error.clone(),
                    number: state.ended,
                    at: self.clock.instant(),
                });
                Err(error)
            }
        }
    }

    fn usable(&self) -> Option<Arc<Current>> {
        self.state().usable(self.clock.system_time())
    }

    /// Lets the next one start anew after a renewal that ended without a word.
    fn forget(&self, ended: &Flight) {
        let mut state = self.state();
        if state
            .flight
            .as_ref()
            .is_some_and(|flight| flight.same_channel(ended))
        {
            state.flight = None;
        }
    }
}

impl State {
    /// The current token, where neither its time is over nor the service has refused it.
    fn usable(&self, now: std::time::SystemTime) -> Option<Arc<Current>> {
        let current = self.current.as_ref().filter(|_| !self.is_refused)?;
        (!current.tokens.is_over(now)).then(|| current.clone())
    }
}

/// Shows no token.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}
