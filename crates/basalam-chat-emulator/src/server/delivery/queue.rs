//! The queue of deliveries.

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use crate::operations::WebhookEvent;

/// An event to deliver.
pub(crate) struct Delivery {
    pub(crate) event: WebhookEvent,
    /// The number of resets before it.
    resets: u64,
}

/// Counts the deliveries of a queue.
pub(crate) struct DeliveryQueue {
    sender: UnboundedSender<Delivery>,
    pending: watch::Sender<Pending>,
}

#[derive(Default)]
struct Pending {
    /// The number of deliveries since the last reset that are not finished.
    count: usize,
    resets: u64,
}

impl DeliveryQueue {
    /// Returns a queue, and the deliveries to make.
    pub(crate) fn new() -> (DeliveryQueue, UnboundedReceiver<Delivery>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let pending = watch::Sender::default();
        (DeliveryQueue { sender, pending }, receiver)
    }

    pub(crate) fn push(&self, event: WebhookEvent) {
        let mut resets = 0;
        self.pending.send_modify(|pending| {
            pending.count += 1;
            resets = pending.resets;
        });
        let delivery = Delivery { event, resets };
        // Fails after the server has stopped.
        if let Err(error) = self.sender.send(delivery) {
            self.finish(&error.0);
        }
    }

    /// Records that a delivery succeeded or was given up.
    pub(crate) fn finish(&self, delivery: &Delivery) {
        self.pending.send_modify(|pending| {
            if delivery.resets == pending.resets {
                pending.count -= 1;
            }
        });
    }

    /// Gives up all deliveries.
    pub(crate) fn reset(&self) {
        self.pending.send_modify(|pending| {
            pending.count = 0;
            pending.resets += 1;
        });
    }

    /// Returns `true` unless the delivery was given up by a reset. Afterwards its webhook does not exist, although
    /// another one can have its id.
    pub(crate) fn is_current(&self, delivery: &Delivery) -> bool {
        delivery.resets == self.pending.borrow().resets
    }

    /// Waits until no delivery is pending.
    pub(crate) async fn finished(&self) {
        let mut pending = self.pending.subscribe();
        // The sender is in `self`, so it cannot be dropped meanwhile.
        let _ = pending.wait_for(|it| it.count == 0).await;
    }
}
