//! Leases over compare-and-swap.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{
    DeleteMode, Entry, PutMode, StateError, StateErrorKind, StateKey, StateStore, Version,
};
use crate::random::{RandomSource, SystemRandom, random_hex};
use crate::time::{Clock, SystemClock};

/// A request for a lease: the right to do something alone for a limited time.
///
/// By default, the store holds a duration, not a time, so the clocks of several machines need not agree: a
/// contender takes over if the stored record has not changed for the holder's whole duration on the
/// contender's monotonic clock. A take-over therefore takes at least that long from the contender's first try.
///
/// Keep the request between tries: it remembers when it first saw the record of the other holder.
///
/// A lease does not stop a holder that was paused and does not know that its lease has expired. Attach the
/// [fencing number](Lease::fencing) to what the holder does, or make the writes that it protects conditional.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use basalam_chat::state::{LeaseRequest, MemoryState, StateKey, StateStore};
///
/// # async fn run() -> Result<(), basalam_chat::state::StateError> {
/// let store = MemoryState::new();
/// let key = StateKey::new("leases/import")?;
/// let mut request = LeaseRequest::new(key, Duration::from_secs(15));
/// if let Some(lease) = store.try_acquire_lease(&mut request).await? {
///     // … work, renewing the lease every few seconds …
///     store.release_lease(lease).await?;
/// }
/// # Ok(())
/// # }
/// ```
pub struct LeaseRequest {
    key: StateKey,
    duration: Duration,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    /// The id of the next holder; kept until a lease is granted, so that a write whose response was lost is
    /// recognized.
    holder: Option<String>,
    /// The number of writes so far, which makes each stored record unique.
    writes: u64,
    /// The version of another holder's record, and when it was first seen.
    observed: Option<(Version, Instant)>,
}

/// An acquired lease. It expires unless it is renewed.
pub struct Lease {
    key: StateKey,
    duration: Duration,
    holder: String,
    fencing: Version,
    /// The version of the last write, which only the holder can replace.
    version: Version,
    /// The time before the last write was sent, from which the duration counts.
    renewed_at: Instant,
    /// As in the request.
    writes: u64,
    clock: Arc<dyn Clock>,
}

/// The stored form of a lease.
#[derive(Deserialize, Serialize)]
struct LeaseRecord {
    holder: String,
    duration_ms: u64,
    writes: u64,
}

impl LeaseRequest {
    /// Creates a request.
    ///
    /// `duration` is the time after which others may take over from a holder that has stopped renewing,
    /// rounded down to milliseconds. Choose several times the interval at which the holder renews.
    pub fn new(key: StateKey, duration: Duration) -> LeaseRequest {
        LeaseRequest {
            key,
            duration: Duration::from_millis(millis(duration)),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            holder: None,
            writes: 0,
            observed: None,
        }
    }

    /// Sets the clock; see [`time`](crate::time).
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> LeaseRequest {
        self.clock = clock;
        self
    }

    /// Sets the random source, for the id of the holder; see [`random`](crate::random).
    pub fn random_source(mut self, random: Arc<dyn RandomSource>) -> LeaseRequest {
        self.random = random;
        self
    }

    /// Returns the key of the lease.
    pub fn key(&self) -> &StateKey {
        &self.key
    }

    /// Returns the duration of the lease.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns the current time of the request's clock, for stores that override the lease methods.
    pub fn now(&self) -> Instant {
        self.clock.instant()
    }

    /// Returns the random id of the next holder, for stores that override the lease methods. It stays the same
    /// until a lease is [granted](LeaseRequest::granted).
    pub fn holder(&mut self) -> &str {
        let random = &*self.random;
        self.holder.get_or_insert_with(|| random_hex(random))
    }

    /// Creates the lease of [`holder`](LeaseRequest::holder), for stores that override the lease methods.
    ///
    /// `version` is the version of the write that acquired the lease, and so its fencing number. `sent_at` is the
    /// time before the write was sent.
    pub fn granted(&mut self, version: Version, sent_at: Instant) -> Lease {
        self.holder();
        self.observed = None;
        Lease {
            key: self.key.clone(),
            duration: self.duration,
            holder: self.holder.take().unwrap_or_default(),
            fencing: version,
            version,
            renewed_at: sent_at,
            writes: self.writes,
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) async fn try_acquire<S: StateStore + ?Sized>(
        &mut self,
        store: &S,
    ) -> Result<Option<Lease>, StateError> {
        let entry = store.get(&self.key).await?;
        let Some(mode) = self.acquiring_mode(entry)? else {
            return Ok(None);
        };
        let sent_at = self.now();
        self.writes += 1;
        let record = LeaseRecord {
            holder: self.holder().to_owned(),
            duration_ms: millis(self.duration),
            writes: self.writes,
        };
        match store
            .put_confirmed(&self.key, &record.to_json(), mode)
            .await
        {
            Ok(version) => Ok(Some(self.granted(version, sent_at))),
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the condition under which the lease can be acquired now, or `None` if another holder has it.
    fn acquiring_mode(&mut self, entry: Option<Entry>) -> Result<Option<PutMode>, StateError> {
        let Some(entry) = entry else {
            return Ok(Some(PutMode::Create));
        };
        let record = LeaseRecord::from_entry(&entry)?;
        if self.holder.as_ref() == Some(&record.holder) {
            // An earlier try was made although its response was lost.
            return Ok(Some(PutMode::Update(entry.version)));
        }
        let now = self.now();
        let first_seen = match self.observed {
            Some((version, first_seen)) if version == entry.version => first_seen,
            _ => now,
        };
        self.observed = Some((entry.version, first_seen));
        let age = now.saturating_duration_since(first_seen);
        let is_expired = age >= Duration::from_millis(record.duration_ms);
        Ok(is_expired.then_some(PutMode::Update(entry.version)))
    }
}

impl Lease {
    /// Returns the fencing number: larger than that of every earlier holder of the lease.
    pub fn fencing(&self) -> Version {
        self.fencing
    }

    /// Returns the time until others may take over, zero if they already may. It counts from before the last
    /// successful renewal was sent.
    pub fn time_left(&self) -> Duration {
        let age = self.now().saturating_duration_since(self.renewed_at);
        self.duration.saturating_sub(age)
    }

    /// Returns `true` if others may have taken over.
    pub fn is_expired(&self) -> bool {
        self.time_left().is_zero()
    }

    /// Returns the key of the lease.
    pub fn key(&self) -> &StateKey {
        &self.key
    }

    /// Returns the duration of the lease.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns the current time of the lease's clock, for stores that override the lease methods.
    pub fn now(&self) -> Instant {
        self.clock.instant()
    }

    /// Returns the random id of the holder, for stores that override the lease methods.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// Records a renewal, for stores that override the lease methods. `sent_at` is the time before it was sent.
    pub fn renewed(&mut self, version: Version, sent_at: Instant) {
        self.version = version;
        self.renewed_at = sent_at;
    }

    pub(super) async fn renew<S: StateStore + ?Sized>(
        &mut self,
        store: &S,
    ) -> Result<(), StateError> {
        loop {
            self.writes += 1;
            let record = LeaseRecord {
                holder: self.holder.clone(),
                duration_ms: millis(self.duration),
                writes: self.writes,
            };
            let (json, sent_at) = (record.to_json(), self.now());
            let mode = PutMode::Update(self.version);
            match store.put_confirmed(&self.key, &json, mode).await {
                Ok(version) => {
                    self.renewed(version, sent_at);
                    return Ok(());
                }
                Err(error) if error.is_conflict() => self.adopt_own_write(store, error).await?,
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) async fn release<S: StateStore + ?Sized>(
        mut self,
        store: &S,
    ) -> Result<(), StateError> {
        loop {
            let mode = DeleteMode::Version(self.version);
            match store.delete(&self.key, mode).await {
                Err(error) if error.is_conflict() => {
                    match self.adopt_own_write(store, error).await {
                        Err(error) if error.is_conflict() => return Ok(()),
                        result => result?,
                    }
                }
                result => return result,
            }
        }
    }

    /// Takes over the version of a renewal of this lease whose response was lost. Returns `conflict` if there is
    /// none, so another holder has the lease.
    async fn adopt_own_write<S: StateStore + ?Sized>(
        &mut self,
        store: &S,
        conflict: StateError,
    ) -> Result<(), StateError> {
        match store.get(&self.key).await? {
            Some(entry)
                if entry.version > self.version
                    && LeaseRecord::from_entry(&entry)?.holder == self.holder =>
            {
                self.version = entry.version;
                Ok(())
            }
            _ => Err(conflict),
        }
    }
}

impl LeaseRecord {
    fn to_json(&self) -> Vec<u8> {
        // Integers and a string always serialize.
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn from_entry(entry: &Entry) -> Result<LeaseRecord, StateError> {
        serde_json::from_slice(&entry.value).map_err(|_| {
            let message = "the key of the lease holds another value; use separate keys for leases";
            StateError::new(StateErrorKind::Corrupt, message)
        })
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for LeaseRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaseRequest")
            .field("key", &self.key)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("key", &self.key)
            .field("fencing", &self.fencing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
