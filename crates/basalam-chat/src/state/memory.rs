//! State in memory.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::values::Values;
use super::{DeleteMode, Entry, PutMode, StateFuture, StateKey, StateStore, Version};

/// A store in memory, for tests and for the clients of one process. Clones share the values.
///
/// The values are lost with the process.
#[derive(Clone, Default)]
pub struct MemoryState(Arc<Mutex<Values>>);

impl MemoryState {
    /// Creates an empty store.
    pub fn new() -> MemoryState {
        MemoryState::default()
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        // Nothing panics under the lock in an inconsistent state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for MemoryState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        Box::pin(async move { Ok(self.values().get(key)) })
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(async move { self.values().put(key, value, mode) })
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        Box::pin(async move { self.values().delete(key, mode) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        Box::pin(async move { Ok(self.values().list(prefix, after, limit)) })
    }
}

/// Contains no values.
impl fmt::Debug for MemoryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryState").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{MAX_VALUE_BYTES, PutRequest, StateError};

    fn key(name: &str) -> StateKey {
        StateKey::new(name).unwrap()
    }

    async fn put(store: &MemoryState, name: &str, mode: PutMode) -> Result<Version, StateError> {
        store.put(&key(name), name.as_bytes(), mode).await
    }

    #[tokio::test]
    async fn writes_are_made_under_their_condition() {
        let store = MemoryState::new();
        let first = put(&store, "a", PutMode::Create).await.unwrap();
        assert!(
            put(&store, "a", PutMode::Create)
                .await
                .unwrap_err()
                .is_conflict()
        );
        let second = put(&store, "a", PutMode::Update(first)).await.unwrap();
        let late = put(&store, "a", PutMode::Update(first)).await;
        assert!(late.unwrap_err().is_conflict());
        let missing = put(&store, "b", PutMode::Update(second)).await;
        assert!(missing.unwrap_err().is_conflict());
        assert_eq!(store.get(&key("a")).await.unwrap().unwrap().version, second);
        let late = store.delete(&key("a"), DeleteMode::Version(first)).await;
        assert!(late.unwrap_err().is_conflict());
        store
            .delete(&key("a"), DeleteMode::Version(second))
            .await
            .unwrap();
        store.delete(&key("a"), DeleteMode::Any).await.unwrap();
        assert!(store.get(&key("a")).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn versions_never_repeat_after_a_deletion() {
        let store = MemoryState::new();
        let mut last = put(&store, "a", PutMode::Overwrite).await.unwrap();
        for name in ["a", "b", "a"] {
            store.delete(&key("a"), DeleteMode::Any).await.unwrap();
            let version = put(&store, name, PutMode::Create).await.unwrap();
            assert!(version > last);
            last = version;
        }
    }

    #[tokio::test]
    async fn lists_pages_in_byte_order() {
        let store = MemoryState::new();
        for name in ["b/2", "b", "a", "b/10", "b-1", "c", "B/1"] {
            put(&store, name, PutMode::Create).await.unwrap();
        }
        let list = async |prefix: &str, after: Option<&str>, limit| -> Vec<String> {
            let after = after.map(key);
            let entries = store.list(prefix, after.as_ref(), limit).await.unwrap();
            entries.iter().map(|it| it.key.to_string()).collect()
        };
        assert_eq!(
            list("", None, 9).await,
            ["B/1", "a", "b", "b-1", "b/10", "b/2", "c"]
        );
        assert_eq!(list("b/", None, 9).await, ["b/10", "b/2"]);
        assert_eq!(list("b", Some("b-1"), 1).await, ["b/10"]);
        assert_eq!(list("b/", Some("a"), 9).await, ["b/10", "b/2"]);
        assert!(list("b/", Some("c"), 9).await.is_empty());
        assert!(list("", None, 0).await.is_empty());
        assert!(list("é", None, 9).await.is_empty());
    }

    #[tokio::test]
    async fn put_many_reports_the_result_of_each_write() {
        let store = MemoryState::new();
        let large = vec![0; MAX_VALUE_BYTES + 1];
        let requests = [
            PutRequest::new(key("a"), "1", PutMode::Create),
            PutRequest::new(key("a"), "2", PutMode::Create),
            PutRequest::new(key("b"), large, PutMode::Create),
            PutRequest::new(key("a"), "3", PutMode::Overwrite),
        ];
        let results = store.put_many(&requests).await.unwrap();
        assert!(results[1].as_ref().unwrap_err().is_conflict());
        assert!(results[2].as_ref().unwrap_err().is_invalid_input());
        assert!(results[3].as_ref().unwrap() > results[0].as_ref().unwrap());
        assert_eq!(store.get(&key("a")).await.unwrap().unwrap().value, b"3");
    }

    #[tokio::test]
    async fn futures_read_when_they_are_awaited() {
        let store = MemoryState::new();
        let name = key("a");
        let read = store.get(&name);
        put(&store, "a", PutMode::Create).await.unwrap();
        assert!(read.await.unwrap().is_some());
    }
}
