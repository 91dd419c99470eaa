//! Recognition of repeated deliveries.

use std::collections::{HashSet, VecDeque};

use sha2::{Digest, Sha256};

use crate::messages::Message;

/// The number of messages that are remembered.
const CAPACITY: usize = 1024;

/// Identifies the state of a message.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct MessageKey {
    chat: i64,
    message: i64,
    /// The hash of the time of the last change and of the text: they can be as long as a body.
    state: [u8; 32],
}

impl MessageKey {
    pub(super) fn of(message: &Message) -> MessageKey {
        let mut state = Sha256::new();
        state.update(message.updated_at.as_str());
        state.update([0]);
        // Times have a resolution of a second, in which a message can be sent and edited.
        state.update(message.content.text.as_deref().unwrap_or_default());
        MessageKey {
            chat: message.chat_id.0,
            message: message.id.0,
            state: state.finalize().into(),
        }
    }
}

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
        let key = |message| MessageKey {
            chat: 1,
            message,
            state: [0; 32],
        };
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
        let edited = MessageKey {
            state: [1; 32],
            ..key(count)
        };
        assert!(recent.insert(edited));
    }
}
