//! Messages and pages of them.

use std::sync::Arc;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::State;
use crate::error::Error;

/// The largest that the document takes where messages are deleted or forwarded.
const MAX_MESSAGE_ID: i64 = 2_147_483_647;

/// A message as the service remembers it.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) id: i64,
    pub(crate) chat_id: i64,
    pub(crate) sender_id: i64,
    pub(crate) message_type: String,
    pub(crate) content: Content,
    pub(crate) replied_message_id: Option<i64>,
    pub(crate) forward_from: Option<i64>,
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
    pub(crate) seen_at: Option<DateTime>,
    /// Another after each change.
    pub(crate) version: u64,
}

/// What a message says or shows.
#[derive(Clone, Default)]
pub(crate) struct Content {
    pub(crate) text: Option<String>,
    pub(crate) entity_id: Option<i64>,
    pub(crate) files: Option<Vec<File>>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) reply_markup: Option<Vec<Vec<Button>>>,
}

/// A file of a message, the same on its way in and out.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct File {
    id: i64,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<i64>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    file_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blur_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<i64>,
}

impl File {
    pub(crate) fn new(id: i64, url: String) -> Self {
        Self {
            id,
            url,
            width: None,
            height: None,
            name: None,
            size: None,
            file_type: None,
            blur_hash: None,
            duration: None,
        }
    }
}

/// A button under a message, the same on its way in and out.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Button {
    id: i64,
    label: String,
    #[serde(rename = "type")]
    button_type: String,
    data: Map<String, Value>,
}

/// A message that a user wants to send.
#[derive(Clone)]
pub(crate) struct NewMessage {
    pub(crate) message_type: String,
    pub(crate) content: Content,
    pub(crate) replied_message_id: Option<i64>,
    pub(crate) forward_from: Option<i64>,
}

/// How the ids of a page compare with the id that it is asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How a page is sorted by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortOrder {
    Ascending,
    Descending,
}

impl State {
    /// Gives a message that `user_id` may see.
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

    /// Gives the messages of a chat, oldest first.
    pub(crate) fn messages_of(&self, chat_id: i64) -> impl Iterator<Item = &Message> {
        let ids = self.chat(chat_id).map(|chat| chat.message_ids.as_slice());
        ids.unwrap_or_default()
            .iter()
            .filter_map(|id| self.message(*id))
    }

    /// Gives the next message this id, where it can be had: ids only ever grow.
    pub(crate) fn skip_to_message_id(&mut self, id: i64) -> Result<(), Error> {
        check_message_id(id, self.last_message_id)?;
        self.next_message_id = id;
        Ok(())
    }

    /// Refuses ids that messages could not be given one after the other.
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

    /// Stores a message and gives its id, or `None` where `sender_id` is no member of
    /// the chat.
    ///
    /// Whoever sends has seen what came before; the others have one more to see.
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
        chat.take_message(id, sender_id, now);
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
        Some(id)
    }

    /// Gives what is stored for a message, to change it.
    pub(crate) fn message_mut(&mut self, id: i64) -> Option<&mut Message> {
        let message = Arc::make_mut(self.messages.get_mut(&id)?);
        message.version += 1;
        Some(message)
    }

    /// Deletes a message for everybody; tells whether it was there.
    pub(crate) fn delete_message(&mut self, id: i64) -> bool {
        let Some(message) = self.messages.remove(&id) else {
            return false;
        };
        if let Some(chat) = self.chats.get_mut(&message.chat_id) {
            chat.lose_message(id, message.sender_id);
        }
        true
    }

    /// Marks everything that others wrote in a chat as seen by `user_id`.
    pub(crate) fn mark_seen(&mut self, chat_id: i64, user_id: i64, now: DateTime) {
        let Some(chat) = self.chats.get_mut(&chat_id) else {
            return;
        };
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
    Err(Error::argument(format!(
        "the id {id} of a message cannot be had; give one from {first} to {MAX_MESSAGE_ID}, or none"
    )))
}

/// Gives the ids of one page out of all, which are sorted ascending.
///
/// The wanted ids are those that compare with the cursor; they are sorted by `order`,
/// and the page is the first `limit` of them.
pub(crate) fn page(
    ids: &[i64],
    cursor: Option<(Comparison, i64)>,
    order: SortOrder,
    limit: usize,
) -> Vec<i64> {
    let wanted = match cursor {
        None => ids,
        Some((Comparison::Less, id)) => &ids[..ids.partition_point(|it| *it < id)],
        Some((Comparison::LessOrEqual, id)) => &ids[..ids.partition_point(|it| *it <= id)],
        Some((Comparison::Greater, id)) => &ids[ids.partition_point(|it| *it <= id)..],
        Some((Comparison::GreaterOrEqual, id)) => &ids[ids.partition_point(|it| *it < id)..],
    };
    match order {
        SortOrder::Ascending => wanted.iter().take(limit).copied().collect(),
        SortOrder::Descending => wanted.iter().rev().take(limit).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [i64; 5] = [10, 20, 30, 40, 50];

    #[test]
    fn without_a_cursor_the_page_starts_at_the_end_that_the_order_names() {
        assert_eq!(page(&IDS, None, SortOrder::Descending, 2), [50, 40]);
        assert_eq!(page(&IDS, None, SortOrder::Ascending, 2), [10, 20]);
        assert_eq!(page(&[], None, SortOrder::Ascending, 2), [0; 0]);
    }

    #[test]
    fn each_comparison_keeps_its_side_with_or_without_the_id_itself() {
        let all = |comparison| page(&IDS, Some((comparison, 30)), SortOrder::Ascending, 9);
        assert_eq!(all(Comparison::Less), [10, 20]);
        assert_eq!(all(Comparison::LessOrEqual), [10, 20, 30]);
        assert_eq!(all(Comparison::Greater), [40, 50]);
        assert_eq!(all(Comparison::GreaterOrEqual), [30, 40, 50]);
    }

    #[test]
    fn an_id_between_two_messages_is_a_cursor_too() {
        let cursor = Some((Comparison::LessOrEqual, 25));
        assert_eq!(page(&IDS, cursor, SortOrder::Descending, 9), [20, 10]);
    }

    #[test]
    fn greater_with_descending_gives_the_newest_and_leaves_a_gap() {
        let cursor = Some((Comparison::Greater, 10));
        assert_eq!(page(&IDS, cursor, SortOrder::Descending, 2), [50, 40]);
        assert_eq!(page(&IDS, cursor, SortOrder::Ascending, 2), [20, 30]);
    }
}
