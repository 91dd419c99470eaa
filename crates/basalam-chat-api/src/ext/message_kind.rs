//! Message content by type.

use std::time::Duration;

use serde_json::Value;

use crate::newtypes::{EntityId, MessageType, VendorId};
use crate::types::{Message, MessageContent, MessageFile, RepliedMessage};

/// A message's content by type, returned by [`Message::kind`].
///
/// Certain: text, pictures and products. Likely: the other variants. See [`MessageType`] for details.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum MessageKind<'a> {
    /// A text message.
    Text(&'a str),
    /// Pictures.
    #[non_exhaustive]
    Picture {
        /// The pictures, at least one.
        files: &'a [MessageFile],
        /// The caption.
        caption: Option<&'a str>,
    },
    /// Videos.
    #[non_exhaustive]
    Video {
        /// The videos, at least one.
        files: &'a [MessageFile],
        /// The caption.
        caption: Option<&'a str>,
    },
    /// Voice recordings.
    #[non_exhaustive]
    Voice {
        /// The recordings, at least one.
        files: &'a [MessageFile],
        /// The caption.
        caption: Option<&'a str>,
    },
    /// Files of other kinds.
    #[non_exhaustive]
    File {
        /// The files, at least one.
        files: &'a [MessageFile],
        /// The caption.
        caption: Option<&'a str>,
    },
    /// A sticker.
    #[non_exhaustive]
    Sticker {
        /// The pictures of the sticker, at least one.
        files: &'a [MessageFile],
    },
    /// A product, by its id.
    Product(EntityId),
    /// A vendor, by its id.
    Vendor(VendorId),
    /// A review, by the id of the reviewed order item.
    Review(EntityId),
    /// An order, by its id.
    Order(EntityId),
    /// An invoice, by its id.
    Factor(EntityId),
    /// An agreement between buyer and vendor, by its id.
    Agreement(EntityId),
    /// A coupon, by its id.
    Coupon(EntityId),
    /// A story, by its id.
    Story(EntityId),
    /// A location on the map.
    ///
    /// Older contracts have it in the content as `location`, with `geo_width` and `geo_length`. Likely, from
    /// the names: these are latitude and longitude.
    #[non_exhaustive]
    Location {
        /// Degrees north, from -90 to 90.
        latitude: f64,
        /// Degrees east, from -180 to 180.
        longitude: f64,
    },
    /// The record of a phone call.
    #[non_exhaustive]
    VoiceCall {
        /// `true` if the call was answered; `None` if unknown.
        is_answered: Option<bool>,
        /// The duration of the call; `None` if unknown.
        duration: Option<Duration>,
    },
    /// Any other message: of an unknown type, of a type without published content, or without a field that
    /// its type requires.
    #[non_exhaustive]
    Other {
        /// The type.
        message_type: &'a MessageType,
        /// The complete content.
        content: &'a MessageContent,
    },
}

impl Message {
    /// Returns the message's content by type, to match on.
    ///
    /// ```
    /// use basalam_chat_api::{MessageKind, types::Message};
    ///
    /// fn headline(message: &Message) -> String {
    ///     match message.kind() {
    ///         MessageKind::Text(text) => text.to_owned(),
    ///         MessageKind::Picture { files, .. } => format!("{} pictures", files.len()),
    ///         MessageKind::Product(product) => format!("the product {product}"),
    ///         _ => format!("a {}", message.message_type),
    ///     }
    /// }
    /// ```
    pub fn kind(&self) -> MessageKind<'_> {
        kind(&self.message_type, &self.content)
    }
}

impl RepliedMessage {
    /// Returns the message's content by type, to match on.
    pub fn kind(&self) -> MessageKind<'_> {
        kind(&self.message_type, &self.content)
    }
}

fn kind<'a>(message_type: &'a MessageType, content: &'a MessageContent) -> MessageKind<'a> {
    known_kind(message_type, content).unwrap_or(MessageKind::Other {
        message_type,
        content,
    })
}

/// Returns the kind if the type is known and the content has the fields that it requires.
fn known_kind<'a>(
    message_type: &MessageType,
    content: &'a MessageContent,
) -> Option<MessageKind<'a>> {
    let text = content.text.as_deref();
    let caption = text.filter(|text| !text.is_empty());
    let files = content.files.as_deref().filter(|files| !files.is_empty());
    let entity = content.entity_id;
    Some(match message_type {
        MessageType::Text => MessageKind::Text(text?),
        MessageType::Picture => MessageKind::Picture {
            files: files?,
            caption,
        },
        MessageType::Video => MessageKind::Video {
            files: files?,
            caption,
        },
        MessageType::Voice => MessageKind::Voice {
            files: files?,
            caption,
        },
        MessageType::File => MessageKind::File {
            files: files?,
            caption,
        },
        MessageType::Sticker => MessageKind::Sticker { files: files? },
        MessageType::Product => MessageKind::Product(entity?),
        MessageType::Vendor => MessageKind::Vendor(VendorId(entity?.0)),
        MessageType::Review => MessageKind::Review(entity?),
        MessageType::Order => MessageKind::Order(entity?),
        MessageType::Factor => MessageKind::Factor(entity?),
        MessageType::Agreement => MessageKind::Agreement(entity?),
        MessageType::Coupon => MessageKind::Coupon(entity?),
        MessageType::Story => MessageKind::Story(entity?),
        MessageType::Location => location(content.extra.get("location")?)?,
        MessageType::VoiceCallPhone => voice_call(content)?,
        _ => return None,
    })
}

fn location<'a>(location: &Value) -> Option<MessageKind<'a>> {
    let degrees = |name: &str, bound: f64| {
        let degrees = as_f64(location.get(name)?)?;
        (-bound..=bound).contains(&degrees).then_some(degrees)
    };
    Some(MessageKind::Location {
        latitude: degrees("geo_width", 90.0)?,
        longitude: degrees("geo_length", 180.0)?,
    })
}

fn voice_call<'a>(content: &MessageContent) -> Option<MessageKind<'a>> {
    let metadata = content.metadata.as_ref()?;
    let is_answered = metadata.get("is_answered").and_then(as_bool);
    let duration = metadata.get("duration").and_then(as_f64);
    let duration = duration.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    (is_answered.is_some() || duration.is_some()).then_some(MessageKind::VoiceCall {
        is_answered,
        duration,
    })
}

/// Converts a number or a numeric string.
fn as_f64(value: &Value) -> Option<f64> {
    match value {
        Value::String(s) => s.trim().parse().ok(),
        other => other.as_f64(),
    }
}

/// Converts a boolean, 0, 1, or a string that contains one of them.
fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(s) if s.eq_ignore_ascii_case("true") => Some(true),
        Value::String(s) if s.eq_ignore_ascii_case("false") => Some(false),
        other => match as_f64(other)? {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(content: Value) -> MessageContent {
        serde_json::from_value(content).unwrap()
    }

    /// Returns `true` unless the kind is [`MessageKind::Other`].
    fn is_known(message_type: &str, value: Value) -> bool {
        let message_type = MessageType::from(message_type);
        let content = content(value);
        !matches!(kind(&message_type, &content), MessageKind::Other { .. })
    }

    #[test]
    fn text_can_be_empty() {
        let content = content(json!({ "text": "" }));
        assert_eq!(kind(&MessageType::Text, &content), MessageKind::Text(""));
    }

    #[test]
    fn file_kinds_have_files_and_caption() {
        let content = content(json!({ "text": "a view", "files": [{ "id": "7" }, {}] }));
        for name in ["picture", "video", "voice", "file"] {
            let message_type = MessageType::from(name);
            let (MessageKind::Picture { files, caption }
            | MessageKind::Video { files, caption }
            | MessageKind::Voice { files, caption }
            | MessageKind::File { files, caption }) = kind(&message_type, &content)
            else {
                panic!("{name}");
            };
            assert_eq!(files.len(), 2);
            assert_eq!(caption, Some("a view"));
        }
        let sticker = kind(&MessageType::Sticker, &content);
        assert!(matches!(sticker, MessageKind::Sticker { files } if files.len() == 2));
    }

    #[test]
    fn card_kinds_have_the_entity_id() {
        let content = content(json!({ "entity_id": 7 }));
        let id = EntityId(7);
        for (message_type, expected) in [
            (MessageType::Product, MessageKind::Product(id)),
            (MessageType::Vendor, MessageKind::Vendor(VendorId(7))),
            (MessageType::Review, MessageKind::Review(id)),
            (MessageType::Order, MessageKind::Order(id)),
            (MessageType::Factor, MessageKind::Factor(id)),
            (MessageType::Agreement, MessageKind::Agreement(id)),
            (MessageType::Coupon, MessageKind::Coupon(id)),
            (MessageType::Story, MessageKind::Story(id)),
        ] {
            assert_eq!(kind(&message_type, &content), expected);
        }
    }

    #[test]
    fn kind_is_other_without_required_fields() {
        let empty = json!({ "text": null, "files": null, "entity_id": null, "metadata": null });
        for message_type in MessageType::KNOWN {
            assert!(!is_known(message_type.as_str(), json!({})));
            assert!(!is_known(message_type.as_str(), empty.clone()));
        }
        assert!(!is_known("picture", json!({ "text": "a", "files": [] })));
        assert!(!is_known("hologram", json!({ "text": "a" })));
    }

    #[test]
    fn location_accepts_numbers_and_strings_within_bounds() {
        for location in [
            json!({ "geo_width": 35.75, "geo_length": 51 }),
            json!({ "geo_width": "35.75", "geo_length": "51" }),
        ] {
            let content = content(json!({ "location": location }));
            let expected = MessageKind::Location {
                latitude: 35.75,
                longitude: 51.0,
            };
            assert_eq!(kind(&MessageType::Location, &content), expected);
        }
        for location in [
            json!(null),
            json!([]),
            json!({ "geo_width": 35 }),
            json!({ "geo_width": 91, "geo_length": 51 }),
            json!({ "geo_width": "NaN", "geo_length": 51 }),
            json!({ "geo_width": null, "geo_length": 51 }),
        ] {
            assert!(!is_known("location", json!({ "location": location })));
        }
    }

    #[test]
    fn voice_call_is_read_from_metadata() {
        let call = |metadata: Value| {
            let content = content(json!({ "metadata": metadata }));
            match kind(&MessageType::VoiceCallPhone, &content) {
                MessageKind::VoiceCall {
                    is_answered,
                    duration,
                } => Some((is_answered, duration)),
                _ => None,
            }
        };
        let minute = Some(Duration::from_secs(60));
        let expected = Some((Some(true), minute));
        assert_eq!(
            call(json!({ "is_answered": true, "duration": 60 })),
            expected
        );
        assert_eq!(
            call(json!({ "is_answered": 1, "duration": "60" })),
            expected
        );
        let expected = Some((Some(false), None));
        assert_eq!(
            call(json!({ "is_answered": "false", "duration": null })),
            expected
        );
        assert_eq!(call(json!({ "is_answered": 0, "duration": -1 })), expected);
        assert_eq!(call(json!({ "is_answered": 2 })), None);
    }
}
