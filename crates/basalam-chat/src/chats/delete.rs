//! Request builder that deletes chats.

use basalam_chat_api::operations::DELETE_CHATS;
use basalam_chat_api::types::DeleteChatsBody;

use super::ChatId;
use crate::Client;
use crate::batch::{self, BatchReport};
use crate::request::plain_request;

impl Client {
    /// Deletes chats.
    ///
    /// `chats` are their ids, at least one; duplicates are sent once. A list longer than
    /// [`MAX_PER_CALL`](DeleteChats::MAX_PER_CALL) is split into several calls, which are sent one after the
    /// other in the given order. The returned report lists them.
    ///
    /// Unknown: whether a chat is deleted for the other side too. Likely requires the scope
    /// `customer.chat.write`: nothing states it.
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
    /// # use basalam_chat::{ChatId, Client};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// client.delete_chats([ChatId(183_583_802), ChatId(3_082_692)]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_chats(&self, chats: impl IntoIterator<Item = ChatId>) -> DeleteChats {
        DeleteChats {
            client: self.clone(),
            request: DeleteChatsParams {
                chats: chats.into_iter().collect(),
            },
        }
    }
}

plain_request! {
    /// Request builder that deletes chats; returned by [`Client::delete_chats`].
    pub struct DeleteChats -> BatchReport<ChatId>;
    struct DeleteChatsParams { chats: Vec<ChatId> }
    DELETE_CHATS => |client, params| {
        let chats = batch::unique_ids("chats", params.chats)?;
        batch::run(&chats, DeleteChats::MAX_PER_CALL, |ids| async {
            let body = DeleteChatsBody::new(ids);
            let result = client.raw().delete_chats(&body).await;
            let response = client.transport().decode_response(&DELETE_CHATS, result)?;
            Ok(response.data.unwrap_or(true))
        })
        .await
    }
}

impl DeleteChats {
    /// Maximum number of chats in one call (certain, from the contract).
    pub const MAX_PER_CALL: usize = 30;
}
