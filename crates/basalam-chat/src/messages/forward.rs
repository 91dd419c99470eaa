//! Request builder that forwards messages.

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
    /// `messages` are their ids, at least one; duplicates are sent once. They are sent in ascending order,
    /// as Basalam's web application does, so they likely arrive in their original order. A list longer than
    /// [`MAX_PER_CALL`](ForwardMessage::MAX_PER_CALL) is split into several calls, which are sent one after
    /// the other. The returned report lists them.
    ///
    /// The service forwards the messages after it has responded, and does not return the ids of the new
    /// ones (certain, from the contract). Likely requires the scope `customer.chat.write`: nothing states
    /// it.
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call: [`is_invalid_input`](Error::is_invalid_input) for an
    /// empty list, and [`is_unsuccessful`](Error::is_unsuccessful) if the service reports that it did not
    /// accept a call. After a failed call, the rest is not sent, and [`batch`](Error::batch) reports the
    /// outcome per id. The client does not retry a call that may have succeeded: the chat would show the
    /// messages twice.
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
            request: ForwardMessageParams {
                messages: messages.into_iter().collect(),
                chat,
                user_agent: None,
                client_info: None,
            },
        }
    }
}

/// Request builder that forwards messages; returned by [`Client::forward_message`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ForwardMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: ForwardMessageParams,
}

impl ForwardMessage {
    /// Maximum number of messages in one call (certain, from the contract).
    pub const MAX_PER_CALL: usize = 26;
}

#[derive(Clone, Debug)]
pub(crate) struct ForwardMessageParams {
    messages: Vec<MessageId>,
    chat: ChatId,
    user_agent: Option<String>,
    client_info: Option<String>,
}

impl<C> ForwardMessage<C> {
    /// Sets the `User-Agent` of this request, instead of the client's. Visible ASCII characters, spaces and tabs are accepted.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.request.user_agent = Some(user_agent.into());
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents for its own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.client_info = Some(client_info.into());
        self
    }
}

impl_send!(ForwardMessage -> BatchReport<MessageId>);

impl request::Request for ForwardMessageParams {
    type Response = BatchReport<MessageId>;

    fn operation() -> &'static Operation {
        &FORWARD_MESSAGE
    }

    async fn run(self, client: Client) -> Result<BatchReport<MessageId>, Error> {
        request::check_header("user_agent", self.user_agent.as_deref())?;
        request::check_header("client_info", self.client_info.as_deref())?;
        request::check_id("chat", self.chat.0)?;
        let mut messages = batch::unique_ids("messages", self.messages)?;
        messages.sort_unstable();
        let user_agent = self.user_agent.as_deref();
        let client_info = self.client_info.as_deref();
        batch::run(&messages, ForwardMessage::MAX_PER_CALL, |ids| async {
            let body = ForwardMessageBody::new(vec![self.chat], ids);
            let raw = client.raw();
            let result = raw.forward_message(user_agent, client_info, &body).await;
            let response = client
                .transport()
                .decode_response(&FORWARD_MESSAGE, result)?;
            Ok(response.data.unwrap_or(true))
        })
        .await
    }
}
