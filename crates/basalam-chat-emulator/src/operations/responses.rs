//! The JSON of messages, chats and users.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::clock::format_time;
use crate::contract::ListSchema;
use crate::options::Options;
use crate::service_error::ServiceError;
use crate::state::State;
use crate::state::chat::{Chat, ChatKind, Profile};
use crate::state::message::{Content, Message};
use crate::state::response_cache::MessageVersion;
use crate::user::{User, Vendor};

/// The status of an open stall. The values that the service uses are unknown.
const VENDOR_STATUS: i64 = 1;

/// Builds the JSON of messages and chats.
pub(crate) struct ResponseBuilder<'a> {
    pub(crate) state: &'a State,
    pub(crate) options: &'a Options,
}

impl ResponseBuilder<'_> {
    /// Returns a message, including the message that it replies to.
    pub(crate) fn message(&self, message: &Message) -> Value {
        let mut json = self.message_without_reply(message);
        let replied = self.replied_message(message);
        json["replied_message"] = replied.map_or(Value::Null, |it| self.message_without_reply(it));
        json
    }

    fn replied_message(&self, message: &Message) -> Option<&Message> {
        self.state.message(message.replied_message_id?)
    }

    fn last_message(&self, chat: &Chat) -> Option<&Message> {
        self.state.message(*chat.message_ids.last()?)
    }

    fn message_without_reply(&self, message: &Message) -> Value {
        let sender = self.state.users.by_id(message.sender_id);
        object([
            ("id", message.id.into()),
            ("chat_id", message.chat_id.into()),
            ("seen_at", message.seen_at.map(format_time).into()),
            ("created_at", format_time(message.created_at).into()),
            ("updated_at", format_time(message.updated_at).into()),
            ("message_type", message.message_type.as_str().into()),
            ("sender", sender.map_or(Value::Null, |it| self.sender(it))),
            ("content", self.content(&message.content)),
            ("forward_from", message.forward_from.into()),
        ])
    }

    /// Returns a message as an item of a list, cached if possible.
    pub(super) fn message_item(
        &self,
        message: &Message,
        list: &ListSchema,
    ) -> Result<Arc<str>, ServiceError> {
        let version = self.message_version(message);
        let cache = &self.state.response_cache;
        let cached = cache.borrow().messages.get(&message.id, &version);
        if let Some(json) = cached {
            return Ok(json);
        }
        let json = list
            .serialize_item(&self.message(message))
            .map_err(ServiceError::InvalidResponse)?;
        let messages = &mut cache.borrow_mut().messages;
        messages.insert(message.id, version, Arc::clone(&json));
        Ok(json)
    }

    /// Returns a chat as an item of a list, cached if possible.
    pub(super) fn chat_item(
        &self,
        chat: &Chat,
        user_id: i64,
        list: &ListSchema,
    ) -> Result<Arc<str>, ServiceError> {
        let last = self.last_message(chat);
        let version = (chat.version, last.map(|it| self.message_version(it)));
        let key = (chat.id, user_id);
        let cache = &self.state.response_cache;
        let cached = cache.borrow().chats.get(&key, &version);
        if let Some(json) = cached {
            return Ok(json);
        }
        let json = list
            .serialize_item(&self.chat(chat, user_id))
            .map_err(ServiceError::InvalidResponse)?;
        let chats = &mut cache.borrow_mut().chats;
        chats.insert(key, version, Arc::clone(&json));
        Ok(json)
    }

    fn message_version(&self, message: &Message) -> MessageVersion {
        let replied = self.replied_message(message);
        (
            (message.id, message.version),
            replied.map(|it| (it.id, it.version)),
        )
    }

    /// Returns a chat as one of its members sees it.
    pub(super) fn chat(&self, chat: &Chat, user_id: i64) -> Value {
        let member = chat.member(user_id);
        let other = chat.contact_of(user_id);
        let contact = other.and_then(|it| self.state.users.by_id(it.user_id));
        let last = self.last_message(chat);
        let times = &chat.times;
        let unseen = member.map_or(0, |it| it.unseen_count);
        let mut json = object([
            ("id", chat.id.into()),
            ("chat_type", chat.kind.name().into()),
            ("marked_as_unread", false.into()),
            ("unseen_message_count", unseen.into()),
            ("created_at", format_time(times.created_at).into()),
            ("updated_at", format_time(times.updated_at).into()),
            ("modified_at", times.modified_at.map(format_time).into()),
            ("deleted_at", Value::Null),
            (
                "last_message",
                last.map_or(Value::Null, |it| self.message(it)),
            ),
            ("last_seen_id", member.and_then(|it| it.last_seen_id).into()),
            (
                "contact_last_seen_message_id",
                other.and_then(|it| it.last_seen_id).into(),
            ),
            ("contact", contact.map_or(Value::Null, user)),
            ("contact_id", contact.map(|it| it.id).into()),
            ("contact_is_blocked", false.into()),
            ("show_approvals", false.into()),
            ("reply_markup", json!({})),
            ("archive_state", Value::Null),
            ("group", Value::Null),
            ("channel", Value::Null),
            ("bot", Value::Null),
        ]);
        if let Some(profile) = chat.kind.profile() {
            json[chat.kind.name()] = chat_profile(chat, profile, user_id);
        }
        json
    }

    fn content(&self, stored: &Content) -> Value {
        let mut json = content(stored);
        if !self.options.return_metadata {
            json["metadata"] = Value::Null;
        }
        json
    }

    fn sender(&self, sender: &User) -> Value {
        let mut json = user(sender);
        if self.options.sender_ids_as_strings {
            json["id"] = sender.id.to_string().into();
        }
        json
    }
}

/// Returns the profile of a group, channel or bot as a member sees it.
fn chat_profile(chat: &Chat, profile: &Profile, user_id: i64) -> Value {
    let default_link = || format!("chat-{}", chat.id);
    let mut json = json!({
        "title": profile.title,
        "description": profile.description,
        "avatar": profile.avatar,
        "link": profile.link.clone().unwrap_or_else(default_link),
        "verified": profile.is_verified,
    });
    let owner = chat.owner_id();
    match chat.kind {
        ChatKind::Private | ChatKind::Bot(_) => {}
        ChatKind::Group(_) => {
            json["creator_id"] = json!(owner);
            json["members_count"] = json!(members_count(chat, profile));
        }
        ChatKind::Channel(_) => {
            json["owner"] = json!(owner);
            json["is_admin"] = json!(owner == Some(user_id));
            json["members_count"] = json!(members_count(chat, profile));
            json["can_leave"] = json!(true);
            json["temp_group"] = json!(false);
        }
    }
    json
}

fn members_count(chat: &Chat, profile: &Profile) -> i64 {
    let count = i64::try_from(chat.member_count()).unwrap_or(i64::MAX);
    profile.members_count.unwrap_or(count)
}

fn user(user: &User) -> Value {
    object([
        ("id", user.id.into()),
        ("hash_id", user.hash_id.as_str().into()),
        ("name", user.name.as_str().into()),
        ("avatar", Value::Null),
        ("badge", Value::Null),
        ("verified", false.into()),
        ("vendor", user.vendor.as_ref().map_or(Value::Null, vendor)),
    ])
}

pub(super) fn vendor(vendor: &Vendor) -> Value {
    object([
        ("id", vendor.id.into()),
        ("title", vendor.title.as_str().into()),
        ("status", VENDOR_STATUS.into()),
        ("identifier", vendor.identifier.as_str().into()),
    ])
}

/// Returns the content of a message. How the service detects links is unknown; `links` is always
/// null.
pub(crate) fn content(content: &Content) -> Value {
    object([
        ("links", Value::Null),
        ("files", json!(content.files)),
        ("text", content.text.as_deref().into()),
        ("entity_id", content.entity_id.into()),
        ("metadata", json!(content.metadata)),
        ("reply_markup", json!(content.reply_markup)),
    ])
}

/// Creates an object without copying its values; `json!` copies them deeply, which took half
/// of the time of a response.
pub(super) fn object<const COUNT: usize>(fields: [(&str, Value); COUNT]) -> Value {
    // Faster than to collect, which sorts the fields in another allocation first.
    let mut object = Map::new();
    for (name, value) in fields {
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}
