//! The turn of one client to refresh the tokens of a store: a lease, and a record that a refresh has begun.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::TokenStore;
use crate::Error;
use crate::random::{RandomSource, jitter, random_hex};
use crate::state::{
    DeleteMode, Lease, LeaseRequest, PutMode, StateError, StateKey, StateStore, Version,
};
use crate::time::{Clock, SleepReason};

/// The time that a client waits for its turn before it reports an error.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// The pauses between two tries to get a turn.
const MIN_PAUSE: Duration = Duration::from_millis(10);
const MAX_PAUSE: Duration = Duration::from_millis(200);

/// The time that a client waits for the tokens of an unfinished refresh before it uses the refresh token again.
const MAX_LATE_WAIT: Duration = Duration::from_secs(2);

/// Waits for a turn.
pub(in crate::auth) struct Claim<'a> {
    store: &'a TokenStore,
    request: LeaseRequest,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    started_at: Instant,
    pause: Duration,
}

impl<'a> Claim<'a> {
    /// `request` is that of an earlier claim, if there was one. A lease can last for longer than one claim waits.
    pub(in crate::auth) fn new(
        store: &'a TokenStore,
        request: Option<LeaseRequest>,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn RandomSource>,
    ) -> Claim<'a> {
        let new_request = || {
            LeaseRequest::new(store.shared.lease_key.clone(), store.lease_duration)
                .clock(clock.clone())
                .random_source(random.clone())
        };
        Claim {
            store,
            request: request.unwrap_or_else(new_request),
            clock: clock.clone(),
            random: random.clone(),
            started_at: clock.instant(),
            pause: MIN_PAUSE,
        }
    }

    pub(in crate::auth) fn into_request(self) -> LeaseRequest {
        self.request
    }

    /// Returns the turn, or `None` if another process has it.
    pub(in crate::auth) async fn try_begin(&mut self) -> Result<Option<Turn<'a>>, Error> {
        let state = self.store.state().await.map_err(Error::store_load_failed)?;
        let lease = match state.try_acquire_lease(&mut self.request).await {
            // The next try finds out whether it was acquired.
            Err(error) if error.is_unknown() => None,
            lease => lease.map_err(Error::store_load_failed)?,
        };
        Ok(lease.map(|lease| Turn {
            store: self.store,
            state,
            lease,
            clock: self.clock.clone(),
            random: self.random.clone(),
        }))
    }

    /// Pauses before the next try.
    pub(in crate::auth) async fn pause(&mut self) -> Result<(), Error> {
        let waited = self
            .clock
            .instant()
            .saturating_duration_since(self.started_at);
        if waited >= MAX_WAIT {
            return Err(Error::refresh_elsewhere());
        }
        let pause = self.pause / 2 + jitter(&*self.random, self.pause / 2);
        self.pause = MAX_PAUSE.min(self.pause * 2);
        sleep(&*self.clock, pause).await;
        Ok(())
    }
}

async fn sleep(clock: &dyn Clock, duration: Duration) {
    // A clock that skips pauses must not keep the other client from running.
    tokio::task::yield_now().await;
    clock.sleep(duration, SleepReason::Backoff).await;
}

/// The right to refresh the tokens of a store, until its lease expires.
pub(in crate::auth) struct Turn<'a> {
    store: &'a TokenStore,
    state: &'a dyn StateStore,
    lease: Lease,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
}

/// The record that a refresh has begun.
pub(in crate::auth) struct Begun {
    /// Another process, or an earlier turn, has begun to refresh the same tokens, and did not save new ones.
    pub(in crate::auth) is_unfinished: bool,
    /// The version of the record, if this turn has written it.
    record: Option<Version>,
}

/// The stored form of [`Begun`].
#[derive(Deserialize, Serialize)]
struct RefreshRecord {
    /// The version of the tokens that are refreshed; missing if none were stored.
    tokens: Option<u64>,
    /// Makes the record unique.
    id: String,
}

impl Turn<'_> {
    /// Records that a refresh of the tokens with this version has begun. Returns `None` if another process has the
    /// turn.
    pub(in crate::auth) async fn begin(
        &mut self,
        tokens: Option<Version>,
    ) -> Result<Option<Begun>, Error> {
        let begun = self.begin_at(tokens.map(Version::number)).await;
        match begun {
            Ok(begun) => Ok(Some(begun)),
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(Error::store_begin_failed(error)),
        }
    }

    async fn begin_at(&mut self, tokens: Option<u64>) -> Result<Begun, StateError> {
        let key = &self.store.shared.refresh_key;
        let entry = self.state.get(key).await?;
        let record = entry.as_ref();
        let record = record.and_then(|it| serde_json::from_slice::<RefreshRecord>(&it.value).ok());
        let is_unfinished = record.is_some_and(|record| record.tokens == tokens);
        let record = match is_unfinished {
            true => {
                self.wait_for_late_tokens(tokens).await?;
                None
            }
            false => {
                let id = random_hex(&*self.random);
                // Integers and a string always serialize.
                let json = serde_json::to_vec(&RefreshRecord { tokens, id }).unwrap_or_default();
                let mode = entry.map_or(PutMode::Create, |it| PutMode::Update(it.version));
                Some(self.state.put_confirmed(key, &json, mode).await?)
            }
        };
        let begun = Begun {
            is_unfinished,
            record,
        };
        // This process may have been paused, and another one may have the turn.
        if self.lease.is_expired()
            && let Err(error) = self.state.renew_lease(&mut self.lease).await
        {
            self.cancel(&begun).await;
            return Err(error);
        }
        Ok(begun)
    }

    /// Returns `true` if the stored tokens no longer have this version. If the lease has expired, another process may
    /// be about to save new ones, so this waits for them.
    pub(in crate::auth) async fn is_overtaken(
        &mut self,
        tokens: Option<Version>,
    ) -> Result<bool, Error> {
        let tokens = tokens.map(Version::number);
        let unchanged = match self.lease.is_expired() {
            true => self.wait_for_late_tokens(tokens).await,
            false => check_version(self.state, &self.store.shared.key, tokens).await,
        };
        match unchanged {
            Ok(()) => Ok(false),
            Err(error) if error.is_conflict() => Ok(true),
            Err(error) => Err(Error::store_load_failed(error)),
        }
    }

    /// Waits before the refresh token of an unfinished refresh is used again, which can revoke the login: its process
    /// may be alive, and about to save the tokens after an outage of the store. Fails with a conflict if it does.
    async fn wait_for_late_tokens(&mut self, tokens: Option<u64>) -> Result<(), StateError> {
        let (state, clock) = (self.state, self.clock.clone());
        let key = &self.store.shared.key;
        self.hold(async move {
            for _ in 0..MAX_LATE_WAIT.as_millis() / MAX_PAUSE.as_millis() {
                sleep(&*clock, MAX_PAUSE).await;
                check_version(state, key, tokens).await?;
            }
            Ok(())
        })
        .await
    }

    /// Removes the record of a refresh that has not used up the refresh token.
    pub(in crate::auth) async fn cancel(&self, begun: &Begun) {
        if let Some(version) = begun.record {
            let key = &self.store.shared.refresh_key;
            // If it fails, a later rejection of the refresh token is attributed to this refresh.
            let _ = self.state.delete(key, DeleteMode::Version(version)).await;
        }
    }

    /// Runs a part of the refresh, and renews the lease meanwhile.
    pub(in crate::auth) async fn hold<T>(&mut self, part: impl Future<Output = T> + Send) -> T {
        let (mut part, mut renewals) = (pin!(part), pin!(self.renew_repeatedly()));
        // Both are polled: a store that is slow must not delay the response of the service until it times out.
        poll_fn(|context| match part.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => renewals.as_mut().poll(context).map(|never| match never {}),
        })
        .await
    }

    async fn renew_repeatedly(&mut self) -> Infallible {
        let interval = self.lease.duration() / 3;
        loop {
            self.clock.sleep(interval, SleepReason::Timeout).await;
            // A lost lease does not stop the refresh: the new tokens must be saved.
            let _ = self.state.renew_lease(&mut self.lease).await;
        }
    }

    /// Ends the turn.
    pub(in crate::auth) async fn end(self) {
        // If it fails, the lease expires.
        let _ = self.state.release_lease(self.lease).await;
    }
}

/// Fails with a conflict if the stored tokens do not have this version.
async fn check_version(
    state: &dyn StateStore,
    key: &StateKey,
    version: Option<u64>,
) -> Result<(), StateError> {
    let stored = state.get(key).await?.map(|it| it.version.number());
    match stored == version {
        true => Ok(()),
        false => Err(StateError::conflict()),
    }
}
