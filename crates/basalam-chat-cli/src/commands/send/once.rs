//! Sending a message once, although its response may be lost.

use std::time::Duration;

use basalam_chat::messages::{Delivery, Message, NewMessage, UnconfirmedMessage};
use basalam_chat::{Client, Error};

use crate::arguments::SendOptions;
use crate::context::Context;
use crate::failure::{Failure, Kind};

/// The property of a message's metadata that holds the key, as the SDK documents it.
const KEY_PROPERTY: &str = "basalam_chat_idempotency_key";

/// The number of messages that are searched for a key.
const MAX_SEARCHED: usize = 1_000;

/// How long a message may take to appear in the chat.
const VISIBILITY_LAG: Duration = Duration::from_secs(2);

/// A message to send with a key.
pub(super) struct Sending<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) client: &'a Client,
    pub(super) options: &'a SendOptions,
    pub(super) key: &'a str,
}

/// What became of a message.
pub(super) enum Sent {
    Confirmed(Box<Message>),
    /// The response was lost, and the chat does not have the message.
    Missing,
    Unknown,
}

impl Sending<'_> {
    /// Returns the message with the key, if the account has sent it before.
    pub(super) async fn find(&self) -> Result<Option<Message>, Failure> {
        let interrupt = &self.context.interrupt;
        let user = interrupt.or(self.client.current_user_id()).await??;
        let mut stream = self.client.get_messages(self.options.chat).stream();
        for _ in 0..MAX_SEARCHED {
            let message = match interrupt.or(stream.try_next()).await? {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) if error.is_unreadable_item() => continue,
                Err(error) => return Err(error.into()),
            };
            let metadata = message.content.metadata.as_ref();
            let key = metadata.and_then(|metadata| metadata.get(KEY_PROPERTY));
            if key.is_some_and(|key| key == self.key) && message.is_from(user) {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Sends the message. If the response is lost, looks for it in the chat.
    pub(super) async fn send(&self, message: NewMessage) -> Result<Sent, Failure> {
        let mut request = self.client.create_message(self.options.chat, message);
        if let Some(replied) = self.options.reply_to {
            request = request.reply_to(replied);
        }
        let request = request.idempotency_key(self.key).send();
        match self.context.interrupt.or(request).await {
            Ok(Ok(sent)) => Ok(Sent::Confirmed(Box::new(sent.message))),
            Ok(Err(error)) => match error.unconfirmed_message() {
                Some(unconfirmed) => self.look_for(unconfirmed).await,
                None => Err(self.failure(&error)),
            },
            Err(interrupted) => Err(interrupted.hint(self.repetition())),
        }
    }

    async fn look_for(&self, unconfirmed: &UnconfirmedMessage) -> Result<Sent, Failure> {
        self.context
            .output
            .note("The response was lost; looking for the message in the chat.");
        let mut outcome = self.look_once(unconfirmed).await?;
        if let Sent::Missing = outcome {
            // It may not be visible yet.
            let wait = tokio::time::sleep(VISIBILITY_LAG);
            let waited = self.context.interrupt.or(wait).await;
            waited.map_err(|failure| failure.hint(self.repetition()))?;
            outcome = self.look_once(unconfirmed).await?;
        }
        Ok(outcome)
    }

    async fn look_once(&self, unconfirmed: &UnconfirmedMessage) -> Result<Sent, Failure> {
        let request = self.client.find_sent_message(unconfirmed).send();
        match self.context.interrupt.or(request).await {
            Ok(Ok(Delivery::Arrived(message))) => Ok(Sent::Confirmed(message)),
            Ok(Ok(Delivery::NotFound)) => Ok(Sent::Missing),
            Ok(Ok(_)) => Ok(Sent::Unknown),
            Ok(Err(error)) => Err(Failure::from(&error).hint(self.repetition())),
            Err(interrupted) => Err(interrupted.hint(self.repetition())),
        }
    }

    fn failure(&self, error: &Error) -> Failure {
        let failure = Failure::from(error);
        match failure.kind {
            // Nothing was sent, so the same command can be repeated.
            Kind::TryLater => {
                let hint = failure.hint.clone().unwrap_or_default();
                failure.hint(format!("The message was not sent. {hint}"))
            }
            _ => failure,
        }
    }

    /// Returns the hint to repeat the command without sending the message twice.
    pub(super) fn repetition(&self) -> String {
        format!(
            "The message may have been sent. To make sure that it is sent once, repeat the command with \
             `--idempotency-key {}`.",
            self.key
        )
    }
}
