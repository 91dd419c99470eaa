//! Chats and their participants.

use serde::{Deserialize, Serialize};

use super::{ChatType, Message, Object, Vendor};

/// A chat.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Chat {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot: Option<ChatBot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    pub chat_type: ChatType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Box<Contact>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<i64>,
    pub contact_is_blocked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_last_seen_message_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    pub id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Box<Message>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_id: Option<i64>,
    pub marked_as_unread: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<Object>,
    pub show_approvals: bool,
    pub unseen_message_count: i64,
    pub updated_at: String,
}

/// Other party of a private chat.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Contact {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    #[serde(flatten)]
    pub extra: Object,
}

/// A group.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Group {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_count: Option<i64>,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}

/// A channel.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Channel {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_leave: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_admin: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temp_group: Option<bool>,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}

/// A bot that is the other party of a chat.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct ChatBot {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}
