//! Request builder that edits a message.

use std::fmt;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::EDIT_MESSAGE;
use basalam_chat_api::types::{EditMessageBody, NewMessageContent};

use super::new_message::impl_from_strings;
use super::{EntityId, Message, MessageId, QuickMessageId};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Replaces the content of a message. The call is idempotent.
    ///
    /// `edit` is the new text as a string, or a [`MessageEdit`]. Returns the message as the service stored
    /// it.
    ///
    /// Unknown: which messages can be edited, and for how long; Basalam's web application offers it for text
    /// messages of the current user. Likely requires the scope `customer.chat.write`: nothing states it.
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call: [`is_invalid_input`](Error::is_invalid_input) for an
    /// empty text or an edit that sets nothing; [`is_not_found`](Error::is_not_found) if the message does
    /// not exist (likely).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, MessageId};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let edited = client.edit_message(MessageId(1_231_237_861), "It was sent today.").await?;
    /// println!("edited at {}", edited.updated_at);
    /// # Ok(())
    /// # }
    /// ```
    pub fn edit_message(&self, message: MessageId, edit: impl Into<MessageEdit>) -> EditMessage {
        EditMessage {
            client: self.clone(),
            request: EditMessageParams {
                message,
                edit: edit.into(),
                client_info: None,
            },
        }
    }
}

/// New content of a message.
///
/// A string converts to an edit of a text message. Unknown: whether the service keeps content that an edit
/// does not set, so set everything that the message should have.
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
    allows_blank_text: bool,
}

impl MessageEdit {
    /// Creates an edit that sets nothing.
    pub fn new() -> MessageEdit {
        MessageEdit::default()
    }

    /// Creates an edit with a new text for a text message. Must not be empty; unknown: its maximum length.
    pub fn text(text: impl Into<String>) -> MessageEdit {
        let mut edit = MessageEdit::new();
        edit.content().text = Some(text.into());
        edit
    }

    /// Creates an edit with a new caption for a message of another type. May be empty.
    pub fn caption(caption: impl Into<String>) -> MessageEdit {
        let mut edit = MessageEdit::text(caption);
        edit.allows_blank_text = true;
        edit
    }

    /// Sets the id of the entity that the message shows, such as a product or an order.
    pub fn with_entity(mut self, entity: EntityId) -> MessageEdit {
        self.content().entity_id = Some(entity);
        self
    }

    /// Sets the quick message that the content was created from. Unknown: what the service does with it.
    pub fn with_quick_message(mut self, quick_message: QuickMessageId) -> MessageEdit {
        self.content().quick_message_id = Some(quick_message);
        self
    }

    fn content(&mut self) -> &mut NewMessageContent {
        self.content.get_or_insert_with(NewMessageContent::new)
    }

    fn check(&self) -> Result<(), Error> {
        let (problem, remedy) = match &self.content {
            None => ("sets nothing", "set a text, an entity or a quick message"),
            Some(NewMessageContent {
                text: Some(text), ..
            }) if text.trim().is_empty() && !self.allows_blank_text => {
                ("has an empty text", "write at least one visible character")
            }
            Some(_) => return Ok(()),
        };
        Err(Error::invalid_input("edit", problem, remedy))
    }
}

/// Omits the content, which is private.
impl fmt::Debug for MessageEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageEdit").finish_non_exhaustive()
    }
}

impl_from_strings!(MessageEdit);

/// Request builder that edits a message; returned by [`Client::edit_message`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct EditMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: EditMessageParams,
}

#[derive(Clone, Debug)]
pub(crate) struct EditMessageParams {
    message: MessageId,
    edit: MessageEdit,
    client_info: Option<String>,
}

impl<C> EditMessage<C> {
    /// Sets `X-Client-Info`, which the vendor documents for its own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.client_info = Some(client_info.into());
        self
    }
}

impl_send!(EditMessage -> Message);

impl request::Request for EditMessageParams {
    type Response = Message;

    fn operation() -> &'static Operation {
        &EDIT_MESSAGE
    }

    async fn run(self, client: Client) -> Result<Message, Error> {
        request::check_id("message", self.message.0)?;
        self.edit.check()?;
        request::check_header("client_info", self.client_info.as_deref())?;
        let body = EditMessageBody::new(self.edit.content, self.message);
        let result = client
            .raw()
            .edit_message(self.client_info.as_deref(), &body)
            .await;
        let response = client.transport().decode_response(&EDIT_MESSAGE, result)?;
        Ok(response.data)
    }
}
