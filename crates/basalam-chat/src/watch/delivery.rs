//! Deliveries, and how they are resolved.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::checkpoint::Slot;
use super::term::Term;
use super::{Event, Reply};
use crate::ChatId;
use crate::messages::NewMessage;

/// An event that was handed out, until it is acknowledged.
///
/// The next event of the chat follows after [`ack`](Delivery::ack). After [`nack`](Delivery::nack), and if it is
/// dropped, the event is delivered again after a backoff. A delivery that is handed to a handler of
/// [`run`](super::Watcher::run) is resolved by the handler's result.
pub struct Delivery {
    pub(super) shared: Arc<DeliveryState>,
}

pub(super) struct DeliveryState {
    pub(super) term: Arc<Term>,
    pub(super) chat: ChatId,
    pub(super) slot: Slot,
    pub(super) event: Event,
    pub(super) attempt: u32,
    /// An earlier attempt may have sent a reply.
    pub(super) may_have_replied: bool,
    /// When the latest attempt of this process ended that has begun to reply.
    pub(super) replied_at: Option<Instant>,
    pub(super) next_ordinal: AtomicU32,
    /// The number of replies that this attempt has sent or may have sent.
    pub(super) replies: AtomicU32,
    /// It cannot be known whether a reply was sent.
    pub(super) is_unknown: AtomicBool,
    resolved: Mutex<Option<oneshot::Sender<Resolution>>>,
    /// Dropping is not a nack: the runner resolves the delivery.
    pub(super) is_run: AtomicBool,
}

/// How an attempt ended.
pub(super) struct Resolution {
    pub(super) is_acknowledged: bool,
    pub(super) is_unknown: bool,
    pub(super) has_replied: bool,
}

impl DeliveryState {
    pub(super) fn open(
        term: Arc<Term>,
        chat: ChatId,
        slot: Slot,
        event: Event,
        attempt: u32,
        may_have_replied: bool,
        replied_at: Option<Instant>,
    ) -> (Delivery, oneshot::Receiver<Resolution>) {
        let (sender, resolution) = oneshot::channel();
        let state = DeliveryState {
            term,
            chat,
            slot,
            event,
            attempt,
            may_have_replied,
            replied_at,
            next_ordinal: AtomicU32::new(0),
            replies: AtomicU32::new(0),
            is_unknown: AtomicBool::new(false),
            resolved: Mutex::new(Some(sender)),
            is_run: AtomicBool::new(false),
        };
        let shared = Arc::new(state);
        (Delivery { shared }, resolution)
    }

    pub(super) fn resolve(&self, is_acknowledged: bool) {
        let resolved = self.resolved.lock();
        let sender = resolved.unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // The reader is gone if the delivery was revoked.
            let _ = sender.send(Resolution {
                is_acknowledged,
                is_unknown: self.is_unknown.load(Ordering::SeqCst),
                has_replied: self.replies.load(Ordering::SeqCst) > 0,
            });
        }
    }
}

impl Delivery {
    /// Returns the event.
    pub fn event(&self) -> &Event {
        &self.shared.event
    }

    /// Returns the chat, whose events are delivered in order and one at a time.
    pub fn chat_id(&self) -> ChatId {
        self.shared.chat
    }

    /// Returns the number of this attempt, from 1. Earlier attempts include those of other processes, if they may
    /// have handed out the event.
    pub fn attempt(&self) -> u32 {
        self.shared.attempt
    }

    /// Returns `true` if the event may have been handed out before.
    pub fn is_redelivery(&self) -> bool {
        self.shared.attempt > 1
    }

    /// Returns `true` if this process no longer reads the login: the event is delivered again elsewhere, replies are
    /// refused, and acknowledging has no effect.
    pub fn is_revoked(&self) -> bool {
        self.shared.term.is_revoked()
    }

    /// Waits until the delivery is [revoked](Delivery::is_revoked), to stop work on it.
    pub async fn revoked(&self) {
        self.shared.term.revoked().await;
    }

    /// Acknowledges the event: it is not delivered again once that is stored, shortly after.
    pub fn ack(self) {
        self.shared.resolve(true);
    }

    /// Reports that the event was not handled. It is delivered again after a backoff.
    pub fn nack(self) {
        self.shared.resolve(false);
    }

    /// Replies in the chat of a message, effectively once; see [`Reply`]. The message is sent as a reply to the one
    /// that was received.
    ///
    /// Replies of a delivery are numbered in the order of the calls. A handler that does not make the same calls
    /// each time, for example because it uses a language model, names each with [`step`](Reply::step).
    pub fn reply(&self, message: impl Into<NewMessage>) -> Reply {
        Reply::new(self.shared.clone(), message.into())
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if !self.shared.is_run.load(Ordering::SeqCst) {
            self.shared.resolve(false);
        }
    }
}

/// Omits the event, which is private.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("chat", &self.shared.chat)
            .field("attempt", &self.shared.attempt)
            .finish_non_exhaustive()
    }
}
