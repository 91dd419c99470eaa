//! Request builder that deletes messages.

use basalam_chat_api::operations::DELETE_MESSAGE;
use basalam_chat_api::types::DeleteMessageBody;

use super::MessageId;
use crate::Client;
use crate::batch::{self, BatchReport};
use crate::request::plain_request;

impl Client {
    /// Deletes messages.
    ///
    /// `messages` are their ids, of any chats, at least one; duplicates are sent once. A list longer than
    /// [`MAX_PER_CALL`](DeleteMessage::MAX_PER_CALL) is split into several calls, which are sent one after
    /// the other in the given order. The returned report lists them.
    ///
    /// Unknown: whether a message is deleted for the other side too, and which messages can be deleted.
    /// Likely requires the scope `customer.chat.write`: nothing states it.
    ///
    /// # Errors
    ///
    /// Besides the [errors](crate::Error) of every call:
    /// [`is_invalid_input`](crate::Error::is_invalid_input) for an empty list, and
    /// [`is_unsuccessful`](crate::Error::is_unsuccessful) if the service reports that it did not accept a
    /// call. After a failed call, the rest is not sent, and [`batch`](crate::Error::batch) reports the
    /// outcome per id.
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
            request: DeleteMessageParams {
                messages: messages.into_iter().collect(),
            },
        }
    }
}

plain_request! {
    /// Request builder that deletes messages; returned by [`Client::delete_message`].
    pub struct DeleteMessage -> BatchReport<MessageId>;
    struct DeleteMessageParams { messages: Vec<MessageId> }
    DELETE_MESSAGE => |client, params| {
        let messages = batch::unique_ids("messages", params.messages)?;
        batch::run(&messages, DeleteMessage::MAX_PER_CALL, |ids| async {
            let body = DeleteMessageBody::new(ids);
            let result = client.raw().delete_message(&body).await;
            let response = client.transport().decode_response(&DELETE_MESSAGE, result)?;
            Ok(response.data.unwrap_or(true))
        })
        .await
    }
}

impl DeleteMessage {
    /// Maximum number of messages in one call (certain, from the contract).
    pub const MAX_PER_CALL: usize = 30;
}
