//! Deliveries, as handlers and consumers of the stream receive them.

use std::fmt;
use std::sync::Arc;

use super::attempt::Attempt;
use super::{Event, Reply};
use crate::messages::NewMessage;
use crate::state::Version;
use crate::{ChatId, Client, UserId};

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
///
/// `Delivery<blocking::Client>` (feature `blocking`) is the same for programs without `async`.
pub struct Delivery<C = Client> {
    attempt: HandedOut,
    client: C,
}

/// An attempt that is not resolved unless the program does so.
struct HandedOut(Arc<Attempt>);

impl Drop for HandedOut {
    fn drop(&mut self) {
        self.0.dropped();
    }
}

impl Delivery {
    pub(super) fn new(attempt: Arc<Attempt>) -> Delivery {
        let client = attempt.session.client.clone();
        let attempt = HandedOut(attempt);
        Delivery { attempt, client }
    }

    pub(super) fn shared_attempt(&self) -> &Arc<Attempt> {
        &self.attempt.0
    }

    /// Returns this delivery with another client.
    #[cfg(feature = "blocking")]
    pub(super) fn with_client<D>(self, client: D) -> Delivery<D> {
        let attempt = self.attempt;
        Delivery { attempt, client }
    }

    /// Waits until the delivery is [revoked](Delivery::is_revoked), to stop work on it.
    pub async fn revoked(&self) {
        self.attempt.0.revoked().await;
    }
}

impl<C> Delivery<C> {
    /// Returns the event.
    pub fn event(&self) -> &Event {
        &self.attempt.0.event
    }

    /// Returns the chat, whose events are delivered in order and one at a time.
    pub fn chat_id(&self) -> ChatId {
        self.attempt.0.chat
    }

    /// Returns the user whose chat it is.
    pub fn user_id(&self) -> UserId {
        self.attempt.0.session.user
    }

    /// Returns the revision of the message's content, which is a part of the idempotency keys of replies: zero for a
    /// message that is delivered for the first time, and for an edit a number that depends on the content.
    pub fn revision(&self) -> u32 {
        match self.attempt.0.event {
            Event::ChatOpened(_) | Event::ChatChanged(_) | Event::SeenByContact(_) => 0,
            _ => self.attempt.0.slot.revision,
        }
    }

    /// Returns the fencing number of the lease under which the event was read: larger than that of every process
    /// that has read the login before. What a process does with the deliveries after it was overtaken can be refused
    /// with it.
    pub fn fencing(&self) -> Version {
        self.attempt.0.fencing
    }

    /// Returns the number of this attempt, from 1. Earlier attempts include those of other processes, if they may
    /// have handed out the event.
    pub fn attempt(&self) -> u32 {
        self.attempt.0.number
    }

    /// Returns `true` if the event may have been handed out before.
    pub fn is_redelivery(&self) -> bool {
        self.attempt.0.number > 1
    }

    /// Returns `true` if this process no longer reads the login: another one delivers the event again, replies are
    /// refused, and acknowledging has no effect.
    pub fn is_revoked(&self) -> bool {
        self.attempt.0.is_revoked()
    }

    /// Acknowledges the event: it is not delivered again once that is stored, shortly after.
    pub fn ack(self) {
        self.attempt.0.resolve(true);
    }

    /// Reports that the event was not handled. It is delivered again after a backoff.
    pub fn nack(self) {
        self.attempt.0.resolve(false);
    }

    /// Replies in the chat of a message, effectively once; see [`Reply`]. The message is sent as a reply to the one
    /// that was received.
    ///
    /// Replies of a delivery are numbered in the order of the calls. A handler that does not make the same calls
    /// each time, for example because it uses a language model, names each with [`step`](Reply::step).
    ///
    /// # Errors
    ///
    /// Sending the reply can fail; see [`Reply`].
    pub fn reply(&self, message: impl Into<NewMessage>) -> Reply<C>
    where
        C: Clone,
    {
        Reply::new(self.attempt.0.clone(), self.client.clone(), message.into())
    }
}

/// Omits the event, which is private.
impl<C> fmt::Debug for Delivery<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("chat", &self.attempt.0.chat)
            .field("attempt", &self.attempt.0.number)
            .finish_non_exhaustive()
    }
}
