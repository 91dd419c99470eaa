//! Decoding of the body of a chat event.
//!
//! The body is a flat object without an event name. It is a message in a form that differs from that of other
//! responses: `message` is its content, the type is in upper case, avatars are objects, and `sender_id` can replace
//! `sender`. It is converted to the other form and decoded as every message is.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::event::MessageEvent;
use super::user::EventUser;
use crate::messages::Message;
use crate::raw::read_json;

/// The fields of an object, each as received, since an unreadable one must not affect the others.
type Fields = BTreeMap<String, Box<RawValue>>;

impl MessageEvent {
    /// Decodes a body. Returns `None` if it is not a message.
    pub(super) fn decode(body: &[u8]) -> Option<MessageEvent> {
        let mut fields: Fields = read_json(body).ok()?;
        if let Some(content) = take(&mut fields, "message") {
            fields.insert("content".to_owned(), content);
        }
        // An object with an id is not necessarily a message: events about orders have one too.
        if !fields.contains_key("content") || !fields.contains_key("chat_id") {
            return None;
        }
        if let Some(message_type) = value_of(&fields, "message_type") {
            fields.insert("message_type".to_owned(), normalized_type(&message_type)?);
        }
        if let (None, Some(created_at)) = (fields.get("updated_at"), fields.get("created_at")) {
            fields.insert("updated_at".to_owned(), created_at.clone());
        }
        let receiver = take_user(&mut fields, "receiver").map(|(user, _)| user);
        let message_source = value_of(&fields, "message_source");
        fields.remove("message_source");
        let sender_id = take(&mut fields, "sender_id");
        let sender = take_user(&mut fields, "sender");
        if let Some(rest) = rest_sender(sender.as_ref(), sender_id) {
            fields.insert("sender".to_owned(), rest);
        }
        let json = serde_json::to_vec(&fields).ok()?;
        let message: Message = read_json(&json).ok()?;
        Some(MessageEvent {
            message,
            sender: sender.map(|(user, _)| user),
            receiver,
            message_source,
        })
    }
}

/// Removes a field, unless it is null.
fn take(fields: &mut Fields, name: &str) -> Option<Box<RawValue>> {
    fields.remove(name).filter(|value| value.get() != "null")
}

fn value_of(fields: &Fields, name: &str) -> Option<Value> {
    let value = serde_json::from_str(fields.get(name)?.get()).ok()?;
    Some(value).filter(|value: &Value| !value.is_null())
}

/// Removes a user, and returns it with its properties. One that is not an object remains.
fn take_user(fields: &mut Fields, name: &str) -> Option<(EventUser, Map<String, Value>)> {
    let Value::Object(properties) = value_of(fields, name)? else {
        return None;
    };
    fields.remove(name);
    Some((EventUser::new(properties.clone()), properties))
}

/// Returns the sender in the form of other responses: with its id, and with a URL as its avatar.
fn rest_sender(
    sender: Option<&(EventUser, Map<String, Value>)>,
    sender_id: Option<Box<RawValue>>,
) -> Option<Box<RawValue>> {
    let sender_id = sender_id.and_then(|id| serde_json::from_str(id.get()).ok());
    let mut properties = match sender {
        Some((user, properties)) => {
            let mut properties = properties.clone();
            if properties.get("avatar").is_some_and(Value::is_object) {
                properties.insert("avatar".to_owned(), user.avatar_url().into());
            }
            properties
        }
        None => Map::new(),
    };
    if let Some(id) = sender_id
        && properties.get("id").is_none_or(Value::is_null)
    {
        properties.insert("id".to_owned(), id);
    }
    match properties.is_empty() {
        true => None,
        false => to_raw_value(&properties).ok(),
    }
}

/// Returns the name of a message type in the form of other responses: `TEXT` and `MessageTypeEnum.TEXT`, as the
/// vendor's documentation shows, are `text`.
fn normalized_type(message_type: &Value) -> Option<Box<RawValue>> {
    let Value::String(name) = message_type else {
        return to_raw_value(message_type).ok();
    };
    let name = name.rsplit('.').next().unwrap_or_default();
    to_raw_value(&name.to_ascii_lowercase()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::messages::MessageKind;
    use crate::{MessageType, UserId};

    fn documented() -> Value {
        json!({
            "id": 1, "chat_id": 2,
            "message": {
                "text": "hello", "files": [{ "id": 1, "url": "u", "width": 1, "height": 1 }], "links": {},
                "entity_id": null,
            },
            "seen_at": null, "sender_id": 3, "created_at": "2026-07-22 10:28:23",
            "updated_at": "2026-07-22 10:28:23", "message_type": "TEXT", "message_source": null,
            "sender": { "id": 3, "hash_id": "h", "name": "Sara", "avatar": { "md": "m", "original": "o" } },
            "receiver": { "id": 4, "name": "Ali" },
        })
    }

    fn decode(body: &Value) -> Option<MessageEvent> {
        MessageEvent::decode(body.to_string().as_bytes())
    }

    fn with(name: &str, value: Value) -> MessageEvent {
        let mut body = documented();
        body[name] = value;
        decode(&body).unwrap()
    }

    fn without(names: &[&str]) -> Option<MessageEvent> {
        let mut body = documented();
        for name in names {
            body.as_object_mut().unwrap().remove(*name);
        }
        decode(&body)
    }

    #[test]
    fn converts_the_documented_body_to_the_form_of_other_responses() {
        let event = decode(&documented()).unwrap();
        let message = &event.message;
        assert_eq!(message.kind(), MessageKind::Text("hello"));
        assert_eq!(message.sender_id(), Some(UserId(3)));
        let sender = message.sender.as_ref().unwrap();
        assert_eq!(sender.avatar.as_deref(), Some("m"));
        assert!(message.extra.is_empty(), "{:?}", message.extra);
        assert_eq!(event.receiver.unwrap().name.as_deref(), Some("Ali"));
        assert_eq!(event.sender.unwrap().avatar["original"], "o");
        assert_eq!(event.message_source, None);
    }

    #[test]
    fn message_types_are_compared_without_case_and_prefix() {
        for (name, expected) in [
            ("TEXT", MessageType::Text),
            ("MessageTypeEnum.TEXT", MessageType::Text),
            ("text", MessageType::Text),
            ("PICTURE", MessageType::Picture),
            ("MessageTypeEnum.ORDER_PROCESS", MessageType::OrderProcess),
            ("HOLOGRAM", MessageType::from("hologram")),
        ] {
            assert_eq!(
                with("message_type", json!(name)).message.message_type,
                expected
            );
        }
    }

    #[test]
    fn sender_can_be_an_id_only() {
        for event in [
            without(&["sender"]).unwrap(),
            with("sender", json!(null)),
            with("sender", json!({})),
        ] {
            assert_eq!(event.message.sender_id(), Some(UserId(3)));
        }
        assert_eq!(
            without(&["sender", "sender_id"]).unwrap().message.sender,
            None
        );
        assert_eq!(
            without(&["sender_id"]).unwrap().message.sender_id(),
            Some(UserId(3))
        );
        assert_eq!(
            with("sender", json!({ "id": "7" })).message.sender_id(),
            Some(UserId(7))
        );
    }

    #[test]
    fn one_unexpected_field_affects_nothing_else() {
        for (name, value) in [
            ("seen_at", json!([])),
            ("receiver", json!("Ali")),
            ("receiver", json!([])),
            ("message_source", json!({ "app": 1 })),
            (
                "message",
                json!({ "text": "hello", "files": "none", "links": [] }),
            ),
            ("message", json!({ "text": "hello", "links": {} })),
            ("something", json!({ "new": true })),
            ("id", json!("1")),
        ] {
            let event = with(name, value);
            assert_eq!(event.message.id.0, 1, "{name}");
            assert_eq!(
                event.message.content.text.as_deref(),
                Some("hello"),
                "{name}"
            );
        }
        let body = documented().to_string().replacen(":null", ":1e400", 1);
        assert!(MessageEvent::decode(body.as_bytes()).is_some(), "{body}");
    }

    #[test]
    fn a_missing_time_of_change_is_that_of_creation() {
        let event = without(&["updated_at"]).unwrap();
        assert_eq!(event.message.updated_at, event.message.created_at);
    }

    #[test]
    fn other_bodies_are_not_messages() {
        for names in [
            &["message"][..],
            &["chat_id"],
            &["id"],
            &["created_at", "updated_at"],
        ] {
            assert!(without(names).is_none(), "{names:?}");
        }
        for body in [
            "",
            "null",
            "[]",
            "7",
            "{}",
            "{",
            "\u{feff}",
            r#"{"id":1,"message":"text"}"#,
        ] {
            assert!(MessageEvent::decode(body.as_bytes()).is_none(), "{body}");
        }
    }
}
