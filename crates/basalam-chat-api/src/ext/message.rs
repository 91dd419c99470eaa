//! Reading messages.

use crate::newtypes::UserId;
use crate::types::{Message, RepliedMessage};

/// Writes what both kinds of messages have: a message, and the one that it answers.
macro_rules! message {
    ($name:ident) => {
        impl $name {
            /// Whether the other side has seen the message.
            pub fn is_seen(&self) -> bool {
                self.seen_at
                    .as_ref()
                    .is_some_and(|time| !time.as_str().is_empty())
            }

            /// The user who sent the message, where the service says who that is.
            pub fn sender_id(&self) -> Option<UserId> {
                self.sender.as_ref()?.id
            }

            /// Whether this user has sent the message; not where the service does not say who has.
            pub fn is_from(&self, user: UserId) -> bool {
                self.sender_id() == Some(user)
            }
        }
    };
}

message!(Message);
message!(RepliedMessage);

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
    fn the_sender_is_known_by_a_number_or_a_numeric_text() {
        for id in [json!(430), json!("430")] {
            let message = message(json!({ "id": id }), Value::Null);
            assert!(message.is_from(UserId(430)));
            assert!(!message.is_from(UserId(431)));
        }
    }

    #[test]
    fn a_message_without_a_sender_is_from_nobody() {
        for sender in [json!(null), json!({}), json!({ "id": null })] {
            let message = message(sender, Value::Null);
            assert_eq!(message.sender_id(), None);
            assert!(!message.is_from(UserId(0)));
        }
    }

    #[test]
    fn a_message_is_seen_once_it_has_a_time() {
        assert!(message(Value::Null, json!("2026-07-22 10:28:23")).is_seen());
        assert!(!message(Value::Null, json!(null)).is_seen());
        assert!(!message(Value::Null, json!("")).is_seen());
    }
}
