//! Deleting chats.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::DELETE_CHATS;
use basalam_chat_api::types::DeleteChatsBody;

use super::ChatId;
use crate::batch::{self, BatchReport};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Deletes chats.
    ///
    /// `chats` are their ids, at least one. More than
    /// [`MAX_PER_CALL`](DeleteChats::MAX_PER_CALL) are sent in several calls, one after the other in
    /// the given order; an id that is given twice is sent once. The answer says which call carried
    /// which ids.
    ///
    /// Unknown: whether a chat is deleted for the other side too. Likely needs the scope
    /// `customer.chat.write`: nothing states it.
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
    /// # use basalam_chat::{ChatId, Client};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// client.delete_chats([ChatId(183_583_802), ChatId(3_082_692)]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_chats(&self, chats: impl IntoIterator<Item = ChatId>) -> DeleteChats {
        DeleteChats {
            client: self.clone(),
            request: Request::new(chats.into_iter().collect()),
        }
    }
}

/// Deletes chats; made by [`Client::delete_chats`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct DeleteChats<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

impl DeleteChats {
    /// How many chats the contract allows in one call (certain).
    pub const MAX_PER_CALL: usize = 30;
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    chats: Vec<ChatId>,
}

impl_send!(DeleteChats -> BatchReport<ChatId>);

impl Request {
    pub(crate) fn new(chats: Vec<ChatId>) -> Request {
        Request { chats }
    }
}

impl request::Request for Request {
    type Response = BatchReport<ChatId>;

    fn operation() -> &'static Operation {
        &DELETE_CHATS
    }

    async fn run(self, client: Client) -> Result<BatchReport<ChatId>, Error> {
        let chats = batch::check("chats", self.chats)?;
        batch::run(&chats, DeleteChats::MAX_PER_CALL, |ids| async {
            let body = DeleteChatsBody::new(ids);
            let result = client.raw().delete_chats(&body).await;
            Ok(client
                .transport()
                .decode_response(&DELETE_CHATS, result)?
                .data)
        })
        .await
    }
}
