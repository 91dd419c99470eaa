//! Operations on a store, with the order in which they began and ended.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use basalam_chat::state::{DeleteMode, PutMode, StateError, StateKey, StateStore, Version};

/// One operation on one key.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) key: usize,
    /// Numbers that order the beginnings and ends of all operations.
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) action: Action,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Action {
    Get,
    /// Writes a value that no other operation writes.
    Put(u64, PutMode),
    /// Deletes this version.
    Delete(Version),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// The value and the version that were read.
    Read(Option<(u64, Version)>),
    Written(Version),
    Deleted,
    Conflict,
    /// The write may be made at any time after its start, or never.
    Unknown,
}

/// Runs operations and records them.
#[derive(Debug, Default)]
pub(super) struct History {
    clock: AtomicU64,
    next_value: AtomicU64,
    operations: Mutex<Vec<Operation>>,
}

impl History {
    /// Returns a value that was not returned before.
    pub(super) fn new_value(&self) -> u64 {
        self.next_value.fetch_add(1, Ordering::SeqCst)
    }

    /// Runs an operation. Errors are returned; those that say that nothing was done are not recorded.
    pub(super) async fn run(
        &self,
        store: &dyn StateStore,
        (index, key): (usize, &StateKey),
        action: Action,
    ) -> Result<Outcome, StateError> {
        let start = self.clock.fetch_add(1, Ordering::SeqCst);
        let result = match action {
            Action::Get => store.get(key).await.map(|entry| {
                Outcome::Read(entry.map(|entry| (decode(&entry.value), entry.version)))
            }),
            Action::Put(value, mode) => {
                let value = value.to_le_bytes();
                store.put(key, &value, mode).await.map(Outcome::Written)
            }
            Action::Delete(version) => {
                let deleted = store.delete(key, DeleteMode::Version(version)).await;
                deleted.map(|()| Outcome::Deleted)
            }
        };
        let end = self.clock.fetch_add(1, Ordering::SeqCst);
        let (outcome, error) = match result {
            Ok(outcome) => (outcome, None),
            Err(error) if error.is_conflict() => (Outcome::Conflict, None),
            Err(error) if error.is_unknown() => (Outcome::Unknown, Some(error)),
            Err(error) => return Err(error),
        };
        let operation = Operation {
            key: index,
            start,
            end,
            action,
            outcome,
        };
        let mut operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        operations.push(operation);
        match error {
            Some(error) => Err(error),
            None => Ok(outcome),
        }
    }

    /// Returns the operations so far.
    pub(super) fn operations(&self) -> Vec<Operation> {
        self.operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Values of other lengths become one that no operation has written.
fn decode(value: &[u8]) -> u64 {
    value.try_into().map_or(u64::MAX, u64::from_le_bytes)
}
