//! Which messages are one's own.

use tokio::sync::OnceCell;

use super::UserId;
use crate::messages::Message;
use crate::{Client, Error};

/// The user that the token belongs to, once somebody has asked.
#[derive(Debug, Default)]
pub(crate) struct OwnId(OnceCell<UserId>);

impl Client {
    /// Tells the id of the user that the token belongs to.
    ///
    /// It asks the service ([`get_current_user`](Client::get_current_user)) the first time, once for
    /// all clones of the client, however many wait for it; a failure is not remembered.
    ///
    /// # Errors
    ///
    /// Those of [`get_current_user`](Client::get_current_user).
    pub async fn current_user_id(&self) -> Result<UserId, Error> {
        let ask = || async { Ok(self.get_current_user().await?.id) };
        self.own_id().0.get_or_try_init(ask).await.copied()
    }

    /// Whether the user that the token belongs to has sent a message.
    ///
    /// Nothing in a message says so (certain), so the sender's id is compared with that of the current
    /// user, as [`current_user_id`](Client::current_user_id) gives it. A message that does not name its
    /// sender counts as somebody else's.
    ///
    /// # Errors
    ///
    /// Those of [`get_current_user`](Client::get_current_user).
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
    pub async fn is_mine(&self, message: &Message) -> Result<bool, Error> {
        Ok(message.is_from(self.current_user_id().await?))
    }
}
