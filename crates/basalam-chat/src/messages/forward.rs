//! Forwarding messages.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::FORWARD_MESSAGE;
use basalam_chat_api::types::ForwardMessageBody;

use super::MessageId;
use crate::batch::{self, BatchReport};
use crate::request::{self, impl_send};
use crate::{ChatId, Client, Error};

impl Client {
    /// Forwards messages to a chat.
    ///
    /// `messages` are their ids, at least one. They are sent in ascending order, as Basalam's web
    /// application does, so that they likely arrive in their old order; an id that is given twice is
    /// sent once. More than [`MAX_PER_CALL`](ForwardMessage::MAX_PER_CALL) are sent in several calls,
    /// one after the other. The answer says which call carried which ids.
    ///
    /// The service forwards after it has answered, and names none of the new messages (certain, from
    /// the contract). Likely needs the scope `customer.chat.write`: nothing states it.
    ///
    /// # Errors
    ///
    /// Besides what [`Error`] lists for every call: [`is_invalid_input`](Error::is_invalid_input) for an
    /// empty list, [`is_unsuccessful`](Error::is_unsuccessful) where the service answers that it did not
    /// accept a call. After a call that fails, the rest is not sent, and
    /// [`batch`](Error::batch) says what became of which ids. The client sends nothing again on its own
    /// that may have been done: forwarding twice shows the messages twice.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client, MessageId};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let messages = [MessageId(1_231_237_861), MessageId(1_231_237_862)];
    /// client.forward_message(messages, ChatId(183_583_802)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn forward_message(
        &self,
        messages: impl IntoIterator<Item = MessageId>,
        chat: ChatId,
    ) -> ForwardMessage {
        ForwardMessage {
            client: self.clone(),
            request: Request::new(messages.into_iter().collect(), chat),
        }
    }
}

/// Forwards messages; made by [`Client::forward_message`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ForwardMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

impl ForwardMessage {
    /// How many messages the contract allows in one call (certain).
    pub const MAX_PER_CALL: usize = 26;
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    messages: Vec<MessageId>,
    chat: ChatId,
    user_agent: Option<String>,
    client_info: Option<String>,
}

impl<C> ForwardMessage<C> {
    /// Names another program than the client's own to the service, for this request.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.request.user_agent = Some(user_agent.into());
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents as meant for its own programs.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.client_info = Some(client_info.into());
        self
    }
}

impl_send!(ForwardMessage -> BatchReport<MessageId>);

impl Request {
    pub(crate) fn new(messages: Vec<MessageId>, chat: ChatId) -> Request {
        Request {
            messages,
            chat,
            user_agent: None,
            client_info: None,
        }
    }
}

impl request::Request for Request {
    type Response = BatchReport<MessageId>;

    fn operation() -> &'static Operation {
        &FORWARD_MESSAGE
    }

    async fn run(self, client: Client) -> Result<BatchReport<MessageId>, Error> {
        request::check_header("user_agent", self.user_agent.as_deref())?;
        request::check_header("client_info", self.client_info.as_deref())?;
        let mut messages = batch::check("messages", self.messages)?;
        messages.sort_unstable();
        let user_agent = self.user_agent.as_deref();
        let client_info = self.client_info.as_deref();
        batch::run(&messages, ForwardMessage::MAX_PER_CALL, |ids| async {
            let body = ForwardMessageBody::new(vec![self.chat], ids);
            let raw = client.raw();
            let result = raw.forward_message(user_agent, client_info, &body).await;
            Ok(client
                .transport()
                .decode_response(&FORWARD_MESSAGE, result)?
                .data)
        })
        .await
    }
}
