//! A message to send.

use std::fmt;

use basalam_chat_api::types::{Attachment, AttachmentFile, CreateMessageBody, NewMessageContent};

use super::QuickMessageId;
use crate::{EntityId, Error, MessageType, VendorId};

/// A message to send: its type and content.
///
/// A string is a text message: `client.create_message(chat, "Hello")` sends one. The other types whose
/// content is known have constructors:
///
/// | content | constructors |
/// | --- | --- |
/// | text | [`text`](NewMessage::text) |
/// | files, with a caption | [`picture`](NewMessage::picture), [`video`](NewMessage::video), [`voice`](NewMessage::voice), [`file`](NewMessage::file), [`sticker`](NewMessage::sticker) |
/// | a card of an entity | [`product`](NewMessage::product), [`vendor`](NewMessage::vendor), [`review`](NewMessage::review), [`order`](NewMessage::order), [`factor`](NewMessage::factor), [`agreement`](NewMessage::agreement), [`coupon`](NewMessage::coupon), [`story`](NewMessage::story) |
///
/// Unknown: the content of the other types, such as `gallery` and `location`. Only Basalam sends some of
/// them. [`new`](NewMessage::new) creates a message of any type.
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
///     .with_text("both sides");
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
    /// Creates a message of any type, without content.
    ///
    /// Unknown: the content that each type requires.
    pub fn new(message_type: MessageType) -> NewMessage {
        NewMessage {
            message_type,
            content: NewMessageContent::new(),
            files: Vec::new(),
        }
    }

    /// Creates a text message. The text must not be empty; unknown: its maximum length.
    pub fn text(text: impl Into<String>) -> NewMessage {
        NewMessage::new(MessageType::Text).with_text(text)
    }

    /// Creates a message with an uploaded picture; [`with_file`](NewMessage::with_file) adds more.
    ///
    /// Certain: a live integration sends these, and Basalam's web application does.
    pub fn picture(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Picture).with_file(file)
    }

    /// Creates a message with an uploaded video.
    ///
    /// Likely: has the same structure as a picture message.
    pub fn video(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Video).with_file(file)
    }

    /// Creates a message with an uploaded voice recording.
    ///
    /// Likely: has the same structure as a picture message.
    pub fn voice(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Voice).with_file(file)
    }

    /// Creates a message with an uploaded file of any other kind.
    ///
    /// Likely: has the same structure as a picture message.
    pub fn file(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::File).with_file(file)
    }

    /// Creates a message with an uploaded sticker.
    ///
    /// Likely: has the same structure as a picture message.
    pub fn sticker(file: impl Into<AttachmentFile>) -> NewMessage {
        NewMessage::new(MessageType::Sticker).with_file(file)
    }

    /// Creates a card of a product. `product` is the product's id, as in the URL of its page.
    ///
    /// Certain: a live integration sends these, and Basalam's web application does.
    pub fn product(product: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Product).with_entity(product)
    }

    /// Creates a card of a vendor from its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn vendor(vendor: VendorId) -> NewMessage {
        NewMessage::new(MessageType::Vendor).with_entity(EntityId(vendor.0))
    }

    /// Creates a card of a review. `order_item` is the id of the reviewed order item, not of the product.
    ///
    /// Likely: a live integration sends these.
    pub fn review(order_item: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Review).with_entity(order_item)
    }

    /// Creates a card of an order from its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn order(order: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Order).with_entity(order)
    }

    /// Creates a card of an invoice from its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn factor(factor: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Factor).with_entity(factor)
    }

    /// Creates a card of an agreement between buyer and vendor from its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn agreement(agreement: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Agreement).with_entity(agreement)
    }

    /// Creates a card of a discount coupon from its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn coupon(coupon: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Coupon).with_entity(coupon)
    }

    /// Creates a card of a story from its id.
    ///
    /// Likely: Basalam's web application shows these.
    pub fn story(story: EntityId) -> NewMessage {
        NewMessage::new(MessageType::Story).with_entity(story)
    }

    /// Sets the text, which is the caption of a message with files.
    #[doc(alias = "caption")]
    pub fn with_text(mut self, text: impl Into<String>) -> NewMessage {
        self.content.text = Some(text.into());
        self
    }

    /// Sets the id of the entity that the message shows, such as a product or an order.
    pub fn with_entity(mut self, entity: EntityId) -> NewMessage {
        self.content.entity_id = Some(entity);
        self
    }

    /// Sets the quick message, a stored text of the user, that this message was created from.
    ///
    /// Unknown: what the service does with it, and whether the message still needs a text; so an empty text
    /// is accepted.
    pub fn with_quick_message(mut self, quick_message: QuickMessageId) -> NewMessage {
        self.content.quick_message_id = Some(quick_message);
        self
    }

    /// Adds an uploaded file: an [`AttachmentFile`], or its id and URL. Unknown: the maximum number of files.
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

    /// Rejects a message without the content that its type requires.
    ///
    /// A forwarded message, or one created from a quick message, may get its content from there.
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

/// Omits the content, which is private.
impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMessage")
            .field("message_type", &self.message_type)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// Converts every kind of string with the constructor `text`.
macro_rules! impl_from_strings {
    ($type:ty) => {
        impl_from_strings!($type: &str, String, &String, ::std::borrow::Cow<'_, str>);
    };
    ($type:ty: $($string:ty),*) => {
        $(impl From<$string> for $type {
            fn from(text: $string) -> $type {
                <$type>::text(text)
            }
        })*
    };
}
pub(super) use impl_from_strings;

impl_from_strings!(NewMessage);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::FileId;

    #[test]
    fn debug_omits_text() {
        let message = NewMessage::from("a private canary");
        assert!(!format!("{message:?}").contains("canary"));
    }

    #[test]
    fn rejects_empty_text_but_accepts_empty_caption() {
        let error = NewMessage::from("").check(false).unwrap_err();
        assert!(error.is_invalid_input());
        assert!(NewMessage::from(" \n").check(false).is_err());
        assert!(NewMessage::new(MessageType::Text).check(false).is_err());
        let card = NewMessage::product(EntityId(1)).with_text("");
        assert!(card.check(false).is_ok());
    }

    #[test]
    fn rejects_message_without_required_content() {
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
    fn accepts_empty_content_of_forwarded_and_quick_messages() {
        for message_type in MessageType::KNOWN {
            let message = NewMessage::new(message_type.clone());
            assert!(message.check(true).is_ok());
            let quick = message.with_quick_message(QuickMessageId(1));
            assert!(quick.check(false).is_ok());
        }
    }

    #[test]
    fn accepts_types_with_unknown_content() {
        let message = NewMessage::new(MessageType::Location);
        assert!(message.check(false).is_ok());
        assert!(NewMessage::new("hologram".into()).check(false).is_ok());
    }

    #[test]
    fn constructors_set_type_and_content() {
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
    fn files_keep_order_beside_caption() {
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
    fn omits_unset_fields() {
        let body = serde_json::to_value(NewMessage::new(MessageType::Story).into_body()).unwrap();
        assert_eq!(body, json!({ "message_type": "story" }));
    }
}
