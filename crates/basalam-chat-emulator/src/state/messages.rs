//! The messages of the service and pages of them.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::State;
use super::message::{Message, NewMessage};
use crate::error::Error;

/// The maximum that the document allows when messages are deleted or forwarded.
const MAX_MESSAGE_ID: i64 = 2_147_483_647;

/// The comparison between the ids of a page and its cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// On both sides of the cursor.
    Around,
}

/// The order of ids in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortOrder {
    Ascending,
    Descending,
}

impl State {
    /// Returns a message if it is visible to `user_id`.
    pub(crate) fn visible_message(&self, id: i64, user_id: i64) -> Option<&Message> {
        let message = self.message(id)?;
        self.chat_of(message.chat_id, user_id).and(Some(message))
    }

    pub(crate) fn message(&self, id: i64) -> Option<&Message> {
        self.messages.get(&id).map(Arc::as_ref)
    }

    pub(crate) fn message_count(&self) -> usize {
        self.messages.len()
    }

    /// Returns the messages of a chat, oldest first.
    pub(crate) fn messages_of(&self, chat_id: i64) -> impl Iterator<Item = &Message> {
        let ids = self.chat(chat_id).map(|chat| chat.message_ids.as_slice());
        ids.unwrap_or_default()
            .iter()
            .filter_map(|id| self.message(*id))
    }

    /// Sets the id of the next message, which must be larger than all earlier ones.
    pub(crate) fn set_next_message_id(&mut self, id: i64) -> Result<(), Error> {
        check_message_id(id, self.last_message_id)?;
        self.next_message_id = id;
        Ok(())
    }

    /// Checks the ids of a sequence of messages; `None` stands for the next id.
    pub(crate) fn check_message_ids(
        &self,
        ids: impl Iterator<Item = Option<i64>>,
    ) -> Result<(), Error> {
        let (mut last, mut next) = (self.last_message_id, self.next_message_id);
        for id in ids {
            if let Some(id) = id {
                check_message_id(id, last)?;
                next = id;
            }
            last = next;
            next += 1;
        }
        Ok(())
    }

    /// Stores a message and returns its id, or `None` if `sender_id` is not a member of the
    /// chat.
    ///
    /// Marks earlier messages as seen by the sender, and the new one as unseen by the others.
    pub(crate) fn send(
        &mut self,
        chat_id: i64,
        sender_id: i64,
        new: NewMessage,
        now: DateTime,
    ) -> Option<i64> {
        self.chat_of(chat_id, sender_id)?;
        self.mark_seen(chat_id, sender_id, now);
        let chat = self.chats.get_mut(&chat_id)?;
        let id = self.next_message_id;
        self.next_message_id += 1;
        self.last_message_id = id;
        match self.visible_at {
            Some(visible_at) => {
                self.late_messages.insert(id, visible_at);
            }
            None => chat.add_message(id, sender_id, now),
        }
        let message = Message {
            id,
            chat_id,
            sender_id,
            message_type: new.message_type,
            content: new.content,
            replied_message_id: new.replied_message_id,
            forward_from: new.forward_from,
            created_at: now,
            updated_at: now,
            seen_at: None,
            version: 0,
        };
        self.messages.insert(id, Arc::new(message));
        self.webhooks.message_sent(id);
        self.changes.mark(chat_id);
        Some(id)
    }

    /// Returns a mutable message and increments its version.
    pub(crate) fn message_mut(&mut self, id: i64) -> Option<&mut Message> {
        let message = Arc::make_mut(self.messages.get_mut(&id)?);
        message.version += 1;
        self.changes.mark(message.chat_id);
        Some(message)
    }

    /// Deletes a message for all members. Returns `false` if it did not exist.
    pub(crate) fn delete_message(&mut self, id: i64) -> bool {
        let Some(message) = self.messages.remove(&id) else {
            return false;
        };
        self.changes.mark(message.chat_id);
        if self.late_messages.remove(&id).is_some() {
            return true;
        }
        if let Some(chat) = self.chats.get_mut(&message.chat_id) {
            chat.remove_message(id, message.sender_id);
        }
        true
    }

    /// Marks all messages of other senders in a chat as seen by `user_id`.
    pub(crate) fn mark_seen(&mut self, chat_id: i64, user_id: i64, now: DateTime) {
        let Some(chat) = self.chats.get_mut(&chat_id) else {
            return;
        };
        self.changes.mark(chat_id);
        for id in chat.mark_seen(user_id) {
            let message = self.messages.get_mut(&id);
            if let Some(message) = message.filter(|it| it.sender_id != user_id) {
                let message = Arc::make_mut(message);
                message.seen_at.get_or_insert(now);
                message.version += 1;
            }
        }
    }
}

fn check_message_id(id: i64, last: i64) -> Result<(), Error> {
    if id > last && id <= MAX_MESSAGE_ID {
        return Ok(());
    }
    let first = last + 1;
    Err(Error::invalid_argument(format!(
        "the message id {id} is out of range; use {first} to {MAX_MESSAGE_ID}, or set none"
    )))
}

/// Returns one page of `ids`, which are sorted ascending: the first `limit` ids, in `order`, that
/// satisfy the comparison with the cursor.
pub(crate) fn page(
    ids: &[i64],
    cursor: Option<(Comparison, i64)>,
    order: SortOrder,
    limit: usize,
) -> Vec<i64> {
    let matching = match cursor {
        None => ids,
        Some((Comparison::Less, id)) => &ids[..ids.partition_point(|it| *it < id)],
        Some((Comparison::LessOrEqual, id)) => &ids[..ids.partition_point(|it| *it <= id)],
        Some((Comparison::Greater, id)) => &ids[ids.partition_point(|it| *it <= id)..],
        Some((Comparison::GreaterOrEqual, id)) => &ids[ids.partition_point(|it| *it < id)..],
        Some((Comparison::Around, id)) => {
            let middle = ids.partition_point(|it| *it < id);
            let end = middle.saturating_add(limit - limit / 2).min(ids.len());
            &ids[middle.saturating_sub(limit / 2)..end]
        }
    };
    match order {
        SortOrder::Ascending => matching.iter().take(limit).copied().collect(),
        SortOrder::Descending => matching.iter().rev().take(limit).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [i64; 5] = [10, 20, 30, 40, 50];

    #[test]
    fn page_without_cursor_contains_the_first_ids_in_order() {
        assert_eq!(page(&IDS, None, SortOrder::Descending, 2), [50, 40]);
        assert_eq!(page(&IDS, None, SortOrder::Ascending, 2), [10, 20]);
        assert_eq!(page(&[], None, SortOrder::Ascending, 2), [0; 0]);
    }

    #[test]
    fn page_compares_ids_with_cursor() {
        let all = |comparison| page(&IDS, Some((comparison, 30)), SortOrder::Ascending, 9);
        assert_eq!(all(Comparison::Less), [10, 20]);
        assert_eq!(all(Comparison::LessOrEqual), [10, 20, 30]);
        assert_eq!(all(Comparison::Greater), [40, 50]);
        assert_eq!(all(Comparison::GreaterOrEqual), [30, 40, 50]);
    }

    #[test]
    fn page_around_cursor_contains_ids_on_both_sides() {
        let around = |id, limit| {
            page(
                &IDS,
                Some((Comparison::Around, id)),
                SortOrder::Ascending,
                limit,
            )
        };
        assert_eq!(around(30, 2), [20, 30]);
        assert_eq!(around(30, 3), [20, 30, 40]);
        assert_eq!(around(25, 2), [20, 30]);
        assert_eq!(around(10, 4), [10, 20]);
        assert_eq!(around(99, usize::MAX), IDS);
    }

    #[test]
    fn cursor_can_be_an_id_without_message() {
        let cursor = Some((Comparison::LessOrEqual, 25));
        assert_eq!(page(&IDS, cursor, SortOrder::Descending, 9), [20, 10]);
    }

    #[test]
    fn greater_than_cursor_descending_returns_newest() {
        let cursor = Some((Comparison::Greater, 10));
        assert_eq!(page(&IDS, cursor, SortOrder::Descending, 2), [50, 40]);
        assert_eq!(page(&IDS, cursor, SortOrder::Ascending, 2), [20, 30]);
    }
}
