//! The conformance suite finds the faults of stores.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use basalam_chat::state::{
    DeleteMode, Entry, Lease, LeaseRequest, MAX_VALUE_BYTES, MemoryState, PutMode, PutRequest,
    StateError, StateErrorKind, StateFuture, StateKey, StateStore, Version,
};
use basalam_chat_state::conformance::{self, StoreFactory};

/// What a store does wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fault {
    None,
    IgnoresVersion,
    CreateOverwrites,
    DeletesUnconditionally,
    RepeatsVersions,
    ReadsStaleValues,
    ChecksBeforeWriting,
    MatchesPatterns,
    IncludesAfter,
    IgnoresLimit,
    IgnoresCase,
    TruncatesValues,
    ShowsValues,
    ShowsValuesInErrors,
    LosesLastOfMany,
    StopsManyAtConflict,
    SharesLeases,
    NeverReleasesLeases,
    HandlesDiffer,
    WritesWhatItRefuses,
}

/// A store in memory with a fault.
#[derive(Clone)]
struct Broken {
    fault: Fault,
    store: MemoryState,
    /// Versions per key, for stores that repeat them.
    counts: Arc<Mutex<BTreeMap<StateKey, u64>>>,
    stale: Arc<Mutex<BTreeMap<StateKey, Option<Entry>>>>,
}

impl Broken {
    fn new(fault: Fault) -> Broken {
        Broken {
            fault,
            store: MemoryState::new(),
            counts: Arc::default(),
            stale: Arc::default(),
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn key(&self, key: &StateKey) -> StateKey {
        match self.has(Fault::IgnoresCase) {
            true => StateKey::new(key.as_str().to_ascii_lowercase()).unwrap(),
            false => key.clone(),
        }
    }

    async fn put_broken(
        &self,
        key: &StateKey,
        value: &[u8],
        mode: PutMode,
    ) -> Result<Version, StateError> {
        let key = &self.key(key);
        let current = self.store.get(key).await?;
        if self.has(Fault::ReadsStaleValues) {
            self.stale
                .lock()
                .unwrap()
                .insert(key.clone(), current.clone());
        }
        let version = current.as_ref().map(|it| it.version);
        let mode = match mode {
            PutMode::Update(_) if self.has(Fault::IgnoresVersion) && version.is_some() => {
                PutMode::Overwrite
            }
            PutMode::Create if self.has(Fault::CreateOverwrites) => PutMode::Overwrite,
            mode if self.has(Fault::ChecksBeforeWriting) && mode.permits(version) => {
                // A thread looks for tasks that another one has spawned only once in about sixty of its own.
                for _ in 0..2_000 {
                    tokio::task::yield_now().await;
                }
                PutMode::Overwrite
            }
            mode => mode,
        };
        if self.has(Fault::WritesWhatItRefuses) && !mode.permits(version) {
            self.store.put(key, value, PutMode::Overwrite).await?;
            return Err(StateError::conflict());
        }
        if self.has(Fault::ShowsValuesInErrors) && !mode.permits(version) {
            let message = format!("conflict with {}", String::from_utf8_lossy(value));
            return Err(StateError::new(StateErrorKind::Conflict, message));
        }
        let value = match self.has(Fault::TruncatesValues) {
            true => &value[..value.len().min(MAX_VALUE_BYTES)],
            false => value,
        };
        let version = self.store.put(key, value, mode).await?;
        if self.has(Fault::RepeatsVersions) {
            let mut counts = self.counts.lock().unwrap();
            let count = counts.entry(key.clone()).or_default();
            *count += 1;
            return Ok(Version::from_number(*count));
        }
        Ok(version)
    }

    async fn list_broken(
        &self,
        prefix: &str,
        after: Option<&StateKey>,
        limit: usize,
    ) -> Result<Vec<Entry>, StateError> {
        let limit = if self.has(Fault::IgnoresLimit) {
            usize::MAX
        } else {
            limit
        };
        let matches = |key: &str| match self.has(Fault::MatchesPatterns) {
            true => {
                let mut pairs = prefix.chars().zip(key.chars());
                key.len() >= prefix.len() && pairs.all(|(a, b)| a == b || a == '_')
            }
            false => key.starts_with(prefix),
        };
        let follows = |key: &StateKey| match after {
            Some(after) if self.has(Fault::IncludesAfter) => key >= after,
            Some(after) => key > after,
            None => true,
        };
        let entries = self.store.list("", None, usize::MAX).await?.into_iter();
        let entries = entries.filter(|it| matches(it.key.as_str()) && follows(&it.key));
        Ok(entries.take(limit).collect())
    }
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has(Fault::ShowsValues) {
            let listed = futures_of(self.store.list("", None, usize::MAX));
            for entry in listed.unwrap_or_default() {
                write!(f, "{}", String::from_utf8_lossy(&entry.value))?;
            }
        }
        f.write_str("Broken")
    }
}

/// Returns the result of a future that is ready at once, as those of a store in memory are.
fn futures_of<T>(mut future: StateFuture<'_, T>) -> Result<T, StateError> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(result) => result,
        std::task::Poll::Pending => unreachable!("a store in memory never waits"),
    }
}

impl StateStore for Broken {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(async move {
            let stale = self.stale.lock().unwrap().remove(key);
            if let Some(stale) = stale {
                return Ok(stale);
            }
            let entry = self.store.get(&self.key(key)).await?;
            Ok(entry.map(|it| Entry::new(key.clone(), it.value, it.version)))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(self.put_broken(key, value, mode))
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        Box::pin(async move {
            let mode = match self.has(Fault::DeletesUnconditionally) {
                true => DeleteMode::Any,
                false => mode,
            };
            self.counts.lock().unwrap().remove(key);
            self.store.delete(&self.key(key), mode).await
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        Box::pin(self.list_broken(prefix, after, limit))
    }

    fn put_many<'a>(
        &'a self,
        requests: &'a [PutRequest],
    ) -> StateFuture<'a, Vec<Result<Version, StateError>>> {
        Box::pin(async move {
            let mut results = Vec::new();
            for request in requests {
                let has_failed = results.iter().any(Result::is_err);
                results.push(match self.has(Fault::StopsManyAtConflict) && has_failed {
                    true => Err(StateError::conflict()),
                    false => self.put(&request.key, &request.value, request.mode).await,
                });
            }
            if self.has(Fault::LosesLastOfMany) {
                results.pop();
            }
            Ok(results)
        })
    }

    fn try_acquire_lease<'a>(
        &'a self,
        request: &'a mut LeaseRequest,
    ) -> StateFuture<'a, Option<Lease>> {
        Box::pin(async move {
            match self.has(Fault::SharesLeases) {
                true => MemoryState::new().try_acquire_lease(request).await,
                false => self.store.try_acquire_lease(request).await,
            }
        })
    }

    fn renew_lease<'a>(&'a self, lease: &'a mut Lease) -> StateFuture<'a, ()> {
        Box::pin(async move { self.store.renew_lease(lease).await })
    }

    fn release_lease<'a>(&'a self, lease: Lease) -> StateFuture<'a, ()> {
        Box::pin(async move {
            match self.has(Fault::NeverReleasesLeases) {
                true => Ok(()),
                false => self.store.release_lease(lease).await,
            }
        })
    }
}

#[derive(Debug)]
struct Factory(Broken);

impl StoreFactory for Factory {
    fn open(&self) -> StateFuture<'_, Arc<dyn StateStore>> {
        let store = match self.0.has(Fault::HandlesDiffer) {
            true => Broken::new(Fault::None),
            false => self.0.clone(),
        };
        Box::pin(async { Ok(Arc::new(store) as Arc<dyn StateStore>) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suite_finds_each_fault() {
    let faults = [
        (Fault::IgnoresVersion, "semantics::puts_follow_their_mode"),
        (Fault::CreateOverwrites, "semantics::puts_follow_their_mode"),
        (
            Fault::DeletesUnconditionally,
            "semantics::deletes_follow_their_mode",
        ),
        (
            Fault::RepeatsVersions,
            "semantics::versions_grow_and_never_repeat",
        ),
        (
            Fault::ReadsStaleValues,
            "concurrency::history_is_linearizable",
        ),
        (
            Fault::ChecksBeforeWriting,
            "concurrency::increments_are_not_lost",
        ),
        (
            Fault::ChecksBeforeWriting,
            "concurrency::history_is_linearizable",
        ),
        (Fault::MatchesPatterns, "lists::prefixes_are_literal"),
        (
            Fault::IncludesAfter,
            "lists::pages_are_complete_and_ordered",
        ),
        (Fault::IgnoresLimit, "lists::pages_are_complete_and_ordered"),
        (Fault::IgnoresCase, "values::keys_are_exact"),
        (Fault::TruncatesValues, "values::values_are_limited"),
        (Fault::ShowsValues, "values::errors_show_no_values"),
        (Fault::ShowsValuesInErrors, "values::errors_show_no_values"),
        (
            Fault::LosesLastOfMany,
            "semantics::put_many_reports_each_write",
        ),
        (
            Fault::StopsManyAtConflict,
            "semantics::put_many_reports_each_write",
        ),
        (Fault::SharesLeases, "leases::one_contender_acquires"),
        (
            Fault::NeverReleasesLeases,
            "leases::released_leases_are_free",
        ),
        (Fault::HandlesDiffer, "semantics::handles_share_values"),
        (
            Fault::WritesWhatItRefuses,
            "semantics::puts_follow_their_mode",
        ),
    ];
    for (fault, check) in faults {
        let report = conformance::run(Arc::new(Factory(Broken::new(fault)))).await;
        assert!(report.failed().contains(&check), "{fault:?}:\n{report}");
        assert!(report.to_string().contains(&format!("FAILED   {check}")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn store_without_a_fault_passes() {
    let report = conformance::run(Arc::new(Factory(Broken::new(Fault::None)))).await;
    assert!(report.is_success(), "{report}");
}
