//! Counting the chats that have something new.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_UNSEEN_CHAT_COUNT;

use super::UnseenChatCount;
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Counts the chats that have unseen messages: chats, not messages.
    ///
    /// Likely, from its name: where `more_than_count` is true, there are more chats than `count` says,
    /// because the service stops counting at a limit. Unknown: that limit.
    ///
    /// Needs the scope `customer.chat.read` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// What [`Error`] lists for every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let unseen = client.get_unseen_chat_count().await?;
    /// let more = if unseen.more_than_count { "+" } else { "" };
    /// println!("{}{more} chats have something new", unseen.count);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_unseen_chat_count(&self) -> GetUnseenChatCount {
        GetUnseenChatCount {
            client: self.clone(),
            request: Request,
        }
    }
}

/// Counts the chats that have unseen messages; made by [`Client::get_unseen_chat_count`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetUnseenChatCount<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request;

impl_send!(GetUnseenChatCount -> UnseenChatCount);

impl request::Request for Request {
    type Response = UnseenChatCount;

    fn operation() -> &'static Operation {
        &GET_UNSEEN_CHAT_COUNT
    }

    async fn run(self, client: Client) -> Result<UnseenChatCount, Error> {
        let result = client.raw().get_unseen_chat_count().await;
        client
            .transport()
            .decode_response(&GET_UNSEEN_CHAT_COUNT, result)
    }
}
