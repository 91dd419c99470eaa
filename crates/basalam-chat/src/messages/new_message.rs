//! A message to send.

use std::borrow::Cow;
use std::fmt;

use basalam_chat_api::types::{Attachment, AttachmentFile, CreateMessageBody, NewMessageContent};

use crate::{EntityId, Error, MessageType, VendorId};

use super::QuickMessageId;

/// A message to send: its type, and the content that goes with the type.
///
/// A text alone is a text message, so that `client.create_message(chat, "Hello")` sends one. For
/// the other types whose content is known there is a constructor:
///
/// | shows | constructors |
/// | --- | --- |
/// | text | [`text`](NewMessage::text) |
/// | files, with a caption | [`picture`](NewMessage::picture), [`video`](NewMessage::video), [`voice`](NewMessage::voice), [`file`](NewMessage::file), [`sticker`](NewMessage::sticker) |
/// | a card of something | [`product`](NewMessage::product), [`vendor`](NewMessage::vendor), [`review`](NewMessage::review), [`order`](NewMessage::order), [`factor`](NewMessage::factor), [`agreement`](NewMessage::agreement), [`coupon`](NewMessage::coupon), [`story`](NewMessage::story) |
///
/// Nobody has published how the other types are carried, `gallery` and `location` among them, and some
/// are written by Basalam alone; [`new`](NewMessage::new) makes a message of any type.
///
/// # Examples
///
/// ```
/// use basalam_chat::{EntityId, FileId, MessageType, NewMessage};
///
/// let greeting = NewMessage::from("سلام");
/// let card = NewMessage::product(EntityId(24_835));
/// let pictures = NewMessage::picture((FileId(11), "https://example.com/front.jpg"))
///     .with_file((FileId(12), "https://example.com/back.jpg"))
///     .with_text("from both sides");
/// let other = NewMessage::new(MessageType::Label).with_text("new");
/// # let _ = (greeting, card, pictures, other);
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

    /// A picture, uploaded before; [`with_file`](NewMessage::with_file) adds more.
    ///
    /// Certain: a live integration sends these, and Basalam's web application does.
    pub fn picture(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Picture).with_file(file)
    }

    /// A video, uploaded before.
    ///
    /// Likely: carried like a picture.
    pub fn video(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Video).with_file(file)
    }

    /// A voice recording, uploaded before.
    ///
    /// Likely: carried like a picture.
    pub fn voice(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Voice).with_file(file)
    }

    /// A file of any other kind, uploaded before.
    ///
    /// Likely: carried like a picture.
    pub fn file(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::File).with_file(file)
    }

    /// A sticker, uploaded before.
    ///
    /// Likely: carried like a picture.
    pub fn sticker(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Sticker).with_file(file)
    }

    /// A card of a product. `product` is the product's id, as in the address of its page.
    ///
    /// Certain: a live integration sends these, and Basalam's web application does.
    pub fn product(product: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Product).with_entity(product)
    }

    /// A card of a vendor, by its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn vendor(vendor: VendorId) -> NewMessage {
        NewMessage::new(MessageType::Vendor).with_entity(EntityId(vendor.0))
    }

    /// A card of a review. `order_item` is the id of the item of an order that the review is about, not
    /// of the product.
    ///
    /// Likely: a live integration sends these.
    pub fn review(order_item: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Review).with_entity(order_item)
    }

    /// A card of an order, by its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn order(order: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Order).with_entity(order)
    }

    /// A card of an invoice, by its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn factor(factor: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Factor).with_entity(factor)
    }

    /// A card of an agreement between buyer and vendor, by its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn agreement(agreement: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Agreement).with_entity(agreement)
    }

    /// A card of a discount coupon, by its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn coupon(coupon: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Coupon).with_entity(coupon)
    }

    /// A card of a story, by its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn story(story: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Story).with_entity(story)
    }

    /// Sets the text, which is the caption where the message shows files.
    #[doc(alias = "caption")]
    pub fn with_text(mut self, text: impl Into<String>) -> NewMessage {
        self.content.text = Some(text.into());
        self
    }

    /// Sets the id of the thing that the message shows, such as a product or an order.
    pub fn with_entity(mut self, entity: EntityId) -> NewMessage {
        self.content.entity_id = Some(entity);
        self
    }

    /// Names the quick message, a text that the user has stored, from which this message was made.
    ///
    /// Unknown: what the service does with it, and whether the message then needs a text of its own;
    /// so none is asked for.
    pub fn with_quick_message(mut self, quick_message: QuickMessageId) -> NewMessage {
        self.content.quick_message_id = Some(quick_message);
        self
    }

    /// Adds an uploaded file: an [`AttachmentFile`], or its id and address. Unknown: how many files a
    /// message may have.
    pub fn with_file(mut self, file: impl Into<AttachmentFile>) -> NewMessage {
        self.files.push(file.into());
        self
    }

    /// Adds uploaded files.
    pub fn with_files<T: Into<AttachmentFile>>(
        mut self,
        files: impl IntoIterator<Item = T>,
    ) -> NewMessage {
        self.files.extend(files.into_iter().map(Into::into));
        self
    }

    /// The type of the message.
    pub fn message_type(&self) -> &MessageType {
        &self.message_type
    }

    /// Refuses what can be seen to be empty.
    ///
    /// A message that is forwarded, or made from a quick message, may have its content from there.
    pub(super) fn check(&self, is_forwarded: bool) -> Result<(), Error> {
        if is_forwarded || self.content.quick_message_id.is_some() {
            return Ok(());
        }
        let text = self.content.text.as_deref();
        match self.message_type {
            MessageType::Text if text.is_none_or(|text| text.trim().is_empty()) => {
                Err(Error::invalid_input(
                    "message",
                    "is a text message with an empty text",
                    "write at least one visible character",
                ))
            }
            MessageType::Picture | MessageType::Video | MessageType::Voice | MessageType::File
                if self.files.is_empty() =>
            {
                Err(Error::invalid_input(
                    "message",
                    &format!("is a {} message without a file", self.message_type),
                    "upload a file and add it with `with_file`",
                ))
            }
            MessageType::Product if self.content.entity_id.is_none() => Err(Error::invalid_input(
                "message",
                "is a product message without a product",
                "set the product's id with `with_entity`",
            )),
            _ => Ok(()),
        }
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
    use serde_json::{Value, json};

    use super::*;
    use crate::FileId;

    #[test]
    fn the_text_of_a_message_is_not_shown_by_debug() {
        let message = NewMessage::from("a private canary");
        assert!(!format!("{message:?}").contains("canary"));
    }

    #[test]
    fn an_empty_text_message_is_refused_and_an_empty_caption_is_not() {
        let error = NewMessage::from("").check(false).unwrap_err();
        assert!(error.is_invalid_input());
        assert!(NewMessage::from(" \n").check(false).is_err());
        assert!(NewMessage::new(MessageType::Text).check(false).is_err());
        let card = NewMessage::product(EntityId(1)).with_text("");
        assert!(card.check(false).is_ok());
    }

    #[test]
    fn a_message_without_what_its_type_shows_is_refused() {
        for (message_type, problem) in [
            (MessageType::Picture, "a picture message without a file"),
            (MessageType::Video, "a video message without a file"),
            (MessageType::Voice, "a voice message without a file"),
            (MessageType::File, "a file message without a file"),
            (MessageType::Product, "a product message without a product"),
        ] {
            let message = NewMessage::new(message_type).with_text("a private canary");
            let error = message.check(false).unwrap_err();
            assert!(error.is_invalid_input());
            let shown = error.to_string();
            assert!(shown.contains("`message` is"), "{shown}");
            assert!(shown.contains(problem), "{shown}");
            assert!(!shown.contains("canary"), "{shown}");
        }
    }

    #[test]
    fn content_that_may_come_from_elsewhere_is_not_asked_for() {
        for message_type in MessageType::KNOWN {
            let message = NewMessage::new(message_type.clone());
            assert!(message.check(true).is_ok());
            let quick = message.with_quick_message(QuickMessageId(1));
            assert!(quick.check(false).is_ok());
        }
    }

    #[test]
    fn what_nobody_knows_the_content_of_is_left_to_the_service() {
        let message = NewMessage::new(MessageType::Location);
        assert!(message.check(false).is_ok());
        assert!(NewMessage::new("hologram".into()).check(false).is_ok());
    }

    #[test]
    fn each_constructor_joins_a_type_with_its_content() {
        let body = |message: NewMessage| {
            message.check(false).unwrap();
            serde_json::to_value(message.into_body()).unwrap()
        };
        let file = (FileId(1), "https://example.com/a");
        for (message, name) in [
            (NewMessage::picture(file), "picture"),
            (NewMessage::video(file), "video"),
            (NewMessage::voice(file), "voice"),
            (NewMessage::file(file), "file"),
            (NewMessage::sticker(file), "sticker"),
        ] {
            let files = json!([{ "id": 1, "url": "https://example.com/a" }]);
            let expected = json!({ "message_type": name, "attachment": { "files": files } });
            assert_eq!(body(message), expected);
        }
        for (message, name) in [
            (NewMessage::product(EntityId(7)), "product"),
            (NewMessage::vendor(VendorId(7)), "vendor"),
            (NewMessage::review(EntityId(7)), "review"),
            (NewMessage::order(EntityId(7)), "order"),
            (NewMessage::factor(EntityId(7)), "factor"),
            (NewMessage::agreement(EntityId(7)), "agreement"),
            (NewMessage::coupon(EntityId(7)), "coupon"),
            (NewMessage::story(EntityId(7)), "story"),
        ] {
            let expected = json!({ "message_type": name, "content": { "entity_id": 7 } });
            assert_eq!(body(message), expected);
        }
    }

    #[test]
    fn files_are_kept_in_order_beside_their_caption() {
        let file = |id| (FileId(id), "https://example.com/a");
        let message = NewMessage::picture(file(1))
            .with_file(file(2))
            .with_files([file(3), file(4)])
            .with_text("a view");
        let body = serde_json::to_value(message.into_body()).unwrap();
        let files = body["attachment"]["files"].as_array().unwrap();
        let ids: Vec<&Value> = files.iter().map(|file| &file["id"]).collect();
        assert_eq!(ids, [1, 2, 3, 4]);
        assert_eq!(body["content"], json!({ "text": "a view" }));
    }

    #[test]
    fn what_is_not_set_is_left_out() {
        let body = serde_json::to_value(NewMessage::new(MessageType::Story).into_body()).unwrap();
        assert_eq!(body, json!({ "message_type": "story" }));
    }
}
