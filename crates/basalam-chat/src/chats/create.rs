//! Opening a private chat.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::CREATE_CHAT;
use basalam_chat_api::types::CreateChatBody;

use secrecy::{ExposeSecret, SecretString};

use super::{Chat, HashId, UserId};
use crate::request::{self, impl_send};
use crate::{Client, Error};

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
            request: Request::new(partner.into()),
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
pub struct CreateChat<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    partner: ChatPartner,
    creation_tags: Option<String>,
    user_session: Option<SecretString>,
    client_info: Option<String>,
}

impl<C> CreateChat<C> {
    /// Sets `X-Creation-Tags`, which the vendor documents as meant for its own programs.
    pub fn creation_tags(mut self, tags: impl Into<String>) -> Self {
        self.request.creation_tags = Some(tags.into());
        self
    }

    /// Sets `X-User-Session`, which the vendor documents as meant for its own programs.
    pub fn user_session(mut self, session: impl Into<String>) -> Self {
        self.request.user_session = Some(SecretString::from(session.into()));
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents as meant for its own programs.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.client_info = Some(client_info.into());
        self
    }
}

impl_send!(CreateChat -> Chat);

impl Request {
    pub(crate) fn new(partner: ChatPartner) -> Request {
        Request {
            partner,
            creation_tags: None,
            user_session: None,
            client_info: None,
        }
    }
}

impl request::Request for Request {
    type Response = Chat;

    fn operation() -> &'static Operation {
        &CREATE_CHAT
    }

    async fn run(self, client: Client) -> Result<Chat, Error> {
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
        // The contract does not promise `data`; without it there is no chat to give.
        client
            .transport()
            .decode_response(&CREATE_CHAT, result)?
            .data
            .ok_or_else(|| Error::missing_field("data"))
    }
}
