//! Transcripts: conversations of one chat that can be seeded and played again.
//!
//! Users have symbolic names and times are relative, so that a transcript does not depend on the state in which it was
//! saved.

mod apply;
mod check;
mod save;

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::seed::ChatType;
use crate::state::message::{AttachedFile, Button, Content};
use crate::user::Vendor;
pub(crate) use apply::Opened;
use check::MAX_AFTER_MS;
pub(crate) use check::MAX_TURNS;

/// The only version of the format.
const VERSION: u32 = 1;

/// The name of the emulator's seller.
const SELLER: &str = "seller";

/// The name of the emulator's customer, and of the other member of a private chat.
const CUSTOMER: &str = "customer";

/// A conversation. Unknown fields are kept.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Transcript {
    pub(crate) version: u32,
    /// The member whose messages are waited for. Default: everyone but the sender of the last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bot: Option<String>,
    pub(crate) users: BTreeMap<String, TranscriptUser>,
    pub(crate) chat: TranscriptChat,
    pub(crate) turns: Vec<Turn>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct TranscriptUser {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<Vendor>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct TranscriptChat {
    pub(crate) chat_type: ChatType,
    /// The names of users.
    pub(crate) members: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// A message to send, or a wait for messages of others.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Turn {
    Wait(Box<WaitTurn>),
    Message(Box<MessageTurn>),
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct MessageTurn {
    /// The name of the sender.
    pub(crate) from: String,
    /// The time since the previous message.
    #[serde(default)]
    pub(crate) after_ms: u64,
    /// Names the message for replies to it.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    /// The `ref` of an earlier message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<String>,
    /// Default: `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entity_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Vec<AttachedFile>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_markup: Option<Vec<Vec<Button>>>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct WaitTurn {
    pub(crate) wait: Wait,
    /// The messages that were waited for when the transcript was saved. Playing does not send or compare them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) recorded: Vec<MessageTurn>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// What is waited for: a number of messages, or a time without messages.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Wait {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replies: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idle_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout_ms: Option<u64>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl Transcript {
    /// Parses and checks a transcript. Errors name the JSON path.
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let transcript: Self =
            serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
                let path = error.path().to_string();
                invalid(&path, error.inner())
            })?;
        transcript.check()?;
        Ok(transcript)
    }

    /// Returns `true` if a JSON document is meant to be a transcript.
    pub(crate) fn is_likely(json: &str) -> bool {
        #[derive(Deserialize)]
        struct Probe {
            turns: Option<serde::de::IgnoredAny>,
        }
        serde_json::from_str::<Probe>(json).is_ok_and(|it| it.turns.is_some())
    }

    /// Returns all messages, sent and recorded, in order.
    fn messages(&self) -> impl Iterator<Item = &MessageTurn> {
        self.turns.iter().flat_map(|turn| match turn {
            Turn::Message(message) => std::slice::from_ref(&**message),
            Turn::Wait(wait) => &wait.recorded,
        })
    }
}

fn invalid(path: &str, reason: impl std::fmt::Display) -> Error {
    Error::invalid_argument(format!("the transcript is invalid at {path}: {reason}"))
}

impl MessageTurn {
    pub(crate) fn message_type(&self) -> &str {
        self.message_type.as_deref().unwrap_or("text")
    }

    pub(crate) fn content(&self) -> Content {
        Content {
            text: self.text.clone(),
            entity_id: self.entity_id,
            files: self.files.clone(),
            metadata: self.metadata.clone(),
            reply_markup: self.reply_markup.clone(),
        }
    }
}

/// Selects the kind of turn by its fields, so that errors name the invalid one.
impl<'de> Deserialize<'de> for Turn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Value::Object(Map::deserialize(deserializer)?);
        let turn = match fields.get("wait") {
            Some(_) => serde_json::from_value(fields).map(Self::Wait),
            None => serde_json::from_value(fields).map(Self::Message),
        };
        turn.map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
