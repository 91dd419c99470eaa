//! Values in memory, with their versions.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::entry::check_value;
use super::{DeleteMode, Entry, PutMode, StateError, StateKey, Version};

/// The values of a store, and the last version that it has assigned.
#[derive(Default)]
pub(super) struct Values {
    entries: BTreeMap<StateKey, (Vec<u8>, Version)>,
    last_version: u64,
    bytes: usize,
}

impl Values {
    pub(super) fn get(&self, key: &StateKey) -> Option<Entry> {
        let (value, version) = self.entries.get(key)?;
        Some(Entry::new(key.clone(), value.clone(), *version))
    }

    pub(super) fn version(&self, key: &StateKey) -> Option<Version> {
        self.entries.get(key).map(|(_, version)| *version)
    }

    pub(super) fn put(
        &mut self,
        key: &StateKey,
        value: &[u8],
        mode: PutMode,
    ) -> Result<Version, StateError> {
        check_value(value)?;
        if !mode.permits(self.version(key)) {
            return Err(StateError::conflict());
        }
        let version = Version::from_number(self.last_version + 1);
        self.insert(key.clone(), value.to_vec(), version);
        Ok(version)
    }

    pub(super) fn delete(&mut self, key: &StateKey, mode: DeleteMode) -> Result<(), StateError> {
        if !mode.permits(self.version(key)) {
            return Err(StateError::conflict());
        }
        self.remove(key);
        Ok(())
    }

    /// Stores a value whose version is already assigned.
    pub(super) fn insert(&mut self, key: StateKey, value: Vec<u8>, version: Version) {
        self.remove(&key);
        self.bytes += key.as_str().len() + value.len();
        self.raise_version(version.number());
        self.entries.insert(key, (value, version));
    }

    pub(super) fn remove(&mut self, key: &StateKey) {
        if let Some((value, _)) = self.entries.remove(key) {
            self.bytes -= key.as_str().len() + value.len();
        }
    }

    /// Never assigns `version` or a smaller one again.
    pub(super) fn raise_version(&mut self, version: u64) {
        self.last_version = self.last_version.max(version);
    }

    pub(super) fn list(&self, prefix: &str, after: Option<&StateKey>, limit: usize) -> Vec<Entry> {
        let start = match after {
            Some(after) if after.as_str() >= prefix => Bound::Excluded(after.as_str()),
            _ => Bound::Included(prefix),
        };
        self.entries
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.as_str().starts_with(prefix))
            .take(limit)
            .map(|(key, (value, version))| Entry::new(key.clone(), value.clone(), *version))
            .collect()
    }
}

/// What only the file of a directory needs.
#[cfg(feature = "file-state")]
impl Values {
    pub(super) fn last_version(&self) -> u64 {
        self.last_version
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the length of all keys and values.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&StateKey, &[u8], Version)> {
        let entries = self.entries.iter();
        entries.map(|(key, (value, version))| (key, value.as_slice(), *version))
    }
}
