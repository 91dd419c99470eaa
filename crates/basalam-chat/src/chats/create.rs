//! Request builder that creates a private chat.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::CREATE_CHAT;
use basalam_chat_api::types::CreateChatBody;
use secrecy::{ExposeSecret, SecretString};

use super::{Chat, HashId, UserId};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Creates the private chat with a user, or returns the existing one. The call is idempotent.
    ///
    /// `partner` is the user's [`UserId`] or [`HashId`].
    ///
    /// Requires the scope `customer.chat.write` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call, one with [`is_not_found`](Error::is_not_found) if the
    /// user does not exist (likely).
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
    #[doc(alias = "open_chat")]
    #[doc(alias = "start conversation")]
    #[doc(alias = "start_conversation")]
    #[doc(alias = "get_or_create")]
    pub fn create_chat(&self, partner: impl Into<ChatPartner>) -> CreateChat {
        CreateChat {
            client: self.clone(),
            request: CreateChatParams {
                partner: partner.into(),
                creation_tags: None,
                user_session: None,
                client_info: None,
            },
        }
    }
}

/// The other user of a private chat.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChatPartner {
    /// The user's id.
    User(UserId),
    /// The user's hash id.
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

/// Request builder that creates a private chat; returned by [`Client::create_chat`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateChat<C = Client> {
    pub(crate) client: C,
    pub(crate) request: CreateChatParams,
}

#[derive(Clone, Debug)]
pub(crate) struct CreateChatParams {
    partner: ChatPartner,
    creation_tags: Option<String>,
    user_session: Option<SecretString>,
    client_info: Option<String>,
}

impl<C> CreateChat<C> {
    /// Sets `X-Creation-Tags`, which the vendor documents for its own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn creation_tags(mut self, tags: impl Into<String>) -> Self {
        self.request.creation_tags = Some(tags.into());
        self
    }

    /// Sets `X-User-Session`, which the vendor documents for its own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn user_session(mut self, session: impl Into<String>) -> Self {
        self.request.user_session = Some(SecretString::from(session.into()));
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents for its own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.client_info = Some(client_info.into());
        self
    }
}

impl_send!(CreateChat -> Chat);

impl request::Request for CreateChatParams {
    type Response = Chat;

    fn operation() -> &'static Operation {
        &CREATE_CHAT
    }

    async fn run(self, client: Client) -> Result<Chat, Error> {
        let mut body = CreateChatBody::new();
        match self.partner {
            ChatPartner::User(user) => {
                request::check_id("partner", user.0)?;
                body.user_id = Some(user);
            }
            ChatPartner::Hash(hash) if hash.as_str().trim().is_empty() => {
                return Err(Error::invalid_input(
                    "partner",
                    "is an empty hash id",
                    "pass the user's hash id, or the user's id as a `UserId`",
                ));
            }
            ChatPartner::Hash(hash) => body.hash_id = Some(hash),
        }
        let user_session = self.user_session.as_ref().map(ExposeSecret::expose_secret);
        request::check_header("client_info", self.client_info.as_deref())?;
        request::check_header("creation_tags", self.creation_tags.as_deref())?;
        request::check_header("user_session", user_session)?;
        let result = client
            .raw()
            .create_chat(
                self.client_info.as_deref(),
                self.creation_tags.as_deref(),
                user_session,
                &body,
            )
            .await;
        let response = client.transport().decode_response(&CREATE_CHAT, result)?;
        // The contract does not promise `data`.
        response.data.ok_or_else(|| Error::missing_field("data"))
    }
}
