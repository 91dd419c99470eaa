//! Request builder that sends a message.

use std::fmt;
use std::ops::Deref;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::CREATE_MESSAGE;
use basalam_chat_api::types::CreateMessageBody;
use serde::Serialize;
use serde_json::Value;

use super::call_start::CallStart;
use super::idempotency_key;
use super::{Message, MessageId, NewButton, NewMessage, UnconfirmedMessage};
use crate::random::random_hex;
use crate::request::{self, impl_send};
use crate::{ChatId, Client, Error};

/// The ids that `forward_from` accepts (certain, from the contract).
const FORWARD_FROM_IDS: std::ops::RangeInclusive<i64> = 1..=2_147_483_647;

impl Client {
    /// Sends a message to a chat.
    ///
    /// `message` is a string for a text message, or a [`NewMessage`] of another type. Returns the message as
    /// the service stored it.
    ///
    /// Requires the scope `customer.chat.write` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call: [`is_invalid_input`](Error::is_invalid_input) for an
    /// empty text or a message without the content that its type requires;
    /// [`is_not_found`](Error::is_not_found) if the token's user is not a member of the chat (likely).
    /// After a timeout, a broken connection, a server error or an invalid response, the message may have
    /// been accepted ([`Error::unconfirmed_message`]). The client then does not retry;
    /// [`find_sent_message`](Client::find_sent_message) finds out whether the message arrived.
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
    #[doc(alias = "send")]
    #[doc(alias = "send_message")]
    #[doc(alias = "send message")]
    #[doc(alias = "reply")]
    #[doc(alias = "answer")]
    pub fn create_message(&self, chat: ChatId, message: impl Into<NewMessage>) -> CreateMessage {
        CreateMessage {
            client: self.clone(),
            request: CreateMessageParams::new(chat, message.into()),
        }
    }
}

/// Request builder that sends a message; returned by [`Client::create_message`].
#[derive(Clone)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: CreateMessageParams,
}

#[derive(Clone)]
pub(crate) struct CreateMessageParams {
    chat: ChatId,
    message: NewMessage,
    reply_to: Option<MessageId>,
    temp_id: Option<i64>,
    metadata: Option<Value>,
    inline_buttons: Option<Vec<Vec<NewButton>>>,
    forward_from: Option<MessageId>,
    idempotency_key: Option<IdempotencyKey>,
    /// Boxed, since they are rarely set.
    headers: Option<Box<Headers>>,
}

#[derive(Clone)]
enum IdempotencyKey {
    /// A new one each time the request is sent.
    Random,
    Custom(String),
}

/// Headers for the vendor's own programs.
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
    #[doc(alias = "quote")]
    #[doc(alias = "answer")]
    pub fn reply_to(mut self, message: MessageId) -> Self {
        self.request.reply_to = Some(message);
        self
    }

    /// Sets a custom id, which the response returns.
    ///
    /// Unknown: whether the service treats a second message with the same id as a duplicate.
    pub fn temp_id(mut self, temp_id: i64) -> Self {
        self.request.temp_id = Some(temp_id);
        self
    }

    /// Stores custom data with the message: a JSON object, such as `json!({"ticket": 7})`.
    ///
    /// Likely: the service returns it as the metadata of the message's content, as seen in Basalam's web
    /// application.
    #[doc(alias = "message_metadata")]
    #[doc(alias = "custom data")]
    #[doc(alias = "custom_data")]
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.request.metadata = Some(metadata.into());
        self
    }

    /// Adds rows of buttons below the message: at least one row, and at least one button in each, with a label.
    #[doc(alias = "keyboard")]
    #[doc(alias = "reply_markup")]
    pub fn inline_buttons(mut self, rows: impl Into<Vec<Vec<NewButton>>>) -> Self {
        self.request.inline_buttons = Some(rows.into());
        self
    }

    /// Sets the id of the message that this one is forwarded from, from 1 to 2147483647.
    ///
    /// Likely: the id of the original message, as Basalam's web application uses it.
    pub fn forward_from(mut self, message: MessageId) -> Self {
        self.request.forward_from = Some(message);
        self
    }

    /// Adds a random idempotency key to the metadata, which identifies the message if its response is lost:
    /// see [`find_sent_message`](Client::find_sent_message).
    ///
    /// The property is called `basalam_chat_idempotency_key`, and its value differs each time the request is sent.
    /// Likely: all members of the chat can read it.
    ///
    /// Replaces a key that was set with [`idempotency_key`](CreateMessage::idempotency_key).
    pub fn random_idempotency_key(mut self) -> Self {
        self.request.idempotency_key = Some(IdempotencyKey::Random);
        self
    }

    /// Adds this idempotency key to the metadata, as the property `basalam_chat_idempotency_key`. It identifies the
    /// message: see [`find_sent_message`](Client::find_sent_message).
    ///
    /// `key` has 1 to 128 characters: ASCII letters, digits, `-`, `_`, `.`, `:` and `=`. Use the same key each time
    /// the same message is sent, and another one for every other message. The service does not deduplicate by it.
    /// Likely: all members of the chat can read it, and send messages with the same metadata; so choose a key
    /// that nobody can guess before the message is sent.
    ///
    /// # Errors
    ///
    /// Sending fails with [`is_invalid_input`](Error::is_invalid_input) if the key is invalid.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client};
    /// # async fn run(client: Client, chat: ChatId) -> Result<(), basalam_chat::Error> {
    /// client.create_message(chat, "Your parcel is on its way.")
    ///     .idempotency_key("parcel-4711-9f86d081884c7d659a2feaa0c55ad015")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deduplicate")]
    #[doc(alias = "exactly once")]
    #[doc(alias = "exactly_once")]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.request.idempotency_key = Some(IdempotencyKey::Custom(key.into()));
        self
    }

    /// Sets the `User-Agent` of this request, instead of the client's. Visible ASCII characters, spaces and tabs are accepted.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.request.headers().user_agent = Some(user_agent.into());
        self
    }

    /// Sets `X-Client-Info`, which the vendor documents for its own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn client_info(mut self, client_info: impl Into<String>) -> Self {
        self.request.headers().client_info = Some(client_info.into());
        self
    }

    /// Sets `X-Forwarded-For`, for the vendor's own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn forwarded_for(mut self, ip: impl Into<String>) -> Self {
        self.request.headers().forwarded_for = Some(ip.into());
        self
    }

    /// Sets `X-Real-IP`, for the vendor's own programs. Visible ASCII characters, spaces and
    /// tabs are accepted.
    pub fn real_ip(mut self, ip: impl Into<String>) -> Self {
        self.request.headers().real_ip = Some(ip.into());
        self
    }
}

impl_send!(CreateMessage -> SentMessage);

impl CreateMessageParams {
    fn new(chat: ChatId, message: NewMessage) -> CreateMessageParams {
        CreateMessageParams {
            chat,
            message,
            reply_to: None,
            temp_id: None,
            metadata: None,
            inline_buttons: None,
            forward_from: None,
            idempotency_key: None,
            headers: None,
        }
    }

    fn headers(&mut self) -> &mut Headers {
        self.headers.get_or_insert_default()
    }

    /// Validates the parameters and converts them to headers and a body.
    fn into_parts(self) -> Result<(Option<Box<Headers>>, CreateMessageBody), Error> {
        request::check_id("chat", self.chat.0)?;
        self.message.check(self.forward_from.is_some())?;
        if let Some(message) = self.reply_to {
            request::check_id("reply_to", message.0)?;
        }
        if self
            .forward_from
            .is_some_and(|id| !FORWARD_FROM_IDS.contains(&id.0))
        {
            return Err(Error::invalid_input(
                "forward_from",
                "is not a valid message id",
                "use an id from 1 to 2147483647",
            ));
        }
        if let Some(headers) = &self.headers {
            headers.check()?;
        }
        if let Some(rows) = &self.inline_buttons {
            check_buttons(rows)?;
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
                    "is not a JSON object",
                    "use an object such as `json!({ \"name\": value })`",
                ));
            }
        };
        Ok((self.headers, body))
    }
}

/// Rejects buttons that a chat cannot show.
fn check_buttons(rows: &[Vec<NewButton>]) -> Result<(), Error> {
    let problem = if rows.is_empty() {
        "is empty"
    } else if rows.iter().any(Vec::is_empty) {
        "has an empty row"
    } else if rows.iter().flatten().any(|it| it.label.trim().is_empty()) {
        "has a button with an empty label"
    } else {
        return Ok(());
    };
    let remedy = "add at least one button with a label to each row, or do not call the setter";
    Err(Error::invalid_input("inline_buttons", problem, remedy))
}

impl request::Request for CreateMessageParams {
    type Response = SentMessage;

    fn operation() -> &'static Operation {
        &CREATE_MESSAGE
    }

    async fn run(self, client: Client) -> Result<SentMessage, Error> {
        let chat = self.chat;
        let http = client.transport().http();
        let key = match &self.idempotency_key {
            None => None,
            Some(IdempotencyKey::Random) => Some(random_hex(http.random())),
            Some(IdempotencyKey::Custom(key)) => Some(key.clone()),
        };
        let (headers, mut body) = self.into_parts()?;
        if let Some(key) = &key {
            idempotency_key::insert(&mut body, key)?;
        }
        let header = |field: fn(&Headers) -> &Option<String>| {
            headers.as_ref().and_then(|it| field(it).as_deref())
        };
        let started_at = CallStart::now(http.clock());
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
        let response = client.transport().decode_response(&CREATE_MESSAGE, result);
        let response = response.map_err(|error| match error.may_have_succeeded() {
            true => error.with_attachment(UnconfirmedMessage::new(chat, &body, key, started_at)),
            false => error,
        })?;
        Ok(SentMessage {
            message: response.data,
            temp_id: response.temp_id,
        })
    }
}

/// A sent message, as the service stored it.
///
/// Dereferences to its [`Message`]: `sent.id` is the id of the message. It serializes as an object with the
/// fields `message`, as the service wrote it, and `temp_id`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// The message.
    pub message: Message,
    /// The id that was set with [`CreateMessage::temp_id`].
    pub temp_id: Option<i64>,
}

impl Deref for SentMessage {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

/// Omits the content, which is private.
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
