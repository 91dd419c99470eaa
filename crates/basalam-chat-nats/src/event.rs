//! Events as they are published.

use basalam_chat::chats::Chat;
use basalam_chat::messages::Message;
use basalam_chat::state::Version;
use basalam_chat::watch::{Delivery, Event, ForwardedEvent};
use basalam_chat::{ChatId, MessageId, UnreadableItem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the events that this crate publishes and reads.
pub const EVENT_VERSION: u32 = 1;

/// The header with the id of an event, which is also the field `id`.
pub const EVENT_HEADER: &str = "Basalam-Chat-Event";

/// The longest JSON of an item that cannot be decoded.
const MAX_RAW: usize = 128 * 1024;

/// The longest event, without its headers.
pub(crate) const MAX_EVENT: usize = 384 * 1024;

/// An event of a chat, as a relay publishes it.
///
/// Readers ignore fields and types that they do not know. A change that they cannot ignore has another `version`.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(title = "Event"))]
pub(crate) struct EventRecord {
    /// The version of this format: 1.
    pub(crate) version: u32,
    /// Identifies the event in its chat, together with the position in the stream.
    pub(crate) id: String,
    /// The user whose chat it is: the login that the event was read with.
    pub(crate) user_id: i64,
    /// The chat.
    pub(crate) chat_id: i64,
    /// The revision of the message's content: 0 when it is delivered for the first time.
    pub(crate) revision: u32,
    /// The fencing number of the relay, which grows when another one takes over.
    pub(crate) fencing: u64,
    /// What happened.
    #[serde(rename = "type")]
    pub(crate) kind: EventType,
    /// The message, for `message_received`, `message_sent`, `message_of_unknown_sender` and `message_edited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<Box<Message>>,
    /// The chat as it is now, for `chat_opened` and `chat_changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) chat: Option<Box<Chat>>,
    /// The newest message that the other side has seen, for `seen_by_contact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen_message_id: Option<i64>,
    /// The message that cannot be decoded, for `unreadable_message`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unreadable: Option<Unreadable>,
}

/// The type of an event. Others can be added.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub(crate) enum EventType {
    /// Another user sent a message.
    MessageReceived,
    /// The user of the login sent a message from elsewhere.
    MessageSent,
    /// A message without a sender, which must not be answered automatically.
    MessageOfUnknownSender,
    /// The content of a message was changed.
    MessageEdited,
    /// A message that cannot be decoded.
    UnreadableMessage,
    /// A new chat.
    ChatOpened,
    /// The properties of a chat changed.
    ChatChanged,
    /// The other side has seen messages.
    SeenByContact,
}

/// A message that cannot be decoded.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub(crate) struct Unreadable {
    /// Why, and where.
    pub(crate) error: String,
    /// The JSON as the service has sent it, or only its id if it is too long.
    pub(crate) json: String,
}

impl EventRecord {
    /// Returns `None` for events that this version does not know.
    pub(crate) fn new(delivery: &Delivery) -> Option<EventRecord> {
        let mut record = EventRecord {
            version: EVENT_VERSION,
            id: String::new(),
            user_id: delivery.user_id().0,
            chat_id: delivery.chat_id().0,
            revision: delivery.revision(),
            fencing: delivery.fencing().number(),
            kind: EventType::MessageReceived,
            message: None,
            chat: None,
            seen_message_id: None,
            unreadable: None,
        };
        record.set(delivery.event())?;
        record.id = record.identify();
        Some(record)
    }

    fn set(&mut self, event: &Event) -> Option<()> {
        self.kind = match event {
            Event::MessageReceived(_) => EventType::MessageReceived,
            Event::MessageSent(_) => EventType::MessageSent,
            Event::MessageOfUnknownSender(_) => EventType::MessageOfUnknownSender,
            Event::MessageEdited(_) => EventType::MessageEdited,
            Event::UnreadableMessage(_) => EventType::UnreadableMessage,
            Event::ChatOpened(_) => EventType::ChatOpened,
            Event::ChatChanged(_) => EventType::ChatChanged,
            Event::SeenByContact(_) => EventType::SeenByContact,
            _ => return None,
        };
        match event {
            Event::ChatOpened(chat) | Event::ChatChanged(chat) => self.chat = Some(chat.clone()),
            Event::SeenByContact(message) => self.seen_message_id = Some(message.0),
            Event::UnreadableMessage(item) => {
                self.unreadable = Some(Unreadable::new(item.id(), item.error(), item.raw()));
            }
            event => self.message = event.message().map(|message| Box::new(message.clone())),
        }
        Some(())
    }

    fn identify(&self) -> String {
        let id = match (&self.message, &self.unreadable) {
            (Some(message), _) => Some(message.id.0),
            (None, Some(unreadable)) => unreadable.item().id(),
            (None, None) => None,
        };
        match (self.kind, id) {
            (EventType::ChatOpened, _) => "opened".to_owned(),
            (EventType::ChatChanged, _) => {
                let json = serde_json::to_vec(&self.chat).unwrap_or_default();
                let hash = Sha256::digest(json);
                let hash: String = hash[..8].iter().map(|it| format!("{it:02x}")).collect();
                format!("changed-{hash}")
            }
            (EventType::SeenByContact, _) => {
                format!("seen-{}", self.seen_message_id.unwrap_or_default())
            }
            (_, id) => format!("message-{}-{}", id.unwrap_or_default(), self.revision),
        }
    }

    /// Returns the JSON. An event that is too long for the broker becomes a message that cannot be decoded.
    pub(crate) fn into_json(mut self) -> Vec<u8> {
        // Types of the service always serialize: their keys are strings.
        let json = serde_json::to_vec(&self).unwrap_or_default();
        if json.len() <= MAX_EVENT {
            return json;
        }
        let id = self.message.take().map(|message| message.id.0);
        let error = format!("the event has {} bytes, which is too long", json.len());
        self.kind = EventType::UnreadableMessage;
        self.chat = None;
        self.unreadable = Some(Unreadable::new(id, &error, ""));
        serde_json::to_vec(&self).unwrap_or_default()
    }

    /// Returns the event for a worker, or what is missing.
    pub(crate) fn into_event(
        self,
        attempt: u32,
        position: u64,
    ) -> Result<ForwardedEvent, &'static str> {
        let message = self.message.ok_or("the event has no `message`");
        let chat = self.chat.ok_or("the event has no `chat`");
        let event = match self.kind {
            EventType::MessageReceived => Event::MessageReceived(message?),
            EventType::MessageSent => Event::MessageSent(message?),
            EventType::MessageOfUnknownSender => Event::MessageOfUnknownSender(message?),
            EventType::MessageEdited => Event::MessageEdited(message?),
            EventType::ChatOpened => Event::ChatOpened(chat?),
            EventType::ChatChanged => Event::ChatChanged(chat?),
            EventType::SeenByContact => {
                let seen = self
                    .seen_message_id
                    .ok_or("the event has no `seen_message_id`")?;
                Event::SeenByContact(MessageId(seen))
            }
            EventType::UnreadableMessage => {
                let unreadable = self.unreadable.ok_or("the event has no `unreadable`")?;
                Event::UnreadableMessage(unreadable.item())
            }
        };
        let fencing = Version::from_number(self.fencing);
        let event = ForwardedEvent::new(
            ChatId(self.chat_id),
            event,
            self.revision,
            fencing,
            position,
        );
        Ok(event.attempt(attempt))
    }
}

impl Unreadable {
    fn new(id: Option<i64>, error: &str, json: &str) -> Unreadable {
        let json = match json.len() {
            1..=MAX_RAW => json.to_owned(),
            _ => serde_json::json!({"id": id}).to_string(),
        };
        let error = error.to_owned();
        Unreadable { error, json }
    }

    fn item(&self) -> UnreadableItem {
        UnreadableItem::from_raw(&self.json, self.error.clone())
    }
}

/// Returns the JSON Schema of the events (feature `schemars`), as in the file `event.schema.json` of the crate.
#[cfg(feature = "schemars")]
pub fn event_schema() -> serde_json::Value {
    schemars::schema_for!(EventRecord).to_value()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn message(id: i64) -> Message {
        let text = "سلام";
        serde_json::from_value(json!({
            "id": id, "chat_id": 9, "message_type": "text", "content": {"text": text, "new": [1]},
            "created_at": "2026-07-22T10:00:00", "updated_at": "2026-07-22T10:00:00",
            "sender": {"id": 431}, "later": {"a": 1.5},
        }))
        .unwrap()
    }

    fn record(event: &Event, revision: u32) -> EventRecord {
        let mut record = EventRecord {
            version: EVENT_VERSION,
            id: String::new(),
            user_id: 430,
            chat_id: 9,
            revision,
            fencing: 3,
            kind: EventType::MessageReceived,
            message: None,
            chat: None,
            seen_message_id: None,
            unreadable: None,
        };
        record.set(event).unwrap();
        record.id = record.identify();
        record
    }

    fn roundtrip(event: &Event) -> Event {
        let json = record(event, 7).into_json();
        let record: EventRecord = serde_json::from_slice(&json).unwrap();
        let forwarded = record.into_event(2, 55).unwrap();
        assert_eq!((forwarded.attempt, forwarded.position), (2, 55));
        assert_eq!((forwarded.revision, forwarded.fencing.number()), (7, 3));
        assert_eq!(forwarded.chat, ChatId(9));
        forwarded.event
    }

    #[test]
    fn events_keep_everything() {
        let item = UnreadableItem::from_raw(r#"{"id":5,"content":7}"#, "expected".to_owned());
        for event in [
            Event::MessageReceived(Box::new(message(5))),
            Event::MessageSent(Box::new(message(6))),
            Event::MessageOfUnknownSender(Box::new(message(7))),
            Event::MessageEdited(Box::new(message(8))),
            Event::UnreadableMessage(item),
            Event::SeenByContact(MessageId(12)),
        ] {
            assert_eq!(format!("{:?}", roundtrip(&event)), format!("{event:?}"));
        }
    }

    #[test]
    fn unknown_fields_are_ignored_and_missing_ones_reported() {
        let event = Event::MessageReceived(Box::new(message(5)));
        let mut json: Value = serde_json::from_slice(&record(&event, 0).into_json()).unwrap();
        assert_eq!(json["version"], 1);
        assert_eq!(json["type"], "message_received");
        json["added_later"] = json!({"a": []});
        let read: EventRecord = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(read.message.unwrap().id, MessageId(5));
        for (kind, missing) in [
            ("chat_opened", "chat"),
            ("seen_by_contact", "seen_message_id"),
            ("unreadable_message", "unreadable"),
        ] {
            json["type"] = json!(kind);
            let read: EventRecord = serde_json::from_value(json.clone()).unwrap();
            let problem = read.into_event(1, 1).err().unwrap();
            assert!(problem.contains(missing), "{problem}");
        }
        json["type"] = json!("typing");
        assert!(serde_json::from_value::<EventRecord>(json).is_err());
    }

    #[test]
    fn ids_differ_by_message_and_revision() {
        let received = |id| Event::MessageReceived(Box::new(message(id)));
        let ids = [
            record(&received(5), 0).id,
            record(&received(6), 0).id,
            record(&Event::MessageEdited(Box::new(message(5))), 9).id,
            record(&Event::SeenByContact(MessageId(5)), 0).id,
            record(&Event::SeenByContact(MessageId(6)), 0).id,
        ];
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{ids:?}");
        assert_eq!(ids[0], "message-5-0");
    }

    #[test]
    fn events_that_are_too_long_are_unreadable_messages() {
        let mut long = message(5);
        long.content.text = Some("x".repeat(MAX_EVENT));
        let Event::UnreadableMessage(item) = roundtrip(&Event::MessageReceived(Box::new(long)))
        else {
            panic!("it was published");
        };
        assert_eq!(item.id(), Some(5));
        assert!(item.error().contains("too long"), "{item}");
        let raw = format!(r#"{{"id":6,"content":"{}"}}"#, "x".repeat(MAX_RAW));
        let item = UnreadableItem::from_raw(&raw, "expected".to_owned());
        let Event::UnreadableMessage(item) = roundtrip(&Event::UnreadableMessage(item)) else {
            panic!("it is another event");
        };
        assert_eq!((item.id(), item.raw().len() < 100), (Some(6), true));
    }

    /// The schema is published with the crate. `UPDATE_SNAPSHOTS=1` writes it.
    #[cfg(feature = "schemars")]
    #[test]
    fn published_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/event.schema.json");
        let schema = event_schema();
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(path, format!("{schema:#}\n")).unwrap();
        }
        let published = std::fs::read_to_string(path).unwrap();
        // The order of properties depends on the features of serde_json that other crates enable.
        let published: Value = serde_json::from_str(&published).unwrap();
        assert!(
            published == schema,
            "run this test with UPDATE_SNAPSHOTS=1 and describe the change in CHANGELOG.md"
        );
    }
}
