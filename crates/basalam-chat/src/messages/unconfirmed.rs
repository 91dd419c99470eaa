//! Messages whose response was lost.

use std::fmt;
use std::time::Duration;

use basalam_chat_api::types::CreateMessageBody;
use serde::{Deserialize, Serialize};

use super::call_start::CallStart;
use super::{Message, MessageType};
use crate::time::Clock;
use crate::{ChatId, EntityId, Error, UserId};

/// The property of a message's metadata that holds the idempotency key.
const KEY_PROPERTY: &str = "basalam_chat_idempotency_key";

/// Tolerance for differences between the service's clocks.
const CLOCK_SKEW: Duration = Duration::from_secs(120);

/// A message that may have been sent; returned by [`Error::unconfirmed_message`].
///
/// Pass it to [`find_sent_message`](crate::Client::find_sent_message) to find out whether the message arrived.
///
/// # Serialization
///
/// Store it, for example as JSON, to look for the message after a restart. It is an object with the fields `chat`,
/// `message_type`, `text`, `entity_id`, `idempotency_key` and `started_at`, the time of the call in milliseconds
/// since the Unix epoch. It contains the text of the message, which is private, and no token. After a restart the
/// time that has passed comes from the system time alone.
#[derive(Clone, Deserialize, Serialize)]
pub struct UnconfirmedMessage {
    chat: ChatId,
    message_type: MessageType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entity_id: Option<EntityId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<String>,
    started_at: CallStart,
}

/// The result of comparing a message of the chat with the unconfirmed one.
pub(super) enum Match {
    /// The idempotency keys are equal.
    Exact,
    /// The contents are equal as far as they can be compared.
    Possible,
    /// The messages differ.
    None,
}

impl UnconfirmedMessage {
    pub(super) fn new(
        chat: ChatId,
        body: &CreateMessageBody,
        idempotency_key: Option<String>,
        started_at: CallStart,
    ) -> UnconfirmedMessage {
        let content = body.content.as_ref();
        UnconfirmedMessage {
            chat,
            message_type: body.message_type.clone(),
            text: content.and_then(|content| content.text.clone()),
            entity_id: content.and_then(|content| content.entity_id),
            idempotency_key,
            started_at,
        }
    }

    /// The chat that the message was sent to.
    pub fn chat(&self) -> ChatId {
        self.chat
    }

    /// Returns `true` if the message has an idempotency key, which identifies it.
    pub fn has_idempotency_key(&self) -> bool {
        self.idempotency_key.is_some()
    }

    /// The maximum time between the call and now, as the service's clocks may show it.
    pub(super) fn max_elapsed(&self, clock: &dyn Clock) -> Duration {
        self.started_at.elapsed(clock).saturating_add(CLOCK_SKEW)
    }

    /// Compares this message, which `user` sent, with a message of the chat.
    pub(super) fn compare(&self, message: &Message, user: UserId) -> Match {
        let key = message.content.metadata.as_ref();
        let key = key.and_then(|metadata| metadata.get(KEY_PROPERTY)?.as_str());
        match (&self.idempotency_key, key) {
            (Some(expected), Some(key)) if expected == key => return Match::Exact,
            // Every request has a different key.
            (_, Some(_)) => return Match::None,
            _ => {}
        }
        // A message without a sender may be from anyone.
        let may_be_own = message.sender_id().is_none_or(|sender| sender == user);
        match may_be_own && self.has_equal_content(message) {
            true => Match::Possible,
            false => Match::None,
        }
    }

    fn has_equal_content(&self, message: &Message) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        if !text.trim().is_empty() {
            let other = message.content.text.as_deref().unwrap_or_default();
            return normalize(text) == normalize(other);
        }
        match (self.entity_id, message.content.entity_id) {
            (Some(expected), Some(id)) => expected == id,
            // The service may return files and other content in a different form.
            _ => true,
        }
    }
}

/// Returns the letters and digits of a text, or the trimmed text if it has none.
///
/// The service may change spaces, punctuation and the code points of some Persian letters.
fn normalize(text: &str) -> String {
    let letters = text.chars().filter(|it| it.is_alphanumeric());
    let folded: String = letters
        .map(|letter| match letter {
            'ي' | 'ى' => 'ی',
            'ك' => 'ک',
            other => other,
        })
        .collect();
    match folded.is_empty() {
        true => text.trim().to_owned(),
        false => folded,
    }
}

/// Adds an idempotency key to the metadata of a message.
pub(super) fn insert_key(body: &mut CreateMessageBody, key: &str) {
    let metadata = body.message_metadata.get_or_insert_default();
    metadata.insert(KEY_PROPERTY.to_owned(), key.into());
}

/// Omits the content, which is private.
impl fmt::Debug for UnconfirmedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnconfirmedMessage")
            .field("chat", &self.chat)
            .field("message_type", &self.message_type)
            .field("has_idempotency_key", &self.has_idempotency_key())
            .finish_non_exhaustive()
    }
}

impl Error {
    /// Returns the message that may have been accepted, if sending one failed without a clear outcome.
    ///
    /// Pass it to [`find_sent_message`](crate::Client::find_sent_message), which looks for it, instead of
    /// sending the message again.
    pub fn unconfirmed_message(&self) -> Option<&UnconfirmedMessage> {
        self.attachment()
    }
}
