//! The JSON of messages, chats and users.

use std::sync::Arc;

use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::contract::List;
use crate::options::Options;
use crate::problem::Problem;
use crate::state::State;
use crate::state::chats::{Chat, ChatKind, Profile};
use crate::state::messages::{Content, Message};
use crate::state::written::MessageMark;
use crate::user::{User, Vendor};

/// Unknown: the numbers of a stall's status. This one is for an open stall.
const VENDOR_STATUS: i64 = 1;

/// Writes messages and chats the way the options want it.
pub(super) struct Writer<'a> {
    pub(super) state: &'a State,
    pub(super) options: &'a Options,
}

impl Writer<'_> {
    /// Writes a message with the one it replies to.
    pub(super) fn message(&self, message: &Message) -> Value {
        let mut json = self.message_alone(message);
        let replied = message.replied_message_id;
        let replied = replied.and_then(|id| self.state.message(id));
        json["replied_message"] = replied.map_or(Value::Null, |it| self.message_alone(it));
        json
    }

    fn message_alone(&self, message: &Message) -> Value {
        let sender = self.state.users.by_id(message.sender_id);
        object([
            ("id", message.id.into()),
            ("chat_id", message.chat_id.into()),
            ("seen_at", message.seen_at.map(time).into()),
            ("created_at", time(message.created_at).into()),
            ("updated_at", time(message.updated_at).into()),
            ("message_type", message.message_type.as_str().into()),
            ("sender", sender.map_or(Value::Null, |it| self.sender(it))),
            ("content", content(&message.content)),
            ("forward_from", message.forward_from.into()),
        ])
    }

    /// Writes a message as an item of a list, or gives it as it was written before.
    pub(super) fn message_item(&self, message: &Message, list: &List) -> Result<Arc<str>, Problem> {
        let mark = self.message_mark(message);
        let known = self.state.written.borrow().messages.get(&message.id, &mark);
        if let Some(text) = known {
            return Ok(text);
        }
        let text = list.item(&self.message(message)).map_err(Problem::Bug)?;
        let mut written = self.state.written.borrow_mut();
        written.messages.put(message.id, mark, Arc::clone(&text));
        Ok(text)
    }

    /// Writes a chat as an item of a list, or gives it as it was written before.
    pub(super) fn chat_item(
        &self,
        chat: &Chat,
        user_id: i64,
        list: &List,
    ) -> Result<Arc<str>, Problem> {
        let last = chat.message_ids.last();
        let last = last.and_then(|id| self.state.message(*id));
        let mark = (chat.version, last.map(|it| self.message_mark(it)));
        let key = (chat.id, user_id);
        let known = self.state.written.borrow().chats.get(&key, &mark);
        if let Some(text) = known {
            return Ok(text);
        }
        let text = list.item(&self.chat(chat, user_id)).map_err(Problem::Bug)?;
        let mut written = self.state.written.borrow_mut();
        written.chats.put(key, mark, Arc::clone(&text));
        Ok(text)
    }

    fn message_mark(&self, message: &Message) -> MessageMark {
        let replied = message.replied_message_id;
        let replied = replied.and_then(|id| self.state.message(id));
        (
            (message.id, message.version),
            replied.map(|it| (it.id, it.version)),
        )
    }

    /// Writes a chat from the side of one of its members.
    pub(super) fn chat(&self, chat: &Chat, user_id: i64) -> Value {
        let own = chat.member(user_id);
        let other = chat.contact_of(user_id);
        let contact = other.and_then(|it| self.state.users.by_id(it.user_id));
        let last = chat.message_ids.last();
        let last = last.and_then(|id| self.state.message(*id));
        let times = &chat.times;
        let unseen = own.map_or(0, |it| it.unseen_count);
        let mut json = object([
            ("id", chat.id.into()),
            ("chat_type", chat.kind.name().into()),
            ("marked_as_unread", false.into()),
            ("unseen_message_count", unseen.into()),
            ("created_at", time(times.created_at).into()),
            ("updated_at", time(times.updated_at).into()),
            ("modified_at", times.modified_at.map(time).into()),
            ("deleted_at", Value::Null),
            (
                "last_message",
                last.map_or(Value::Null, |it| self.message(it)),
            ),
            ("last_seen_id", own.and_then(|it| it.last_seen_id).into()),
            (
                "contact_last_seen_message_id",
                other.and_then(|it| it.last_seen_id).into(),
            ),
            ("contact", contact.map_or(Value::Null, person)),
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
            json[chat.kind.name()] = profile_of(chat, profile, user_id);
        }
        json
    }

    fn sender(&self, user: &User) -> Value {
        let mut json = person(user);
        if self.options.sender_ids_as_strings {
            json["id"] = user.id.to_string().into();
        }
        json
    }
}

/// Writes what a group, a channel or a bot shows of itself to a member.
fn profile_of(chat: &Chat, profile: &Profile, user_id: i64) -> Value {
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

fn person(user: &User) -> Value {
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

/// Writes the content of a message. Unknown: how the service finds links in a text;
/// none are told.
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

/// Makes an object of its members. The macro for it copies what is given to it, all the
/// way down, which took half of the time of an answer.
pub(super) fn object<const COUNT: usize>(members: [(&str, Value); COUNT]) -> Value {
    let members = members.into_iter();
    Value::Object(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

pub(super) fn time(time: DateTime) -> String {
    let (year, month, day) = (time.year(), time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
