//! The id of the token's user, and which messages they sent.

use basalam_chat_api::newtypes::UserId;
use basalam_chat_api::types::Message;

use crate::{Client, Error};

impl Client {
    /// Returns the id of the token's user.
    ///
    /// The first call fetches it with [`get_current_user`](Client::get_current_user); clones of the client
    /// and concurrent calls share the result. An error is not cached.
    ///
    /// # Errors
    ///
    /// The errors of [`get_current_user`](Client::get_current_user).
    pub async fn current_user_id(&self) -> Result<UserId, Error> {
        let fetch = || async { Ok(self.get_current_user().await?.id) };
        self.current_user().get_or_try_init(fetch).await.copied()
    }

    /// Returns `true` if the token's user sent a message.
    ///
    /// A message has no field for this (certain), so the sender's id is compared with
    /// [`current_user_id`](Client::current_user_id). The result is `false` for a message
    /// without a sender.
    ///
    /// # Errors
    ///
    /// The errors of [`get_current_user`](Client::get_current_user).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// for message in &client.get_messages(ChatId(183_583_802)).await? {
    ///     if !client.is_mine(message).await? {
    ///         println!("to answer: {}", message.id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "own message")]
    #[doc(alias = "own_message")]
    #[doc(alias = "is_own")]
    #[doc(alias = "from_me")]
    pub async fn is_mine(&self, message: &Message) -> Result<bool, Error> {
        Ok(message.is_from(self.current_user_id().await?))
    }
}
