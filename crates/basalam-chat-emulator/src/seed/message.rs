//! Messages to put into the service.

use std::fmt;

use jiff::civil::DateTime;

use crate::error::Error;
use crate::options::whole_seconds;
use crate::state::State;
use crate::state::messages::{Content, File, NewMessage};

/// A message for [`Emulator::seed_messages`](crate::Emulator::seed_messages).
///
/// A `&str` or a `String` is a text message. `Debug` leaves the content out: it is
/// private.
///
/// ```
/// use basalam_chat_emulator::SeedMessage;
/// use jiff::civil::date;
///
/// let product = SeedMessage::of_type("product").entity_id(24_835);
/// let old = SeedMessage::text("hello").created_at(date(2020, 1, 1).at(12, 0, 0, 0));
/// # let _ = (product, old);
/// ```
#[derive(Clone)]
#[must_use = "a message does nothing until it is seeded"]
pub struct SeedMessage {
    pub(crate) id: Option<i64>,
    pub(crate) message: NewMessage,
    pub(crate) created_at: Option<DateTime>,
}

impl SeedMessage {
    /// Starts a message of the type `text`.
    pub fn text(text: impl Into<String>) -> Self {
        let mut message = Self::of_type("text");
        message.message.content.text = Some(text.into());
        message
    }

    /// Starts a message of any type, one that the document does not know included.
    pub fn of_type(message_type: impl Into<String>) -> Self {
        Self {
            id: None,
            message: NewMessage {
                message_type: message_type.into(),
                content: Content::default(),
                replied_message_id: None,
                forward_from: None,
            },
            created_at: None,
        }
    }

    /// Sets the number, above that of every message before it and up to 2147483647. The
    /// next message takes the next number. Default: the number after the last.
    pub fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the text, which is the caption of a picture.
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.message.content.text = Some(text.into());
        self
    }

    /// Sets the number of what the message shows, such as a product.
    pub fn entity_id(mut self, id: i64) -> Self {
        self.message.content.entity_id = Some(id);
        self
    }

    /// Adds a file: its number and its address.
    pub fn file(mut self, id: i64, url: impl Into<String>) -> Self {
        let files = self.message.content.files.get_or_insert_default();
        files.push(File::new(id, url.into()));
        self
    }

    /// Sets the metadata, whatever it says.
    pub fn metadata(mut self, metadata: serde_json::Map<String, serde_json::Value>) -> Self {
        self.message.content.metadata = Some(metadata);
        self
    }

    /// Says which message it replies to. Neither need that message be there nor be in
    /// the same chat.
    pub fn replied_message_id(mut self, id: i64) -> Self {
        self.message.replied_message_id = Some(id);
        self
    }

    /// Says which message it forwards. That message need not be there.
    pub fn forward_from(mut self, id: i64) -> Self {
        self.message.forward_from = Some(id);
        self
    }

    /// Sets the time, cut to whole seconds. Default: what the clock says. Times do not
    /// decide the order of messages, their ids do.
    pub fn created_at(mut self, time: DateTime) -> Self {
        self.created_at = Some(time);
        self
    }
}

impl SeedMessage {
    /// Puts the message into a chat, and gives its number.
    pub(crate) fn send(
        self,
        state: &mut State,
        chat_id: i64,
        sender_id: i64,
        now: DateTime,
    ) -> Result<i64, Error> {
        if let Some(id) = self.id {
            state.skip_to_message_id(id)?;
        }
        let time = self.created_at.map_or(now, whole_seconds);
        let sent = state.send(chat_id, sender_id, self.message, time);
        sent.ok_or_else(|| {
            Error::argument(format!(
                "the user {sender_id} has no chat {chat_id}; seed it first, with that user as a member"
            ))
        })
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
