//! A message that a worker has received, and its acknowledgement.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use async_nats::Request;
use async_nats::jetstream::{AckKind, Message};
use tokio::time::{Instant, sleep, sleep_until};

use crate::queue::Queue;

/// The pause after an acknowledgement that was not confirmed.
const RETRY: Duration = Duration::from_millis(50);

pub(super) struct Received<'a> {
    queue: &'a Queue,
    pub(super) message: Message,
    pub(super) sequence: u64,
    /// The number of this delivery, from 1.
    pub(super) attempt: u32,
    /// The number of events of the partition that were not handed out yet.
    pub(super) lag: u64,
    /// The server does not hand the message to another worker before this and the acknowledgement wait.
    confirmed_at: Mutex<Instant>,
}

impl<'a> Received<'a> {
    /// Returns `None` if the message is not of a consumer.
    pub(super) fn new(queue: &'a Queue, message: Message) -> Option<Received<'a>> {
        let info = message.info().ok()?;
        let (sequence, lag) = (info.stream_sequence, info.pending);
        let attempt = u32::try_from(info.delivered.max(1)).unwrap_or(u32::MAX);
        Some(Received {
            queue,
            message,
            sequence,
            attempt,
            lag,
            confirmed_at: Mutex::new(Instant::now()),
        })
    }

    /// Extends the acknowledgement deadline until that fails for too long: then another worker gets the message.
    ///
    /// To be polled before what must not go on afterwards: after a pause of the process, that may be woken first.
    pub(super) async fn keep(&self) {
        let mut extend = pin!(self.extend());
        poll_fn(|context| match Instant::now() >= self.lost_at() {
            true => Poll::Ready(()),
            false => extend.as_mut().poll(context),
        })
        .await;
    }

    async fn extend(&self) {
        let interval = self.queue.ack_wait() / 3;
        loop {
            let lost = self.lost_at();
            sleep_until(lost.min(Instant::now() + interval)).await;
            let now = Instant::now();
            if now >= lost {
                return;
            }
            if self
                .confirm(AckKind::Progress, (lost - now).min(interval))
                .await
            {
                *self.lock() = now;
            }
        }
    }

    /// Returns the time at which the worker stops handling the message, a third of the acknowledgement wait before another worker
    /// receives it.
    fn lost_at(&self) -> Instant {
        self.confirmed_at() + 2 * (self.queue.ack_wait() / 3)
    }

    fn confirmed_at(&self) -> Instant {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Instant> {
        self.confirmed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends an acknowledgement until the server has confirmed it. Returns `false` if it does not before the message is
    /// handed to another worker.
    pub(super) async fn resolve(&self, kind: AckKind) -> bool {
        let lost = self.confirmed_at() + self.queue.ack_wait();
        loop {
            let left = lost.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            if self.confirm(kind, left.min(self.queue.nats.timeout)).await {
                return true;
            }
            sleep(RETRY.min(left)).await;
        }
    }

    async fn confirm(&self, kind: AckKind, timeout: Duration) -> bool {
        let Some(subject) = self.message.reply.clone() else {
            return false;
        };
        let nats = &self.queue.nats;
        let deadline = Instant::now() + timeout;
        // Otherwise it could be sent after another worker has the message.
        if !nats.connected(deadline).await {
            return false;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let request = Request::new().payload(kind.into()).timeout(Some(left));
        nats.client.send_request(subject, request).await.is_ok()
    }
}
