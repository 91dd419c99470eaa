//! A message to send.

use std::borrow::Cow;
use std::fmt;

use basalam_chat_api::types::{Attachment, AttachmentFile, CreateMessageBody, NewMessageContent};

use crate::{EntityId, Error, MessageType};

use super::QuickMessageId;

/// A message to send: its type, and the content that goes with the type.
///
/// A text alone is a text message, so that `client.create_message(chat, "Hello")` sends one. For
/// everything else there is a constructor.
///
/// # Examples
///
/// ```
/// use basalam_chat::{EntityId, MessageType, NewMessage};
///
/// let greeting = NewMessage::from("سلام");
/// let card = NewMessage::product(EntityId(24_835));
/// let sticker = NewMessage::new(MessageType::Sticker).with_text("👋");
/// # let _ = (greeting, card, sticker);
/// ```
#[derive(Clone, PartialEq)]
pub struct NewMessage {
    message_type: MessageType,
    content: NewMessageContent,
    files: Vec<AttachmentFile>,
}

impl NewMessage {
    /// Starts a message of any type, without content.
    ///
    /// Unknown: nobody has published which content goes with which type.
    pub fn new(message_type: MessageType) -> NewMessage {
        NewMessage {
            message_type,
            content: NewMessageContent::new(),
            files: Vec::new(),
        }
    }

    /// A text message. Must not be empty; unknown: how long it may be.
    pub fn text(text: impl Into<String>) -> NewMessage {
        NewMessage::new(MessageType::Text).with_text(text)
    }

    /// A card of a product. `product` is the product's id, as in the address of its page.
    ///
    /// Certain: a live integration sends these, and Basalam's web application does.
    pub fn product(product: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Product).with_entity(product)
    }

    /// Sets the text, which is the caption where the message shows files.
    pub fn with_text(mut self, text: impl Into<String>) -> NewMessage {
        self.content.text = Some(text.into());
        self
    }

    /// Sets the id of the thing that the message shows, such as a product or an order.
    pub fn with_entity(mut self, entity: EntityId) -> NewMessage {
        self.content.entity_id = Some(entity);
        self
    }

    /// Names the quick message that this message was made from. Unknown: what the service does with it.
    pub fn with_quick_message(mut self, quick_message: QuickMessageId) -> NewMessage {
        self.content.quick_message_id = Some(quick_message);
        self
    }

    /// Adds an uploaded file.
    pub fn with_file(mut self, file: AttachmentFile) -> NewMessage {
        self.files.push(file);
        self
    }

    /// The type of the message.
    pub fn message_type(&self) -> &MessageType {
        &self.message_type
    }

    /// Refuses what can be seen to be empty.
    pub(super) fn check(&self) -> Result<(), Error> {
        let text = self.content.text.as_deref();
        if self.message_type == MessageType::Text && text.is_none_or(|text| text.trim().is_empty())
        {
            return Err(Error::invalid_input(
                "message",
                "is a text message with an empty text",
                "write at least one visible character",
            ));
        }
        Ok(())
    }

    pub(super) fn into_body(self) -> CreateMessageBody {
        let mut body = CreateMessageBody::new(self.message_type);
        if self.content != NewMessageContent::new() {
            body.content = Some(self.content);
        }
        if !self.files.is_empty() {
            let mut attachment = Attachment::new();
            attachment.files = Some(self.files);
            body.attachment = Some(attachment);
        }
        body
    }
}

/// Shows the type alone: what people write to each other is private.
impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMessage")
            .field("message_type", &self.message_type)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

impl From<&str> for NewMessage {
    fn from(text: &str) -> NewMessage {
        NewMessage::text(text)
    }
}

impl From<String> for NewMessage {
    fn from(text: String) -> NewMessage {
        NewMessage::text(text)
    }
}

impl From<&String> for NewMessage {
    fn from(text: &String) -> NewMessage {
        NewMessage::text(text)
    }
}

impl From<Cow<'_, str>> for NewMessage {
    fn from(text: Cow<'_, str>) -> NewMessage {
        NewMessage::text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_message_is_not_shown_by_debug() {
        let message = NewMessage::from("a private canary");
        assert!(!format!("{message:?}").contains("canary"));
    }

    #[test]
    fn an_empty_text_message_is_refused_and_an_empty_caption_is_not() {
        assert!(NewMessage::from("").check().unwrap_err().is_invalid_input());
        assert!(NewMessage::from(" \n").check().is_err());
        assert!(NewMessage::new(MessageType::Text).check().is_err());
        assert!(
            NewMessage::product(EntityId(1))
                .with_text("")
                .check()
                .is_ok()
        );
    }

    #[test]
    fn what_is_not_set_is_left_out() {
        let body = serde_json::to_value(NewMessage::new(MessageType::Story).into_body()).unwrap();
        assert_eq!(body, serde_json::json!({ "message_type": "story" }));
    }
}
