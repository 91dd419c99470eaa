//! Messages to seed.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::clock::truncate_to_seconds;
use crate::error::Error;
use crate::state::State;
use crate::state::chats::not_a_member;
use crate::state::message::{AttachedFile, Content, NewMessage};

/// A message for [`Emulator::seed_messages`](crate::Emulator::seed_messages).
///
/// A `&str` or `String` converts to a text message. `Debug` omits the content, which is
/// private.
///
/// ```
/// use basalam_chat_emulator::SeedMessage;
/// use jiff::civil::date;
///
/// let product = SeedMessage::new("product").entity_id(24_835);
/// let old = SeedMessage::text("hello").created_at(date(2020, 1, 1).at(12, 0, 0, 0));
/// # let _ = (product, old);
/// ```
#[derive(Clone)]
#[must_use = "a message does nothing until it is seeded"]
pub struct SeedMessage {
    pub(crate) id: Option<i64>,
    pub(crate) message: NewMessage,
    pub(crate) created_at: Option<DateTime>,
    pub(crate) visible_after: Duration,
}

impl SeedMessage {
    /// Creates a text message.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new("text").with_text(text)
    }

    /// Creates a message of any type, including types that the document does not define.
    pub fn new(message_type: impl Into<String>) -> Self {
        Self {
            id: None,
            message: NewMessage {
                message_type: message_type.into(),
                content: Content::default(),
                replied_message_id: None,
                forward_from: None,
            },
            created_at: None,
            visible_after: Duration::ZERO,
        }
    }

    /// Sets the message id, which must be greater than those of all earlier messages and at
    /// most 2147483647. Default: the id of the latest message plus 1.
    pub fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the text, which is also the caption of a picture.
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.message.content.text = Some(text.into());
        self
    }

    /// Sets the id of the entity of the message, such as a product.
    pub fn entity_id(mut self, id: i64) -> Self {
        self.message.content.entity_id = Some(id);
        self
    }

    /// Adds a file with its id and URL.
    pub fn file(mut self, id: i64, url: impl Into<String>) -> Self {
        let files = self.message.content.files.get_or_insert_default();
        files.push(AttachedFile::new(id, url.into()));
        self
    }

    /// Sets the metadata.
    pub fn metadata(mut self, metadata: serde_json::Map<String, serde_json::Value>) -> Self {
        self.message.content.metadata = Some(metadata);
        self
    }

    /// Sets the message that this one replies to. It need not exist, and can be in another
    /// chat.
    pub fn replied_message_id(mut self, id: i64) -> Self {
        self.message.replied_message_id = Some(id);
        self
    }

    /// Sets the message that this one forwards. It need not exist.
    pub fn forward_from(mut self, id: i64) -> Self {
        self.message.forward_from = Some(id);
        self
    }

    /// Sets the creation time, truncated to whole seconds. Default: now. Messages are sorted
    /// by id, not by time.
    pub fn created_at(mut self, time: DateTime) -> Self {
        self.created_at = Some(time);
        self
    }

    /// Sets how long after it was sent the message becomes visible, by the emulator's clock, which counts whole
    /// seconds. Until then no list contains it, although messages with larger ids are visible, and when it appears it
    /// does not move its chat to the front of the list. Default: at once; whether the service does this is unknown.
    pub fn visible_after(mut self, delay: Duration) -> Self {
        self.visible_after = delay;
        self
    }

    /// Adds the message to a chat and returns its id.
    pub(crate) fn apply(
        self,
        state: &mut State,
        chat_id: i64,
        sender_id: i64,
        now: DateTime,
    ) -> Result<i64, Error> {
        if let Some(id) = self.id {
            state.set_next_message_id(id)?;
        }
        let time = self.created_at.map_or(now, truncate_to_seconds);
        if !self.visible_after.is_zero() {
            let delay = SignedDuration::try_from(self.visible_after);
            state.set_visible_at(Some(
                now.saturating_add(delay.unwrap_or(SignedDuration::MAX)),
            ));
        }
        let sent = state.send(chat_id, sender_id, self.message, time);
        state.set_visible_at(None);
        sent.ok_or_else(|| not_a_member(chat_id, sender_id))
    }
}

impl From<&str> for SeedMessage {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for SeedMessage {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl fmt::Debug for SeedMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SeedMessage")
            .field("message_type", &self.message.message_type)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}
