//! Messages whose response was lost.

use std::fmt;
use std::time::Duration;

use basalam_chat_api::CivilTime;
use basalam_chat_api::types::CreateMessageBody;
use serde::{Deserialize, Serialize};

use super::call_start::CallStart;
use super::idempotency_key;
use super::similarity::is_similar;
use super::{Message, MessageType};
use crate::time::Clock;
use crate::{ChatId, EntityId, Error, UserId};

/// Tolerance for differences between the service's clocks.
const CLOCK_SKEW: Duration = Duration::from_secs(120);

/// The maximum difference between the system time and a time of the service: half a day for the unknown time zone
/// of the service, and half a day for a system time that is wrong.
const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The time from the start of the year 0 to the Unix epoch.
const YEAR_0_TO_EPOCH: Duration = Duration::from_secs(719_528 * 24 * 60 * 60);

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
    /// The message may be the unconfirmed one.
    Possible,
    /// The message has another idempotency key or another sender.
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

    /// Returns `true` if a message with this time is from before the call in every time zone, which is unknown.
    pub(super) fn is_certainly_newer_than(&self, time: CivilTime) -> bool {
        let start = self.started_at.since_epoch();
        let latest = Duration::from_secs(time.whole_seconds()).saturating_add(MAX_CLOCK_DIFFERENCE);
        start.is_some_and(|start| latest < start.saturating_add(YEAR_0_TO_EPOCH))
    }

    /// Compares this message, which `user` sent, with a message of the chat.
    ///
    /// The content is not compared: a service may change it, for example mask a phone number or add a note, so a
    /// different content proves nothing.
    pub(super) fn compare(&self, message: &Message, user: UserId) -> Match {
        let key = idempotency_key::of_message(message);
        match (&self.idempotency_key, key) {
            (Some(expected), Some(key)) if expected == key => return Match::Exact,
            // Every request has a different key.
            (_, Some(_)) => return Match::None,
            _ => {}
        }
        // A message without a sender may be from anyone.
        match message.sender_id().is_none_or(|sender| sender == user) {
            true => Match::Possible,
            false => Match::None,
        }
    }

    /// Returns `true` if a message of the chat has the same content, as far as the service may change it.
    ///
    /// This helps to decide after [`Delivery::Unknown`](super::Delivery::Unknown), for example which messages to
    /// show to a person. It is no proof: two messages can have the same text, and a service can change one more
    /// than this accounts for. Texts are compared without punctuation, spaces, invisible characters and
    /// HTML escapes, after Unicode normalization, and with variants of Persian and Arabic letters and digits as
    /// one. A text that is truncated, has masked digits or is part of a longer one is the same. The sender and
    /// the time are not compared.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, Error};
    /// # use basalam_chat::messages::UnconfirmedMessage;
    /// # async fn run(client: Client, sent: &UnconfirmedMessage) -> Result<(), Error> {
    /// let page = client.get_messages(sent.chat()).await?;
    /// for message in page.iter().filter(|message| sent.resembles(message)) {
    ///     println!("{} of {:?} may be it", message.id, message.created_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resembles(&self, message: &Message) -> bool {
        if message.chat_id != self.chat {
            return false;
        }
        let text = self.text.as_deref().unwrap_or_default();
        if !text.trim().is_empty() {
            let other = message.content.text.as_deref().unwrap_or_default();
            return is_similar(text, other);
        }
        match (self.entity_id, message.content.entity_id) {
            (Some(expected), Some(id)) => expected == id,
            // The service may return files and other content in a different form.
            _ => message.message_type == self.message_type,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn time_is_older_only_if_it_is_in_every_time_zone() {
        let message = UnconfirmedMessage::new(
            ChatId(1),
            &CreateMessageBody::new(MessageType::Text),
            None,
            // 2001-09-09 01:46:40 UTC, in milliseconds.
            serde_json::from_str("1000000000000").unwrap(),
        );
        for (time, is_older) in [
            ("2001-09-08 01:46:39", true),
            ("2001-09-08 01:46:40", false),
            ("2001-09-09 01:46:40", false),
            ("2001-09-10 01:46:40", false),
            ("1999-01-01 00:00:00", true),
        ] {
            let time = CivilTime::from_timestamp(&Timestamp::from(time)).unwrap();
            assert_eq!(message.is_certainly_newer_than(time), is_older, "{time:?}");
        }
    }
}
