//! Request builder that looks for a message whose response was lost.

use std::time::Duration;

use basalam_chat_api::CivilTime;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_MESSAGES;

use serde::Serialize;

use super::Message;
use super::page::PAGE_SIZE;
use super::unconfirmed::{Match, UnconfirmedMessage};
use crate::request::{self, impl_send};
use crate::{Client, Error, UserId};

/// Maximum number of messages to compare.
const MAX_SCANNED: usize = 5_000;

impl Client {
    /// Finds out whether a message arrived whose response was lost, so that it is not sent twice.
    ///
    /// `message` comes from [`Error::unconfirmed_message`]. The search reads the messages of the chat from
    /// the newest back to those from before the call, at most 5,000. A message with an
    /// [idempotency key](super::CreateMessage::idempotency_key) is identified by that key.
    ///
    /// Texts prove nothing: the service may change them, and two messages can have the same text. So any
    /// other message from the time of the call that the user may have sent leads to [`Delivery::Unknown`],
    /// unless it has an idempotency key too. If every message of a login is sent with a key, that happens only
    /// if the service does not return the keys, or the user also writes in another program.
    ///
    /// The result is certain if the clock of this computer is right to within half a day.
    ///
    /// After a timeout the service may still be processing the message: call this again after a while before
    /// relying on [`Delivery::NotFound`].
    ///
    /// # Errors
    ///
    /// Any error of [`get_messages`](Client::get_messages) and
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
    ///     // The service may still be processing the message.
    ///     tokio::time::sleep(std::time::Duration::from_secs(30)).await;
    ///     match client.find_sent_message(message).await? {
    ///         Delivery::Arrived(message) => println!("sent as {}", message.id),
    ///         Delivery::NotFound => println!("sent as {}", request.await?.id),
    ///         _ => println!("check the chat before sending again"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "duplicate")]
    #[doc(alias = "exactly once")]
    #[doc(alias = "exactly_once")]
    #[doc(alias = "deduplicate")]
    pub fn find_sent_message(&self, message: &UnconfirmedMessage) -> FindSentMessage {
        FindSentMessage {
            client: self.clone(),
            request: FindSentMessageParams {
                message: message.clone(),
            },
        }
    }
}

/// The result of looking for a message whose response was lost.
///
/// It serializes as `{"arrived": …}` with the message, `"not_found"` or `"unknown"`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Delivery {
    /// The message arrived. This is the message as the service stored it.
    Arrived(Box<Message>),
    /// The chat has no such message: from the time of the call on, it has none that the user may have sent,
    /// other than those with another idempotency key.
    NotFound,
    /// The chat has a message that may be this one or another: the user may have sent it at the time of the
    /// call or later, and it has no idempotency key. Or the chat has too many messages to compare.
    /// [`UnconfirmedMessage::resembles`] compares the contents.
    Unknown,
}

/// Request builder that looks for a message that may have been sent; returned by
/// [`Client::find_sent_message`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct FindSentMessage<C = Client> {
    pub(crate) client: C,
    pub(crate) request: FindSentMessageParams,
}

#[derive(Clone, Debug)]
pub(crate) struct FindSentMessageParams {
    message: UnconfirmedMessage,
}

impl_send!(FindSentMessage -> Delivery);

impl request::Request for FindSentMessageParams {
    type Response = Delivery;

    fn operation() -> &'static Operation {
        &GET_MESSAGES
    }

    async fn run(self, client: Client) -> Result<Delivery, Error> {
        let user = client.current_user_id().await?;
        let elapsed = self.message.max_elapsed(client.transport().http().clock());
        let mut pages = client
            .get_messages(self.message.chat())
            .limit(PAGE_SIZE)
            .read_ahead(false)
            .pages();
        let mut search = Search {
            message: self.message,
            user,
            elapsed,
            earliest: None,
            older_in_a_row: 0,
            scanned: 0,
            has_possible_match: false,
        };
        while let Some(page) = pages.try_next().await? {
            // An unreadable message may be the one.
            search.has_possible_match |= !page.unreadable().is_empty();
            for message in page {
                if let Some(delivery) = search.visit(message) {
                    return Ok(delivery);
                }
            }
        }
        Ok(search.result())
    }
}

/// The state of a search through the messages of a chat, from the newest to older ones.
struct Search {
    message: UnconfirmedMessage,
    user: UserId,
    /// The maximum time since the call started.
    elapsed: Duration,
    /// The time before which a message is from before the call. The time zone of the service is unknown, so
    /// times are only compared with one another: a message that is older than the newest by more than the
    /// elapsed time is from before the call.
    earliest: Option<CivilTime>,
    older_in_a_row: u32,
    scanned: usize,
    has_possible_match: bool,
}

impl Search {
    /// Compares the next message. Returns a result if the search ends here.
    fn visit(&mut self, message: Message) -> Option<Delivery> {
        let is_older = self.is_from_before(&message);
        self.older_in_a_row = match is_older {
            true => self.older_in_a_row + 1,
            false => 0,
        };
        match self.message.compare(&message, self.user) {
            Match::Exact => return Some(Delivery::Arrived(Box::new(message))),
            Match::Possible => self.has_possible_match |= !is_older,
            Match::None => {}
        }
        self.scanned += 1;
        // A single time may be wrong, and an idempotency key is a match at any time.
        if self.older_in_a_row == PAGE_SIZE {
            return Some(self.result());
        }
        (self.scanned == MAX_SCANNED).then_some(Delivery::Unknown)
    }

    /// Returns `true` if a message is certainly from before the call.
    fn is_from_before(&mut self, message: &Message) -> bool {
        let Some(time) = CivilTime::from_timestamp(&message.created_at) else {
            return false;
        };
        let earliest = time.saturating_sub(self.elapsed);
        let earliest = *self.earliest.get_or_insert(earliest);
        time < earliest || self.message.is_certainly_newer_than(time)
    }

    fn result(&self) -> Delivery {
        match self.has_possible_match {
            true => Delivery::Unknown,
            false => Delivery::NotFound,
        }
    }
}
