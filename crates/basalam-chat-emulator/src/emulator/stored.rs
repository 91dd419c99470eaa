//! What the emulator has stored, for tests to look at.

use std::fmt;

use bytes::Bytes;
use jiff::civil::DateTime;
use serde_json::Value;

use crate::operations;
use crate::state::files::File;
use crate::state::messages::Message;

/// A message as the emulator has stored it.
///
/// `Debug` leaves the content out: it is private.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredMessage {
    /// The number of the message.
    pub id: i64,
    /// The chat that it is in.
    pub chat_id: i64,
    /// The user who sent it.
    pub sender_id: i64,
    /// What it is, such as `text`.
    pub message_type: String,
    /// Its content as answers give it, with the members `text`, `entity_id`, `files`,
    /// `metadata`, `reply_markup` and `links`.
    pub content: Value,
    /// The message that it replies to.
    pub replied_message_id: Option<i64>,
    /// The message that it forwards.
    pub forward_from: Option<i64>,
    /// When it was sent.
    pub created_at: DateTime,
    /// When the other side saw it.
    pub seen_at: Option<DateTime>,
}

impl StoredMessage {
    /// Gives the text of the content, where it has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.content.get("text")?.as_str()
    }

    pub(super) fn new(message: &Message) -> Self {
        Self {
            id: message.id,
            chat_id: message.chat_id,
            sender_id: message.sender_id,
            message_type: message.message_type.clone(),
            content: operations::content(&message.content),
            replied_message_id: message.replied_message_id,
            forward_from: message.forward_from,
            created_at: message.created_at,
            seen_at: message.seen_at,
        }
    }
}

impl fmt::Debug for StoredMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StoredMessage")
            .field("id", &self.id)
            .field("chat_id", &self.chat_id)
            .field("sender_id", &self.sender_id)
            .field("message_type", &self.message_type)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// A file as the emulator has stored it.
///
/// `Debug` leaves the bytes and the name out: they are private.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredFile {
    /// The number of the file.
    pub id: i64,
    /// The name that it is stored under.
    pub name: String,
    /// Its media type, such as `image/jpeg`.
    pub media_type: String,
    /// What it was uploaded for, such as `chat.photo`.
    pub file_type: String,
    /// The user who uploaded it.
    pub creator_user_id: i64,
    /// When it was uploaded.
    pub created_at: DateTime,
    /// When it will be gone; `None` where it stays.
    pub expires_at: Option<DateTime>,
    bytes: Bytes,
}

impl StoredFile {
    /// Gives the bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn new(id: i64, file: &File) -> Self {
        Self {
            id,
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            file_type: file.purpose.clone(),
            creator_user_id: file.creator_user_id,
            created_at: file.created_at,
            expires_at: file.expires_at,
            bytes: file.bytes.clone(),
        }
    }
}

impl fmt::Debug for StoredFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StoredFile")
            .field("id", &self.id)
            .field("media_type", &self.media_type)
            .field("file_type", &self.file_type)
            .field("size", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
