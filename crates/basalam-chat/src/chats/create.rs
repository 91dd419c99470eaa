//! Opening a private chat.

use std::future::IntoFuture;

use basalam_chat_api::operations::CREATE_CHAT;
use basalam_chat_api::types::CreateChatBody;

use super::{Chat, HashId, UserId};
use crate::request::RequestFuture;
use crate::{Client, Error, transport};

impl Client {
    /// Opens the private chat with a user, or finds the one that is there already.
    ///
    /// `partner` is the user's [`UserId`] or [`HashId`]. Repeating the call does no harm.
    ///
    /// Needs the scope `customer.chat.write` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// What [`Error`] lists for every call; [`is_not_found`](Error::is_not_found) for a user who does
    /// not exist (likely).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, HashId, UserId};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let chat = client.create_chat(UserId(123)).await?;
    /// let same = client.create_chat(HashId::from("d4kW9")).await?;
    /// # let _ = (chat, same);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_chat(&self, partner: impl Into<ChatPartner>) -> CreateChat {
        CreateChat {
            client: self.clone(),
            partner: partner.into(),
            creation_tags: None,
            user_session: None,
            client_info: None,
        }
    }
}

/// The user on the other side of a private chat.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChatPartner {
    /// By number.
    User(UserId),
    /// By hash id.
    Hash(HashId),
}

impl From<UserId> for ChatPartner {
    fn from(user: UserId) -> ChatPartner {
        ChatPartner::User(user)
    }
}

impl From<HashId> for ChatPartner {
    fn from(hash: HashId) -> ChatPartner {
        ChatPartner::Hash(hash)
    }
}

/// Opens a private chat; made by [`Client::create_chat`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateChat {
    client: Client,
    partner: ChatPartner,
    creation_tags: Option<String>,
    user_session: Option<String>,
    client_info: Option<String>,
}

impl CreateChat {
    /// Sets `X-Creation-Tags`, which the vendor documents as meant for its own programs.
    pub fn creation_tags(mut self, tags: impl Into<String>) -> Self {
        self.creation_tags = Some(tags.into());
        self
    }

    /// Sets `X-User-Session`, which the vendor documents as meant for its own programs.
    pub fn user_session(mut self, session: impl Into<String>) -> Self {
        self.user_session = Some(session.into());
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents as meant for its own programs.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.client_info = Some(client_info.into());
        self
    }

    /// Opens the chat; the same as `.await` on the builder.
    pub fn send(self) -> RequestFuture<Chat> {
        RequestFuture::new(async move { self.call().await.map_err(|error| error.of(&CREATE_CHAT)) })
    }

    async fn call(self) -> Result<Chat, Error> {
        let mut body = CreateChatBody::new();
        match self.partner {
            ChatPartner::User(user) => body.user_id = Some(user),
            ChatPartner::Hash(hash) if hash.as_str().is_empty() => {
                return Err(Error::invalid_input(
                    "partner",
                    "is an empty hash id",
                    "give the user's hash id, or the user's number as a `UserId`",
                ));
            }
            ChatPartner::Hash(hash) => body.hash_id = Some(hash),
        }
        let result = self
            .client
            .raw()
            .create_chat(
                self.client_info.as_deref(),
                self.creation_tags.as_deref(),
                self.user_session.as_deref(),
                &body,
            )
            .await;
        // The contract does not promise `data`; without it there is no chat to give.
        transport::outcome(&CREATE_CHAT, result)?
            .data
            .ok_or_else(|| Error::missing("data"))
    }
}

impl IntoFuture for CreateChat {
    type Output = Result<Chat, Error>;
    type IntoFuture = RequestFuture<Chat>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}
