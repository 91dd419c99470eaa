//! Types of the hand-written client, with the same data as the generated types.
//!
//! They are what a careful developer would write with serde. They preserve unknown properties and unknown
//! enum values, as the generated types do; otherwise the clients would not do the same work.

mod chats;

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

pub use chats::{Channel, Chat, ChatBot, Contact, Group};

type Object = Map<String, Value>;

/// Response with a page of messages.
#[derive(Debug, Deserialize, Serialize)]
pub struct MessagesResponse {
    /// The page.
    pub data: Messages,
}

/// A page of messages.
#[derive(Debug, Deserialize, Serialize)]
pub struct Messages {
    /// The messages, newest first.
    pub messages: Vec<Message>,
}

/// Response to a sent message.
#[derive(Debug, Deserialize, Serialize)]
pub struct SentResponse {
    /// The message as stored by the service.
    pub data: Message,
    /// The client-chosen id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temp_id: Option<i64>,
}

/// Response with a page of chats.
#[derive(Debug, Deserialize, Serialize)]
pub struct ChatsResponse {
    /// The page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Chats>,
}

/// A page of chats.
#[derive(Debug, Deserialize, Serialize)]
pub struct Chats {
    /// The chats, newest first.
    #[serde(default)]
    pub chats: Vec<Chat>,
}

/// A message to send.
#[derive(Debug, Serialize)]
pub struct NewMessage<'a> {
    /// The type of the message.
    pub message_type: &'a str,
    /// The content.
    pub content: NewContent<'a>,
}

/// Content of a message to send.
#[derive(Debug, Serialize)]
pub struct NewContent<'a> {
    /// The text.
    pub text: &'a str,
}

/// Defines an open enum like the generated ones. A known value is decoded without an allocation.
macro_rules! open_enum {
    ($(#[$docs:meta])* $name:ident { $($variant:ident = $value:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub enum $name {
            $($variant,)+
            /// An unknown value.
            Other(Box<str>),
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ValueVisitor;

                impl Visitor<'_> for ValueVisitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a string")
                    }

                    fn visit_str<E: de::Error>(self, value: &str) -> Result<$name, E> {
                        Ok(match value {
                            $($value => $name::$variant,)+
                            other => $name::Other(other.into()),
                        })
                    }
                }

                deserializer.deserialize_str(ValueVisitor)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self {
                    $($name::$variant => $value,)+
                    $name::Other(value) => value,
                })
            }
        }
    };
}

open_enum! {
    /// Type of a message.
    MessageType {
        Text = "text",
        Picture = "picture",
        Video = "video",
        Voice = "voice",
        File = "file",
        Product = "product",
        Vendor = "vendor",
        Location = "location",
        Review = "review",
        Order = "order",
    }
}

open_enum! {
    /// Type of a chat.
    ChatType {
        Private = "private",
        Group = "group",
        Channel = "channel",
        Bot = "bot",
    }
}

/// A message.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Message {
    pub chat_id: i64,
    pub content: Content,
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_from: Option<i64>,
    pub id: i64,
    pub message_type: MessageType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replied_message: Option<Box<RepliedMessage>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Box<Sender>>,
    pub updated_at: String,
}

/// A message that another message replies to.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct RepliedMessage {
    pub chat_id: i64,
    pub content: Content,
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_from: Option<i64>,
    pub id: i64,
    pub message_type: MessageType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Box<Sender>>,
    pub updated_at: String,
}

/// Content of a message.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Content {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<File>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<Link>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Object>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<Vec<Vec<Button>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(flatten)]
    pub extra: Object,
}

/// A file of a message.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct File {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blur_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    #[serde(flatten)]
    pub extra: Object,
}

/// A URL in the text of a message.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Link {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_index: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_basalam_link: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_index: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(flatten)]
    pub extra: Object,
}

/// A button under a message.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Button {
    pub data: Object,
    pub id: i64,
    pub label: String,
    #[serde(rename = "type")]
    pub kind: String,
}

/// Sender of a message.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Sender {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    #[serde(flatten)]
    pub extra: Object,
}

/// A shop.
#[derive(Debug, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Vendor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(flatten)]
    pub extra: Object,
}
