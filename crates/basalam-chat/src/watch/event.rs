//! The events of a watcher.

use std::hash::Hash;

use basalam_chat_api::UnreadableItem;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::chats::Chat;
use crate::messages::{Message, MessageId};

/// What happened in a chat.
///
/// The service has no list of events, so the watcher compares what it reads with what it has read before. It does
/// not see: deleted messages and chats, edits of messages that are no longer recent (see
/// [`MessageEdited`](Event::MessageEdited)), states between two reads, and who typed or came online.
///
/// `Debug` output contains messages.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Another user sent a message.
    MessageReceived(Box<Message>),
    /// The token's user sent a message from elsewhere: another program, or this one without
    /// [`Delivery::reply`](super::Delivery::reply). Only with [`Watch::own_messages`](super::Watch::own_messages).
    MessageSent(Box<Message>),
    /// A message without a sender, which the service sends for some notifications and may send for any message. It
    /// may be from the token's user, so it must not be answered automatically, and replies to it are refused.
    MessageOfUnknownSender(Box<Message>),
    /// The content of a message was changed after it was acknowledged. This is the message as it is now.
    ///
    /// Recognized for the newest message of a chat, and for others during the minutes after their arrival in which
    /// they are read again. Text, entity and files are compared. Own messages are included only with
    /// [`Watch::own_messages`](super::Watch::own_messages).
    MessageEdited(Box<Message>),
    /// A message that cannot be decoded, with the JSON as received.
    UnreadableMessage(UnreadableItem),
    /// A chat that did not exist when the watcher was first started.
    ChatOpened(Box<Chat>),
    /// The title of a chat changed, or whether it is blocked, archived, deleted or marked as unread.
    ChatChanged(Box<Chat>),
    /// The other side has seen the messages of a chat up to this one.
    SeenByContact(MessageId),
}

impl Event {
    /// Returns the message that the event is about, if it is about one that can be decoded.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Event::MessageReceived(message)
            | Event::MessageSent(message)
            | Event::MessageOfUnknownSender(message)
            | Event::MessageEdited(message) => Some(message),
            _ => None,
        }
    }

    /// Returns the message if another user sent it and it was not delivered before: one to answer.
    pub fn received(&self) -> Option<&Message> {
        match self {
            Event::MessageReceived(message) => Some(message),
            _ => None,
        }
    }
}

/// Returns the revision of a message: a number that changes with its content, never zero.
///
/// URLs of files are left out, since they may be signed anew for each response.
pub(super) fn revision(message: &Message) -> u32 {
    fingerprint(&compared_content(message))
}

/// Returns what an edit of a message changes.
pub(super) fn compared_content(message: &Message) -> impl Hash + Serialize {
    let content = &message.content;
    let files = content.files.iter().flatten();
    let files: Vec<String> = files.map(|file| format!("{:?}", file.id)).collect();
    let message_type = message.message_type.as_str();
    (message_type, &content.text, content.entity_id, files)
}

/// Returns a number that changes with the properties of a chat that [`Event::ChatChanged`] reports, never zero.
pub(super) fn properties(chat: &Chat) -> u32 {
    fingerprint(&compared_properties(chat))
}

/// Returns the properties of a chat that [`Event::ChatChanged`] reports.
pub(super) fn compared_properties(chat: &Chat) -> impl Hash + Serialize {
    (
        chat.title(),
        chat.contact_is_blocked,
        chat.marked_as_unread,
        &chat.archive_state,
        &chat.deleted_at,
    )
}

fn fingerprint(value: &impl Serialize) -> u32 {
    // Strings, booleans and integers always serialize.
    let json = serde_json::to_vec(value).unwrap_or_default();
    let hash = Sha256::digest(json);
    u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]).max(1)
}
