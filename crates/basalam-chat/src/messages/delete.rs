//! Deleting messages.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::DELETE_MESSAGE;
use basalam_chat_api::types::DeleteMessageBody;

use super::MessageId;
use crate::batch::{self, BatchReport};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Deletes messages.
    ///
    /// `messages` are their ids, at least one, of any chats. More than
    /// [`MAX_PER_CALL`](DeleteMessage::MAX_PER_CALL) are sent in several calls, one after the other in
    /// the given order; an id that is given twice is sent once. The answer says which call carried
    /// which ids.
    ///
    /// Unknown: whether a message is deleted for the other side too, and which messages may be deleted.
    /// Likely needs the scope `customer.chat.write`: nothing states it.
    ///
    /// # Errors
    ///
    /// Besides what [`Error`] lists for every call: [`is_invalid_input`](Error::is_invalid_input) for an
    /// empty list, [`is_unsuccessful`](Error::is_unsuccessful) where the service answers that it did not
    /// accept a call. After a call that fails, the rest is not sent, and
    /// [`batch`](Error::batch) says what became of which ids.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, MessageId};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// client.delete_message([MessageId(1_231_237_861)]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_message(&self, messages: impl IntoIterator<Item = MessageId>) -> DeleteMessage {
        DeleteMessage {
            client: self.clone(),
            request: Request::new(messages.into_iter().collect()),
        }
    }
}

/// Deletes messages; made by [`Client::delete_message`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct DeleteMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

impl DeleteMessage {
    /// How many messages the contract allows in one call (certain).
    pub const MAX_PER_CALL: usize = 30;
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    messages: Vec<MessageId>,
}

impl_send!(DeleteMessage -> BatchReport<MessageId>);

impl Request {
    pub(crate) fn new(messages: Vec<MessageId>) -> Request {
        Request { messages }
    }
}

impl request::Request for Request {
    type Response = BatchReport<MessageId>;

    fn operation() -> &'static Operation {
        &DELETE_MESSAGE
    }

    async fn run(self, client: Client) -> Result<BatchReport<MessageId>, Error> {
        let messages = batch::check("messages", self.messages)?;
        batch::run(&messages, DeleteMessage::MAX_PER_CALL, |ids| async {
            let body = DeleteMessageBody::new(ids);
            let result = client.raw().delete_message(&body).await;
            Ok(client
                .transport()
                .decode_response(&DELETE_MESSAGE, result)?
                .data)
        })
        .await
    }
}
