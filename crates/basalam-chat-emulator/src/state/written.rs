//! Messages and chats as they were written into answers, kept while they stay the same.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// How many of a kind are kept.
const CAPACITY: usize = 4096;

/// What tells one state of a message, as it is written, from another: its own number and
/// version, and those of the message that it replies to.
pub(crate) type MessageMark = ((i64, u64), Option<(i64, u64)>);

/// What tells one state of a chat, as it is written, from another: its version, and its
/// last message.
pub(crate) type ChatMark = (u64, Option<MessageMark>);

/// Messages and chats as they were written into answers.
#[derive(Clone, Default)]
pub(crate) struct Written {
    pub(crate) messages: Kept<i64, MessageMark>,
    /// By chat and by user: each sees it differently.
    pub(crate) chats: Kept<(i64, i64), ChatMark>,
}

/// Texts, each with what it was written of.
#[derive(Clone)]
pub(crate) struct Kept<Key, Mark>(HashMap<Key, (Mark, Arc<str>)>);

impl<Key, Mark> Default for Kept<Key, Mark> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<Key: Eq + Hash, Mark: Eq> Kept<Key, Mark> {
    /// Gives the text, where it was written of the same.
    pub(crate) fn get(&self, key: &Key, mark: &Mark) -> Option<Arc<str>> {
        let (written_of, text) = self.0.get(key)?;
        (written_of == mark).then(|| Arc::clone(text))
    }

    pub(crate) fn put(&mut self, key: Key, mark: Mark, text: Arc<str>) {
        if self.0.len() >= CAPACITY {
            self.0.clear();
        }
        self.0.insert(key, (mark, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_given_only_for_what_it_was_written_of() {
        let mut kept = Kept::default();
        kept.put(1, 1, Arc::from("one"));
        assert_eq!(kept.get(&1, &1).as_deref(), Some("one"));
        assert_eq!(kept.get(&1, &2), None);
        assert_eq!(kept.get(&2, &1), None);
        kept.put(1, 2, Arc::from("two"));
        assert_eq!(kept.get(&1, &2).as_deref(), Some("two"));
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut kept = Kept::default();
        for key in 0..3 * CAPACITY {
            kept.put(key, (), Arc::from(""));
            assert!(kept.0.len() <= CAPACITY);
        }
    }
}
