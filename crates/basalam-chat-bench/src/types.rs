//! The types of the client that is written by hand: the same data as the generated ones hold.
//!
//! They are what a careful developer would write with serde. Members that nobody has named yet are
//! kept, and so is a word that is not known, since the generated types do that too; a client that threw
//! them away would not do the same work.

mod chats;

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

pub use chats::{Channel, Chat, ChatBot, Contact, Group};

type Object = Map<String, Value>;

/// What holds a list of messages.
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

/// What holds a message that was sent.
#[derive(Debug, Deserialize, Serialize)]
pub struct SentResponse {
    /// The message, as it was stored.
    pub data: Message,
    /// A number of the sender's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temp_id: Option<i64>,
}

/// What holds a list of chats.
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
    /// What the message is.
    pub message_type: &'a str,
    /// What it says.
    pub content: NewContent<'a>,
}

/// What a message to send says.
#[derive(Debug, Serialize)]
pub struct NewContent<'a> {
    /// The text.
    pub text: &'a str,
}

/// Makes a list of words that is never closed, as the generated ones are: a known word costs no copy.
macro_rules! words {
    ($(#[$docs:meta])* $name:ident { $($word:ident = $text:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub enum $name {
            $($word,)+
            /// Any other one.
            Other(Box<str>),
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Word;

                impl Visitor<'_> for Word {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a text")
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        Ok(match text {
                            $($text => $name::$word,)+
                            other => $name::Other(other.into()),
                        })
                    }
                }

                deserializer.deserialize_str(Word)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self {
                    $($name::$word => $text,)+
                    $name::Other(text) => text,
                })
            }
        }
    };
}

words! {
    /// What a message is.
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

words! {
    /// What a chat is.
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

/// A message that another one answers.
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

/// What a message says or shows.
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

/// An address in a text.
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

/// Who sent a message.
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

/// A booth.
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
