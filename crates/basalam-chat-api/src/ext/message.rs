//! Accessors of messages.

use crate::newtypes::UserId;
use crate::types::{Message, RepliedMessage};

/// Implements the accessors shared by messages and the messages that they reply to.
macro_rules! impl_accessors {
    ($name:ident) => {
        impl $name {
            /// Returns `true` if the other party has seen the message.
            pub fn is_seen(&self) -> bool {
                self.seen_at
                    .as_ref()
                    .is_some_and(|time| !time.as_str().is_empty())
            }

            /// Returns the id of the sender, if present in the response.
            pub fn sender_id(&self) -> Option<UserId> {
                self.sender.as_ref()?.id
            }

            /// Returns `true` if `user` sent the message, and `false` if the sender is unknown.
            pub fn is_from(&self, user: UserId) -> bool {
                self.sender_id() == Some(user)
            }
        }
    };
}

impl_accessors!(Message);
impl_accessors!(RepliedMessage);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn message(sender: Value, seen_at: Value) -> Message {
        let message = json!({
            "id": 1, "chat_id": 2, "message_type": "text", "content": { "text": "hello" },
            "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
            "sender": sender, "seen_at": seen_at,
        });
        serde_json::from_value(message).unwrap()
    }

    #[test]
    fn sender_id_can_be_an_integer_or_a_numeric_string() {
        for id in [json!(430), json!("430")] {
            let message = message(json!({ "id": id }), Value::Null);
            assert!(message.is_from(UserId(430)));
            assert!(!message.is_from(UserId(431)));
        }
    }

    #[test]
    fn is_from_is_false_without_sender_id() {
        for sender in [json!(null), json!({}), json!({ "id": null })] {
            let message = message(sender, Value::Null);
            assert_eq!(message.sender_id(), None);
            assert!(!message.is_from(UserId(0)));
        }
    }

    #[test]
    fn is_seen_requires_seen_at() {
        assert!(message(Value::Null, json!("2026-07-22 10:28:23")).is_seen());
        assert!(!message(Value::Null, json!(null)).is_seen());
        assert!(!message(Value::Null, json!("")).is_seen());
    }
}
