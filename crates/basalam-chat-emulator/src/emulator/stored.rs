//! Snapshots of stored messages and files, for tests.

use std::fmt;

use bytes::Bytes;
use jiff::civil::DateTime;
use serde_json::Value;

use crate::operations;
use crate::state::files::File;
use crate::state::message::Message;

/// A snapshot of a stored message.
///
/// `Debug` omits the content, which is private.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredMessage {
    /// The message id.
    pub id: i64,
    /// The id of its chat.
    pub chat_id: i64,
    /// The id of the user who sent it.
    pub sender_id: i64,
    /// The message type, such as `text`.
    pub message_type: String,
    /// The content as in responses, with the fields `text`, `entity_id`, `files`,
    /// `metadata`, `reply_markup` and `links`.
    pub content: Value,
    /// The id of the message that it replies to.
    pub replied_message_id: Option<i64>,
    /// The id of the message that it forwards.
    pub forward_from: Option<i64>,
    /// The creation time.
    pub created_at: DateTime,
    /// The time when another member first saw it.
    pub seen_at: Option<DateTime>,
}

impl StoredMessage {
    /// Returns the text of the content, if any.
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

/// A snapshot of an uploaded file.
///
/// `Debug` omits the bytes and the name, which are private.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredFile {
    /// The file id.
    pub id: i64,
    /// The file name.
    pub name: String,
    /// The media type, such as `image/jpeg`.
    pub media_type: String,
    /// The file type, such as `chat.photo`.
    pub file_type: String,
    /// The id of the user who uploaded it.
    pub creator_user_id: i64,
    /// The upload time.
    pub created_at: DateTime,
    /// The expiry, or `None` if it does not expire.
    pub expires_at: Option<DateTime>,
    bytes: Bytes,
}

impl StoredFile {
    /// Returns the content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn new(id: i64, file: &File) -> Self {
        Self {
            id,
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            file_type: file.file_type.clone(),
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
