//! Request builder that looks for a message whose response was lost.

use basalam_chat_api::CivilTime;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_MESSAGES;

use serde::Serialize;

use super::Message;
use super::unconfirmed::{Match, UnconfirmedMessage};
use crate::request::{self, impl_send};
use crate::{Client, Error};

/// Maximum number of messages to compare.
const MAX_SCANNED: usize = 5_000;

/// Page size.
const PAGE_SIZE: u32 = 100;

impl Client {
    /// Finds out whether a message arrived whose response was lost, so that it is not sent twice.
    ///
    /// `message` comes from [`Error::unconfirmed_message`]. The search reads the messages of the chat from
    /// the newest back to those from before the call, at most 5,000. A message with a
    /// [random idempotency key](super::CreateMessage::random_idempotency_key) is identified by that key.
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
    /// The chat has no such message.
    NotFound,
    /// The chat has a similar message that may be a different one, because the message was sent without an
    /// idempotency key or the service does not return keys; or the chat has too many messages to compare.
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
        let mut messages = client
            .get_messages(self.message.chat())
            .limit(PAGE_SIZE)
            .read_ahead(false)
            .stream();
        // The time zone of the service is unknown, so times are only compared with one another: a message
        // that is older than the newest by more than the elapsed time is from before the call.
        let mut earliest: Option<CivilTime> = None;
        let mut has_possible_match = false;
        let mut scanned = 0;
        let mut older_in_a_row = 0;
        while let Some(message) = messages.try_next().await? {
            let time = CivilTime::from_timestamp(&message.created_at);
            match (earliest, time) {
                (None, Some(newest)) => earliest = Some(newest.saturating_sub(elapsed)),
                (Some(earliest), Some(time)) if time < earliest => older_in_a_row += 1,
                _ => older_in_a_row = 0,
            }
            match self.message.compare(&message, user) {
                Match::Exact => return Ok(Delivery::Arrived(Box::new(message))),
                // A message from before the call is not a match.
                Match::Possible => has_possible_match |= older_in_a_row == 0,
                Match::None => {}
            }
            // A single time may be wrong, and an idempotency key is a match at any time.
            if older_in_a_row == PAGE_SIZE {
                break;
            }
            scanned += 1;
            if scanned == MAX_SCANNED {
                return Ok(Delivery::Unknown);
            }
        }
        Ok(match has_possible_match {
            true => Delivery::Unknown,
            false => Delivery::NotFound,
        })
    }
}
