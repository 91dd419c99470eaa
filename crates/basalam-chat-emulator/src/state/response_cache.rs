//! Serialized messages and chats, cached until they change.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// The maximum number of entries per cache.
const CAPACITY: usize = 4096;

/// The version of a serialized message: its id and version, and those of the message that
/// it replies to.
pub(crate) type MessageVersion = ((i64, u64), Option<(i64, u64)>);

/// The version of a serialized chat: its own version and that of its last message.
pub(crate) type ChatVersion = (u64, Option<MessageVersion>);

/// Serialized messages and chats.
#[derive(Clone, Default)]
pub(crate) struct ResponseCache {
    pub(crate) messages: Cache<i64, MessageVersion>,
    /// By chat and user, since every member sees a chat differently.
    pub(crate) chats: Cache<(i64, i64), ChatVersion>,
}

/// JSON by key, valid for one version.
#[derive(Clone)]
pub(crate) struct Cache<Key, Version>(HashMap<Key, (Version, Arc<str>)>);

impl<Key, Version> Default for Cache<Key, Version> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<Key: Eq + Hash, Version: Eq> Cache<Key, Version> {
    /// Returns the cached JSON if it has this version.
    pub(crate) fn get(&self, key: &Key, version: &Version) -> Option<Arc<str>> {
        let (cached, json) = self.0.get(key)?;
        (cached == version).then(|| Arc::clone(json))
    }

    pub(crate) fn insert(&mut self, key: Key, version: Version, json: Arc<str>) {
        if self.0.len() >= CAPACITY {
            self.0.clear();
        }
        self.0.insert(key, (version, json));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_json_only_for_its_version() {
        let mut cache = Cache::default();
        cache.insert(1, 1, Arc::from("one"));
        assert_eq!(cache.get(&1, &1).as_deref(), Some("one"));
        assert_eq!(cache.get(&1, &2), None);
        assert_eq!(cache.get(&2, &1), None);
        cache.insert(1, 2, Arc::from("two"));
        assert_eq!(cache.get(&1, &2).as_deref(), Some("two"));
    }

    #[test]
    fn never_exceeds_capacity() {
        let mut cache = Cache::default();
        for key in 0..3 * CAPACITY {
            cache.insert(key, (), Arc::from(""));
            assert!(cache.0.len() <= CAPACITY);
        }
    }
}
