//! Deliveries, as handlers and consumers of the stream receive them.

use std::fmt;
use std::sync::Arc;

use super::attempt::Attempt;
use super::{Event, Reply};
use crate::ChatId;
use crate::messages::NewMessage;

/// An event that was handed out, until it is acknowledged.
///
/// The next event of the chat follows after [`ack`](Delivery::ack). After [`nack`](Delivery::nack), and if it is
/// dropped, the event is delivered again after a backoff. A delivery that is handed to a handler of
/// [`run`](super::Watcher::run) is resolved by the handler's result.
///
/// # Examples
///
/// ```no_run
/// # use basalam_chat::watch::{Delivery, Event};
/// # async fn handle(delivery: Delivery) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// match delivery.event() {
///     Event::MessageReceived(message) if delivery.is_redelivery() => {
///         println!("message {} may have been handled before", message.id);
///     }
///     Event::MessageReceived(message) => println!("message {} is new", message.id),
///     _ => {}
/// }
/// delivery.ack();
/// # Ok(())
/// # }
/// ```
pub struct Delivery {
    attempt: Arc<Attempt>,
}

impl Delivery {
    pub(super) fn new(attempt: Arc<Attempt>) -> Delivery {
        Delivery { attempt }
    }

    pub(super) fn shared_attempt(&self) -> &Arc<Attempt> {
        &self.attempt
    }

    /// Returns the event.
    pub fn event(&self) -> &Event {
        &self.attempt.event
    }

    /// Returns the chat, whose events are delivered in order and one at a time.
    pub fn chat_id(&self) -> ChatId {
        self.attempt.chat
    }

    /// Returns the number of this attempt, from 1. Earlier attempts include those of other processes, if they may
    /// have handed out the event.
    pub fn attempt(&self) -> u32 {
        self.attempt.number
    }

    /// Returns `true` if the event may have been handed out before.
    pub fn is_redelivery(&self) -> bool {
        self.attempt.number > 1
    }

    /// Returns `true` if this process no longer reads the login: another one delivers the event again, replies are
    /// refused, and acknowledging has no effect.
    pub fn is_revoked(&self) -> bool {
        self.attempt.term.is_revoked()
    }

    /// Waits until the delivery is [revoked](Delivery::is_revoked), to stop work on it.
    pub async fn revoked(&self) {
        self.attempt.term.revoked().await;
    }

    /// Acknowledges the event: it is not delivered again once that is stored, shortly after.
    pub fn ack(self) {
        self.attempt.resolve(true);
    }

    /// Reports that the event was not handled. It is delivered again after a backoff.
    pub fn nack(self) {
        self.attempt.resolve(false);
    }

    /// Replies in the chat of a message, effectively once; see [`Reply`]. The message is sent as a reply to the one
    /// that was received.
    ///
    /// Replies of a delivery are numbered in the order of the calls. A handler that does not make the same calls
    /// each time, for example because it uses a language model, names each with [`step`](Reply::step).
    ///
    /// # Errors
    ///
    /// Awaiting the reply can fail; see [`Reply`].
    pub fn reply(&self, message: impl Into<NewMessage>) -> Reply {
        Reply::new(self.attempt.clone(), message.into())
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.attempt.dropped();
    }
}

/// Omits the event, which is private.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("chat", &self.attempt.chat)
            .field("attempt", &self.attempt.number)
            .finish_non_exhaustive()
    }
}
