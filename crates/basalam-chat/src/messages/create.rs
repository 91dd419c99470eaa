//! Sending a message.

use std::fmt;
use std::future::IntoFuture;

use basalam_chat_api::operations::CREATE_MESSAGE;
use basalam_chat_api::types::{CreateMessageAnswer, CreateMessageBody};
use serde_json::Value;

use super::{Message, MessageId, NewButton, NewMessage};
use crate::request::RequestFuture;
use crate::{ChatId, Client, Error, transport};

impl Client {
    /// Sends a message to a chat.
    ///
    /// `message` is a text, or a [`NewMessage`] of another kind. The message that comes back is the
    /// one that the service stored.
    ///
    /// Needs the scope `customer.chat.write` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// Besides what [`Error`] lists for every call: [`is_invalid_input`](Error::is_invalid_input) for
    /// an empty text, [`is_not_found`](Error::is_not_found) for a chat that the token's user is not
    /// part of (likely). After a time-out, a broken connection or a failure of the service, the
    /// message may have been accepted; the client never sends it again on its own.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client, MessageId};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let sent = client.create_message(ChatId(183_583_802), "It was sent this morning.")
    ///     .reply_to(MessageId(1_231_237_861))
    ///     .await?;
    /// println!("sent as {}", sent.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_message(&self, chat: ChatId, message: impl Into<NewMessage>) -> CreateMessage {
        CreateMessage {
            client: self.clone(),
            chat,
            message: message.into(),
            reply_to: None,
            temp_id: None,
            metadata: None,
            inline_buttons: None,
            forward_from: None,
            headers: Headers::default(),
        }
    }
}

/// Sends a message; made by [`Client::create_message`].
#[derive(Clone)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateMessage {
    client: Client,
    chat: ChatId,
    message: NewMessage,
    reply_to: Option<MessageId>,
    temp_id: Option<i64>,
    metadata: Option<Value>,
    inline_buttons: Option<Vec<Vec<NewButton>>>,
    forward_from: Option<MessageId>,
    headers: Headers,
}

/// Headers that the vendor's own programs send.
#[derive(Clone, Default)]
struct Headers {
    user_agent: Option<String>,
    client_info: Option<String>,
    forwarded_for: Option<String>,
    real_ip: Option<String>,
}

impl CreateMessage {
    /// Makes the message a reply to another one of the chat.
    pub fn reply_to(mut self, message: MessageId) -> Self {
        self.reply_to = Some(message);
        self
    }

    /// Sets a number of your own, which the answer brings back.
    ///
    /// Unknown: whether the service takes a second message with the same number for the same message.
    pub fn temp_id(mut self, temp_id: i64) -> Self {
        self.temp_id = Some(temp_id);
        self
    }

    /// Keeps data of your own with the message: a JSON object, such as `json!({"ticket": 7})`.
    ///
    /// Likely: it comes back as the metadata of the message's content, as seen in Basalam's web
    /// application.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// Puts rows of buttons under the message.
    pub fn inline_buttons(mut self, rows: impl Into<Vec<Vec<NewButton>>>) -> Self {
        self.inline_buttons = Some(rows.into());
        self
    }

    /// Marks the message as forwarded from another one, from 1 to 2147483647.
    ///
    /// Likely the id of the original message, as Basalam's web application uses it.
    pub fn forward_from(mut self, message: MessageId) -> Self {
        self.forward_from = Some(message);
        self
    }

    /// Names another program than the client's own to the service, for this request.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.headers.user_agent = Some(user_agent.into());
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents as meant for its own programs.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.headers.client_info = Some(client_info.into());
        self
    }

    /// Sets `X-Forwarded-For`, for the vendor's own programs.
    pub fn forwarded_for(mut self, address: impl Into<String>) -> Self {
        self.headers.forwarded_for = Some(address.into());
        self
    }

    /// Sets `X-Real-IP`, for the vendor's own programs.
    pub fn real_ip(mut self, address: impl Into<String>) -> Self {
        self.headers.real_ip = Some(address.into());
        self
    }

    /// Sends the message; the same as `.await` on the builder.
    pub fn send(self) -> RequestFuture<Message> {
        RequestFuture::new(async move {
            let answer = self
                .call()
                .await
                .map_err(|error| error.of(&CREATE_MESSAGE))?;
            Ok(answer.data)
        })
    }

    async fn call(self) -> Result<CreateMessageAnswer, Error> {
        self.message.check()?;
        let headers = self.headers;
        let mut body: CreateMessageBody = self.message.into_body();
        body.replied_message_id = self.reply_to;
        body.temp_id = self.temp_id;
        body.inline_markup_button = self.inline_buttons;
        body.forward_from = self.forward_from;
        body.message_metadata = match self.metadata {
            None => None,
            Some(Value::Object(metadata)) => Some(metadata),
            Some(_) => {
                return Err(Error::invalid_input(
                    "metadata",
                    "is no JSON object",
                    "write `json!({ \"name\": value })`",
                ));
            }
        };
        let result = self
            .client
            .raw()
            .create_message(
                &self.chat,
                headers.user_agent.as_deref(),
                headers.client_info.as_deref(),
                headers.forwarded_for.as_deref(),
                headers.real_ip.as_deref(),
                &body,
            )
            .await;
        transport::outcome(&CREATE_MESSAGE, result)
    }
}

impl IntoFuture for CreateMessage {
    type Output = Result<Message, Error>;
    type IntoFuture = RequestFuture<Message>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

/// Shows where the message goes and of what type it is, and nothing that it says.
impl fmt::Debug for CreateMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateMessage")
            .field("chat", &self.chat)
            .field("message", &self.message)
            .field("reply_to", &self.reply_to)
            .field("temp_id", &self.temp_id)
            .field("forward_from", &self.forward_from)
            .finish_non_exhaustive()
    }
}
