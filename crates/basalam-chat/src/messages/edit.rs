//! Changing a message.

use std::borrow::Cow;
use std::fmt;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::EDIT_MESSAGE;
use basalam_chat_api::types::{EditMessageBody, NewMessageContent};

use super::{EntityId, Message, MessageId, QuickMessageId};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Changes the content of a message.
    ///
    /// `edit` is the new text, or a [`MessageEdit`]. The message that comes back is the one that the
    /// service stored. Repeating the call does no harm.
    ///
    /// Unknown: which messages may be changed, and for how long; Basalam's web application offers it
    /// for text messages of one's own. Likely needs the scope `customer.chat.write`: nothing states it.
    ///
    /// # Errors
    ///
    /// Besides what [`Error`] lists for every call: [`is_invalid_input`](Error::is_invalid_input) for an
    /// empty text, or an edit that sets nothing; [`is_not_found`](Error::is_not_found) for a message
    /// that is not there (likely).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, MessageId};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let edited = client.edit_message(MessageId(1_231_237_861), "It was sent today.").await?;
    /// println!("changed at {}", edited.updated_at);
    /// # Ok(())
    /// # }
    /// ```
    pub fn edit_message(&self, message: MessageId, edit: impl Into<MessageEdit>) -> EditMessage {
        EditMessage {
            client: self.clone(),
            request: Request::new(message, edit.into()),
        }
    }
}

/// What takes the place of a message's content.
///
/// A text alone changes a text message. Unknown: whether the service keeps what an edit does not set,
/// so set all that the message is to show.
///
/// # Examples
///
/// ```
/// use basalam_chat::EntityId;
/// use basalam_chat::messages::MessageEdit;
///
/// let text = MessageEdit::from("سلام");
/// let caption = MessageEdit::caption("");
/// let card = MessageEdit::caption("this one").with_entity(EntityId(24_835));
/// # let _ = (text, caption, card);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct MessageEdit {
    content: Option<NewMessageContent>,
    may_be_blank: bool,
}

impl MessageEdit {
    /// An edit that sets nothing yet.
    pub fn new() -> MessageEdit {
        MessageEdit::default()
    }

    /// A new text for a text message. Must not be empty; unknown: how long it may be.
    pub fn text(text: impl Into<String>) -> MessageEdit {
        let mut edit = MessageEdit::new();
        edit.content().text = Some(text.into());
        edit
    }

    /// A new caption for a message that shows something else than text. May be empty.
    pub fn caption(caption: impl Into<String>) -> MessageEdit {
        let mut edit = MessageEdit::text(caption);
        edit.may_be_blank = true;
        edit
    }

    /// Sets the id of the thing that the message shows, such as a product or an order.
    pub fn with_entity(mut self, entity: EntityId) -> MessageEdit {
        self.content().entity_id = Some(entity);
        self
    }

    /// Names the quick message that the content was made from. Unknown: what the service does with it.
    pub fn with_quick_message(mut self, quick_message: QuickMessageId) -> MessageEdit {
        self.content().quick_message_id = Some(quick_message);
        self
    }

    fn content(&mut self) -> &mut NewMessageContent {
        self.content.get_or_insert_with(NewMessageContent::new)
    }

    /// Refuses what can be seen to be empty.
    fn check(&self) -> Result<(), Error> {
        let refuse = |problem| {
            let remedy = "write at least one visible character";
            Err(Error::invalid_input("edit", problem, remedy))
        };
        let Some(content) = &self.content else {
            return refuse("sets nothing");
        };
        match &content.text {
            Some(text) if text.trim().is_empty() && !self.may_be_blank => {
                refuse("has an empty text")
            }
            _ => Ok(()),
        }
    }
}

/// Shows nothing: what people write to each other is private.
impl fmt::Debug for MessageEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageEdit").finish_non_exhaustive()
    }
}

impl From<&str> for MessageEdit {
    fn from(text: &str) -> MessageEdit {
        MessageEdit::text(text)
    }
}

impl From<String> for MessageEdit {
    fn from(text: String) -> MessageEdit {
        MessageEdit::text(text)
    }
}

impl From<&String> for MessageEdit {
    fn from(text: &String) -> MessageEdit {
        MessageEdit::text(text)
    }
}

impl From<Cow<'_, str>> for MessageEdit {
    fn from(text: Cow<'_, str>) -> MessageEdit {
        MessageEdit::text(text)
    }
}

/// Changes a message; made by [`Client::edit_message`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct EditMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    message: MessageId,
    edit: MessageEdit,
    client_info: Option<String>,
}

impl<C> EditMessage<C> {
    /// Sets `X-Client-Info`, which the vendor documents as meant for its own programs.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.client_info = Some(client_info.into());
        self
    }
}

impl_send!(EditMessage -> Message);

impl Request {
    pub(crate) fn new(message: MessageId, edit: MessageEdit) -> Request {
        Request {
            message,
            edit,
            client_info: None,
        }
    }
}

impl request::Request for Request {
    type Response = Message;

    fn operation() -> &'static Operation {
        &EDIT_MESSAGE
    }

    async fn run(self, client: Client) -> Result<Message, Error> {
        self.edit.check()?;
        request::check_header("client_info", self.client_info.as_deref())?;
        let body = EditMessageBody::new(self.edit.content, self.message);
        let result = client
            .raw()
            .edit_message(self.client_info.as_deref(), &body)
            .await;
        Ok(client
            .transport()
            .decode_response(&EDIT_MESSAGE, result)?
            .data)
    }
}
