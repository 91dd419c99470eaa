//! Request builder that counts the chats with unseen messages.

use basalam_chat_api::operations::GET_UNSEEN_CHAT_COUNT;

use super::UnseenChatCount;
use crate::Client;
use crate::request::plain_request;

impl Client {
    /// Returns the number of chats (not messages) with unseen messages.
    ///
    /// Likely, from its name: if `more_than_count` is `true`, there are more chats than `count`, because
    /// the service stops counting at a limit. Unknown: that limit.
    ///
    /// Certain: the service has no operation that marks messages or chats as read. Unknown: whether listing the
    /// messages of a chat does.
    ///
    /// Requires the scope `customer.chat.read` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// Fails only with the [errors](crate::Error) of every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let unseen = client.get_unseen_chat_count().await?;
    /// let more = if unseen.more_than_count { "+" } else { "" };
    /// println!("{}{more} chats with unseen messages", unseen.count);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "mark as read")]
    #[doc(alias = "mark_as_read")]
    #[doc(alias = "unread")]
    pub fn get_unseen_chat_count(&self) -> GetUnseenChatCount {
        GetUnseenChatCount {
            client: self.clone(),
            request: GetUnseenChatCountParams {},
        }
    }
}

plain_request! {
    /// Request builder that counts the chats with unseen messages; returned by
    /// [`Client::get_unseen_chat_count`].
    pub struct GetUnseenChatCount -> UnseenChatCount;
    struct GetUnseenChatCountParams {}
    GET_UNSEEN_CHAT_COUNT => |client, _params| {
        let result = client.raw().get_unseen_chat_count().await;
        client.transport().decode_response(&GET_UNSEEN_CHAT_COUNT, result)
    }
}
