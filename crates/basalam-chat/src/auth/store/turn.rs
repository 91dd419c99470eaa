//! The turn of one client to refresh the tokens of a store: a lease, and a record that a refresh has begun.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::TokenStore;
use crate::Error;
use crate::http::timeout;
use crate::random::{RandomSource, jitter, random_hex};
use crate::state::{DeleteMode, Lease, LeaseRequest, PutMode, StateError, StateStore, Version};
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
    pub(in crate::auth) fn new(
        store: &'a TokenStore,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn RandomSource>,
    ) -> Claim<'a> {
        let key = store.shared.lease_key.clone();
        Claim {
            store,
            request: LeaseRequest::new(key, store.lease_duration)
                .clock(clock.clone())
                .random_source(random.clone()),
            clock: clock.clone(),
            random: random.clone(),
            started_at: clock.instant(),
            pause: MIN_PAUSE,
        }
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
        // This process may have been paused, and another one may have the turn.
        if self.lease.is_expired() {
            self.state.renew_lease(&mut self.lease).await?;
        }
        Ok(Begun {
            is_unfinished,
            record,
        })
    }

    /// Waits before the refresh token of an unfinished refresh is used again, which can revoke the login: its process
    /// may be alive, and about to save the tokens after an outage of the store. Fails with a conflict if it does.
    async fn wait_for_late_tokens(&mut self, tokens: Option<u64>) -> Result<(), StateError> {
        let (state, clock) = (self.state, self.clock.clone());
        let key = &self.store.shared.key;
        self.hold(async move {
            for _ in 0..MAX_LATE_WAIT.as_millis() / MAX_PAUSE.as_millis() {
                sleep(&*clock, MAX_PAUSE).await;
                let version = state.get(key).await?.map(|it| it.version.number());
                if version != tokens {
                    return Err(StateError::conflict());
                }
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
        let clock = self.clock.clone();
        let interval = self.lease.duration() / 3;
        let mut part = pin!(part);
        loop {
            if let Some(result) = timeout(&*clock, interval, part.as_mut()).await {
                return result;
            }
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
