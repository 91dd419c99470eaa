//! The chats that changed since the last frame of the event stream.

use std::collections::BTreeSet;

/// The maximum number of ids.
const CAPACITY: usize = 200;

/// A bounded set of changed chats. It is empty unless a console is open.
#[derive(Clone, Default)]
pub(crate) struct Changes {
    is_enabled: bool,
    chat_ids: BTreeSet<i64>,
    /// Set if more chats changed than the set can hold, which is then empty.
    has_overflowed: bool,
}

/// The chats that changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ChangedChats {
    Ids(Vec<i64>),
    TooMany,
}

impl Changes {
    pub(crate) fn set_enabled(&mut self, enabled: bool) {
        self.is_enabled = enabled;
        if !enabled {
            self.take();
        }
    }

    pub(super) fn mark(&mut self, chat_id: i64) {
        if !self.is_enabled || self.has_overflowed {
            return;
        }
        self.chat_ids.insert(chat_id);
        if self.chat_ids.len() > CAPACITY {
            self.chat_ids.clear();
            self.has_overflowed = true;
        }
    }

    /// Removes and returns the changed chats.
    pub(crate) fn take(&mut self) -> ChangedChats {
        let ids = std::mem::take(&mut self.chat_ids);
        match std::mem::take(&mut self.has_overflowed) {
            true => ChangedChats::TooMany,
            false => ChangedChats::Ids(ids.into_iter().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_nothing_unless_enabled() {
        let mut changes = Changes::default();
        changes.mark(1);
        assert_eq!(changes.take(), ChangedChats::Ids(Vec::new()));
    }

    #[test]
    fn ids_are_distinct_and_bounded() {
        let mut changes = Changes::default();
        changes.set_enabled(true);
        for id in [2, 1, 2] {
            changes.mark(id);
        }
        assert_eq!(changes.take(), ChangedChats::Ids(vec![1, 2]));
        assert_eq!(changes.take(), ChangedChats::Ids(Vec::new()));
        for id in 0..10_000 {
            changes.mark(id);
            assert!(changes.chat_ids.len() <= CAPACITY);
        }
        assert_eq!(changes.take(), ChangedChats::TooMany);
        assert_eq!(changes.take(), ChangedChats::Ids(Vec::new()));
    }
}
