//! Subscriptions to the wake-ups and events of a receiver.

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use super::Event;

/// Wake-ups of a [`Receiver`](super::Receiver); returned by [`Receiver::wakeups`](super::Receiver::wakeups).
///
/// Deliveries that arrive while nobody waits are one wake-up. There is always at least one after the last delivery.
#[derive(Debug)]
pub struct Wakeups {
    receiver: watch::Receiver<u64>,
}

impl Wakeups {
    pub(super) fn new(mut receiver: watch::Receiver<u64>) -> Wakeups {
        if *receiver.borrow() > 0 {
            receiver.mark_changed();
        }
        Wakeups { receiver }
    }

    /// Waits for the next wake-up. Returns `None` if the receiver and all its clones were dropped.
    ///
    /// Cancelling the future loses no wake-up.
    pub async fn next(&mut self) -> Option<()> {
        self.receiver.changed().await.ok()
    }
}

/// Events of a [`Receiver`](super::Receiver); returned by [`Receiver::events`](super::Receiver::events).
#[derive(Debug)]
pub struct Events {
    receiver: broadcast::Receiver<Event>,
    missed: u64,
}

impl Events {
    pub(super) fn new(receiver: broadcast::Receiver<Event>) -> Events {
        Events {
            receiver,
            missed: 0,
        }
    }

    /// Waits for the next event, in the order of the deliveries. Returns `None` if the receiver and all its clones
    /// were dropped.
    ///
    /// Cancelling the future loses no event.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.receiver.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(count)) => self.missed = self.missed.saturating_add(count),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The number of events that this subscriber has missed because it was too slow.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}
