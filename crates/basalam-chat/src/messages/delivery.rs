//! Finding out whether a message was sent, where its answer is lost.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use basalam_chat_api::CivilTime;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_MESSAGES;
use basalam_chat_api::types::CreateMessageBody;

use super::{Message, MessageType};
use crate::request::{self, impl_send};
use crate::time::Clock;
use crate::{ChatId, Client, EntityId, Error, UserId};

impl Client {
    /// Looks whether a message arrived whose answer is lost, so that it need not be sent blindly again.
    ///
    /// `message` is what [`Error::unconfirmed_message`] gives. The messages of the chat are read from the
    /// newest back to those from before the call, 5,000 at most. A message that was sent as
    /// [`marked`](super::CreateMessage::random_idempotency_key) is recognised by its mark.
    ///
    /// After a time-out the service may still be at work: ask again after a while before relying on
    /// [`Delivery::NotFound`].
    ///
    /// # Errors
    ///
    /// Those of [`get_messages`](Client::get_messages) and of
    /// [`get_current_user`](Client::get_current_user).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client, Error};
    /// use basalam_chat::messages::Delivery;
    ///
    /// # async fn run(client: Client, chat: ChatId) -> Result<(), Error> {
    /// let request = client.create_message(chat, "Your parcel is on its way.").random_idempotency_key();
    /// if let Err(error) = request.clone().await {
    ///     let Some(message) = error.unconfirmed_message() else {
    ///         return Err(error);
    ///     };
    ///     // The service may be at work on it still.
    ///     tokio::time::sleep(std::time::Duration::from_secs(30)).await;
    ///     match client.find_sent_message(message).await? {
    ///         Delivery::Arrived(message) => println!("sent as {}", message.id),
    ///         Delivery::NotFound => println!("sent as {}", request.await?.id),
    ///         _ => println!("ask a person to look"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn find_sent_message(&self, message: &UnconfirmedMessage) -> FindSentMessage {
        FindSentMessage {
            client: self.clone(),
            request: Request {
                message: message.clone(),
            },
        }
    }
}

/// What became of a message whose answer is lost.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Delivery {
    /// The message is there: this is how the service stored it.
    Arrived(Box<Message>),
    /// No such message is there.
    NotFound,
    /// A message like it is there, and nothing tells whether it is the one: it was not marked, or the
    /// service does not give marks back; or there are too many messages to look through.
    Unknown,
}

/// A message that may have been sent, as far as it takes to find it; given by
/// [`Error::unconfirmed_message`].
#[derive(Clone)]
pub struct UnconfirmedMessage {
    chat: ChatId,
    message_type: MessageType,
    text: Option<String>,
    entity_id: Option<EntityId>,
    mark: Option<String>,
    began: Began,
}

/// When the call began, by both clocks: one may stand still while the computer sleeps, and the other may be
/// set.
#[derive(Clone, Copy)]
pub(super) struct Began {
    instant: Instant,
    system_time: SystemTime,
}

impl Began {
    pub(super) fn now(clock: &dyn Clock) -> Began {
        Began {
            instant: clock.instant(),
            system_time: clock.system_time(),
        }
    }

    /// How long ago that was, at most.
    fn passed(self, clock: &dyn Clock) -> Duration {
        let now = Began::now(clock);
        let by_instant = now.instant.saturating_duration_since(self.instant);
        let by_time = now.system_time.duration_since(self.system_time);
        by_instant.max(by_time.unwrap_or_default())
    }
}

/// The name of the mark among a message's metadata.
const MARK: &str = "basalam_chat_mark";

/// How many messages are looked through.
const MOST: usize = 5_000;

/// How many messages are asked for at once.
const PAGE: u32 = 100;

/// How far the service's clocks may be apart from one another.
const SLACK: Duration = Duration::from_secs(120);

impl UnconfirmedMessage {
    pub(super) fn new(
        chat: ChatId,
        body: &CreateMessageBody,
        mark: Option<String>,
        began: Began,
    ) -> UnconfirmedMessage {
        let content = body.content.as_ref();
        UnconfirmedMessage {
            chat,
            message_type: body.message_type.clone(),
            text: content.and_then(|content| content.text.clone()),
            entity_id: content.and_then(|content| content.entity_id),
            mark,
            began,
        }
    }

    /// The chat that it was sent to.
    pub fn chat(&self) -> ChatId {
        self.chat
    }

    /// Whether it carries a mark, so that looking for it can be certain.
    pub fn is_marked(&self) -> bool {
        self.mark.is_some()
    }

    fn judge(&self, message: &Message, own: UserId) -> Verdict {
        let mark = message.content.metadata.as_ref();
        let mark = mark.and_then(|metadata| metadata.get(MARK)?.as_str());
        match (&self.mark, mark) {
            (Some(own), Some(theirs)) if own == theirs => return Verdict::Same,
            // Each sending has a mark of its own.
            (_, Some(_)) => return Verdict::Other,
            _ => {}
        }
        // A message that does not name its sender may be anybody's.
        let may_be_own = message.sender_id().is_none_or(|sender| sender == own);
        match may_be_own && self.is_like(message) {
            true => Verdict::Alike,
            false => Verdict::Other,
        }
    }

    /// Whether a message says the same, as far as can be told.
    fn is_like(&self, message: &Message) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        if !text.trim().is_empty() {
            return says(text) == says(message.content.text.as_deref().unwrap_or_default());
        }
        match (self.entity_id, message.content.entity_id) {
            (Some(own), Some(theirs)) => own == theirs,
            // Of files and the like nothing that comes back is certain.
            _ => true,
        }
    }
}

/// The letters and digits of a text, since the service may change spaces, signs and the two ways to write
/// some Persian letters; the text itself where it has none.
fn says(text: &str) -> String {
    let letters = text.chars().filter(|it| it.is_alphanumeric());
    let folded: String = letters
        .map(|letter| match letter {
            'ي' | 'ى' => 'ی',
            'ك' => 'ک',
            other => other,
        })
        .collect();
    match folded.is_empty() {
        true => text.trim().to_owned(),
        false => folded,
    }
}

/// What a message of the chat is to the one that is looked for.
enum Verdict {
    Same,
    Alike,
    Other,
}

/// Adds a mark to the metadata of a message.
pub(super) fn mark(body: &mut CreateMessageBody, mark: &str) {
    let metadata = body.message_metadata.get_or_insert_default();
    metadata.insert(MARK.to_owned(), mark.into());
}

/// Looks for a message that may have been sent; made by [`Client::find_sent_message`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct FindSentMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    message: UnconfirmedMessage,
}

impl_send!(FindSentMessage -> Delivery);

impl request::Request for Request {
    type Response = Delivery;

    fn operation() -> &'static Operation {
        &GET_MESSAGES
    }

    async fn run(self, client: Client) -> Result<Delivery, Error> {
        let Request { message: wanted } = self;
        let own = client.current_user_id().await?;
        let passed = wanted.began.passed(client.transport().http().clock());
        let passed = passed.saturating_add(SLACK);
        let mut messages = client
            .get_messages(wanted.chat)
            .limit(PAGE)
            .read_ahead(false)
            .stream();
        // Times have no zone that is known, so they are compared with one another: whatever is older than
        // the newest by more than has passed since the call is from before the call.
        let mut oldest: Option<CivilTime> = None;
        let mut is_alike = false;
        let mut seen = 0;
        let mut older = 0;
        while let Some(message) = messages.try_next().await? {
            let time = CivilTime::of(&message.created_at);
            match (oldest, time) {
                (None, Some(newest)) => oldest = Some(newest.saturating_sub(passed)),
                (Some(oldest), Some(time)) if time < oldest => older += 1,
                _ => older = 0,
            }
            match wanted.judge(&message, own) {
                Verdict::Same => return Ok(Delivery::Arrived(Box::new(message))),
                // What is from before the call is not it.
                Verdict::Alike => is_alike |= older == 0,
                Verdict::Other => {}
            }
            // One time alone may be odd, and a mark is certain wherever it is.
            if older == PAGE {
                break;
            }
            seen += 1;
            if seen == MOST {
                return Ok(Delivery::Unknown);
            }
        }
        Ok(match is_alike {
            true => Delivery::Unknown,
            false => Delivery::NotFound,
        })
    }
}

/// Shows where the message went, and nothing that it says.
impl fmt::Debug for UnconfirmedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnconfirmedMessage")
            .field("chat", &self.chat)
            .field("message_type", &self.message_type)
            .field("is_marked", &self.is_marked())
            .finish_non_exhaustive()
    }
}
