//! A message and its content.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A stored message.
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
    /// Incremented by every change.
    pub(crate) version: u64,
}

/// The content of a message.
#[derive(Clone, Default)]
pub(crate) struct Content {
    pub(crate) text: Option<String>,
    pub(crate) entity_id: Option<i64>,
    pub(crate) files: Option<Vec<AttachedFile>>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) reply_markup: Option<Vec<Vec<Button>>>,
}

/// A file of a message, as in requests and responses.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct AttachedFile {
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

impl AttachedFile {
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

/// A button of a message, as in requests and responses.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Button {
    id: i64,
    label: String,
    #[serde(rename = "type")]
    button_type: String,
    data: Map<String, Value>,
}

/// A message to send.
#[derive(Clone)]
pub(crate) struct NewMessage {
    pub(crate) message_type: String,
    pub(crate) content: Content,
    pub(crate) replied_message_id: Option<i64>,
    pub(crate) forward_from: Option<i64>,
}
