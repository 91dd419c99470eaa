//! Recognition of repeated deliveries.

use std::collections::{HashSet, VecDeque};

/// The number of messages that are remembered.
const CAPACITY: usize = 1024;

/// Identifies the state of a message: its chat, its id, and the time of its last change.
pub(super) type MessageKey = (i64, i64, String);

/// The messages that were delivered most recently.
#[derive(Debug, Default)]
pub(super) struct RecentMessages {
    keys: HashSet<MessageKey>,
    /// Oldest first.
    order: VecDeque<MessageKey>,
}

impl RecentMessages {
    /// Returns `true` if the message is not among the recent ones, and adds it.
    pub(super) fn insert(&mut self, key: MessageKey) -> bool {
        if !self.keys.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_a_bounded_number_of_messages() {
        let key = |id| (1, id, "2026-07-22 10:28:23".to_owned());
        let mut recent = RecentMessages::default();
        let count = i64::try_from(CAPACITY).unwrap();
        for id in 0..count {
            assert!(recent.insert(key(id)));
            assert!(!recent.insert(key(id)));
        }
        assert!(!recent.insert(key(0)));
        assert!(recent.insert(key(count)));
        assert!(recent.insert(key(0)), "the oldest was forgotten");
        assert_eq!(
            (recent.keys.len(), recent.order.len()),
            (CAPACITY, CAPACITY)
        );
        let edited = (1, count, "2026-07-22 10:30:00".to_owned());
        assert!(recent.insert(edited));
    }
}
