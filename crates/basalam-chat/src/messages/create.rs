//! Sending a message.

use std::fmt;
use std::ops::Deref;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::CREATE_MESSAGE;
use basalam_chat_api::types::CreateMessageBody;
use serde_json::Value;

use super::delivery::{self, Began, UnconfirmedMessage};
use super::{Message, MessageId, NewButton, NewMessage};
use crate::random::random_hex;
use crate::request::{self, impl_send};
use crate::{ChatId, Client, Error};

/// Certain, from the contract: the ids that can be forwarded from.
const FORWARDED: std::ops::RangeInclusive<i64> = 1..=2_147_483_647;

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
    /// an empty text, or a message without what its type shows;
    /// [`is_not_found`](Error::is_not_found) for a chat that the token's user is not part of
    /// (likely). After a time-out, a broken connection, a failure of the service or an answer that cannot
    /// be read, the message may have been accepted ([`Error::unconfirmed_message`]); the client never sends
    /// it again on its own, and can look for it:
    /// [`find_sent_message`](Client::find_sent_message).
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
            request: Request::new(chat, message.into()),
        }
    }
}

/// Sends a message; made by [`Client::create_message`].
#[derive(Clone)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone)]
pub(crate) struct Request {
    chat: ChatId,
    message: NewMessage,
    reply_to: Option<MessageId>,
    temp_id: Option<i64>,
    metadata: Option<Value>,
    inline_buttons: Option<Vec<Vec<NewButton>>>,
    forward_from: Option<MessageId>,
    is_marked: bool,
    /// In a box, since hardly anybody sets them.
    headers: Option<Box<Headers>>,
}

/// Headers that the vendor's own programs send.
#[derive(Clone, Default)]
struct Headers {
    user_agent: Option<String>,
    client_info: Option<String>,
    forwarded_for: Option<String>,
    real_ip: Option<String>,
}

impl Headers {
    fn check(&self) -> Result<(), Error> {
        request::check_header("user_agent", self.user_agent.as_deref())?;
        request::check_header("client_info", self.client_info.as_deref())?;
        request::check_header("forwarded_for", self.forwarded_for.as_deref())?;
        request::check_header("real_ip", self.real_ip.as_deref())
    }
}

impl<C> CreateMessage<C> {
    /// Makes the message a reply to another one of the chat.
    pub fn reply_to(mut self, message: MessageId) -> Self {
        self.request.reply_to = Some(message);
        self
    }

    /// Sets a number of your own, which the answer brings back.
    ///
    /// Unknown: whether the service takes a second message with the same number for the same message.
    pub fn temp_id(mut self, temp_id: i64) -> Self {
        self.request.temp_id = Some(temp_id);
        self
    }

    /// Keeps data of your own with the message: a JSON object, such as `json!({"ticket": 7})`.
    ///
    /// Likely: it comes back as the metadata of the message's content, as seen in Basalam's web
    /// application.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.request.metadata = Some(metadata.into());
        self
    }

    /// Puts rows of buttons under the message.
    pub fn inline_buttons(mut self, rows: impl Into<Vec<Vec<NewButton>>>) -> Self {
        self.request.inline_buttons = Some(rows.into());
        self
    }

    /// Marks the message as forwarded from another one, from 1 to 2147483647.
    ///
    /// Likely the id of the original message, as Basalam's web application uses it.
    pub fn forward_from(mut self, message: MessageId) -> Self {
        self.request.forward_from = Some(message);
        self
    }

    /// Marks the message with a random text among its metadata, by which it is found with certainty where
    /// the answer to it is lost: see [`find_sent_message`](Client::find_sent_message).
    ///
    /// The mark is called `basalam_chat_mark` and is another one each time the request is sent. Likely:
    /// whoever reads the message can see it.
    pub fn random_idempotency_key(mut self) -> Self {
        self.request.is_marked = true;
        self
    }

    /// Names another program than the client's own to the service, for this request.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.request.headers().user_agent = Some(user_agent.into());
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents as meant for its own programs.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.headers().client_info = Some(client_info.into());
        self
    }

    /// Sets `X-Forwarded-For`, for the vendor's own programs.
    pub fn forwarded_for(mut self, address: impl Into<String>) -> Self {
        self.request.headers().forwarded_for = Some(address.into());
        self
    }

    /// Sets `X-Real-IP`, for the vendor's own programs.
    pub fn real_ip(mut self, address: impl Into<String>) -> Self {
        self.request.headers().real_ip = Some(address.into());
        self
    }
}

impl_send!(CreateMessage -> SentMessage);

impl Request {
    pub(crate) fn new(chat: ChatId, message: NewMessage) -> Request {
        Request {
            chat,
            message,
            reply_to: None,
            temp_id: None,
            metadata: None,
            inline_buttons: None,
            forward_from: None,
            is_marked: false,
            headers: None,
        }
    }

    fn headers(&mut self) -> &mut Headers {
        self.headers.get_or_insert_default()
    }

    /// Checks the arguments, and makes what is sent of them.
    fn parts(self) -> Result<(Option<Box<Headers>>, CreateMessageBody), Error> {
        self.message.check(self.forward_from.is_some())?;
        if self
            .forward_from
            .is_some_and(|id| !FORWARDED.contains(&id.0))
        {
            return Err(Error::invalid_input(
                "forward_from",
                "is no id that a message has",
                "give one from 1 to 2147483647",
            ));
        }
        if let Some(headers) = &self.headers {
            headers.check()?;
        }
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
        Ok((self.headers, body))
    }
}

impl request::Request for Request {
    type Response = SentMessage;

    fn operation() -> &'static Operation {
        &CREATE_MESSAGE
    }

    async fn run(self, client: Client) -> Result<SentMessage, Error> {
        let chat = self.chat;
        let wire = client.transport().http();
        let mark = self.is_marked.then(|| random_hex(wire.random()));
        let (headers, mut body) = self.parts()?;
        if let Some(mark) = &mark {
            delivery::mark(&mut body, mark);
        }
        let header = |one: fn(&Headers) -> &Option<String>| {
            headers.as_ref().and_then(|it| one(it).as_deref())
        };
        let began = Began::now(wire.clock());
        let result = client
            .raw()
            .create_message(
                &chat,
                header(|it| &it.user_agent),
                header(|it| &it.client_info),
                header(|it| &it.forwarded_for),
                header(|it| &it.real_ip),
                &body,
            )
            .await;
        let answer = client.transport().decode_response(&CREATE_MESSAGE, result);
        let answer = answer.map_err(|error| match error.may_have_succeeded() {
            true => error.leaving(UnconfirmedMessage::new(chat, &body, mark, began)),
            false => error,
        })?;
        Ok(SentMessage {
            message: answer.data,
            temp_id: answer.temp_id,
        })
    }
}

/// A message that was sent, as the service stored it.
///
/// Reads like the [`Message`] that it holds: `sent.id` is the id of the message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SentMessage {
    /// The message.
    pub message: Message,
    /// The number that was set with [`CreateMessage::temp_id`].
    pub temp_id: Option<i64>,
}

impl Deref for SentMessage {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

/// Shows where the message goes and of what type it is, and nothing that it says.
impl<C> fmt::Debug for CreateMessage<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateMessage")
            .field("chat", &self.request.chat)
            .field("message", &self.request.message)
            .field("reply_to", &self.request.reply_to)
            .field("temp_id", &self.request.temp_id)
            .field("forward_from", &self.request.forward_from)
            .finish_non_exhaustive()
    }
}
