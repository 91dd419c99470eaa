//! Publishing of what watchers read.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use basalam_chat::watch::{Delivery, Watch, WatchError, WatchHandle, Watcher};
use bytes::Bytes;
use tokio::time::{sleep, timeout_at};

use crate::NatsError;
use crate::connection::PublishFailure;
use crate::event::{EVENT_HEADER, EventRecord};
use crate::queue::Queue;

/// The header with the fencing number of the relay that has published an event.
const FENCING_HEADER: &str = "Basalam-Chat-Fencing";
/// The number of chats whose last sequences are remembered. Others are read when they are needed.
const MAX_HEADS: usize = 100_000;
/// Longer than any event is handed out.
const FOREVER: Duration = Duration::from_secs(86_400 * 365);

/// Publishes the events that watchers read to the queue; returned by [`EventQueue::relay`](crate::EventQueue::relay).
/// Clones share the connection.
///
/// An event is acknowledged to the watcher after the broker has stored it. While the broker is slow or absent, the
/// watcher holds as many events as it may [have in flight](Watch::max_in_flight) and reads no more; nothing is lost.
///
/// # Several relays
///
/// Run a second relay with the same store: the watchers' lease elects one for each login, and the other takes over when
/// it dies. Each event carries the sequence of the event before it in its chat, which the broker compares. So a relay
/// that was paused and has lost its lease publishes nothing that its successor has published or has passed.
///
/// The fencing numbers of leases are compared as well, so a queue belongs to its state store: use another queue with
/// another store.
#[derive(Clone)]
pub struct Relay {
    queue: Arc<Queue>,
    heads: Arc<Mutex<HashMap<(i64, i64), Head>>>,
}

/// A login that is relayed; returned by [`Relay::start`].
pub struct RelayedLogin {
    relay: Relay,
    watcher: Watcher,
}

/// The last event of a chat, as far as a relay knows.
#[derive(Clone, Copy)]
struct Head {
    /// That of the lease under which it was read. It is read again under another one.
    fencing: u64,
    sequence: u64,
}

/// The last event of a chat in the stream.
struct Last {
    sequence: u64,
    fencing: u64,
    id: String,
}

impl Relay {
    pub(crate) fn new(queue: Arc<Queue>) -> Relay {
        Relay {
            queue,
            heads: Arc::default(),
        }
    }

    /// Starts the watcher of a login. The watcher's own settings apply, except its attempts and the timeout of its
    /// handler: an event is tried until it is published.
    ///
    /// # Errors
    ///
    /// As [`Watch::start`].
    pub fn start(&self, watch: Watch) -> Result<RelayedLogin, WatchError> {
        // A relay that is killed again and again must not give its events up.
        let watch = watch.max_attempts(u32::MAX).handler_timeout(FOREVER);
        Ok(RelayedLogin {
            relay: self.clone(),
            watcher: watch.start()?,
        })
    }

    /// Starts the watcher of a login and publishes what it reads, until an error that a repetition does not change.
    ///
    /// To relay many logins, call it for each of them, in tasks.
    ///
    /// # Errors
    ///
    /// As [`Watch::run`].
    pub async fn run(&self, watch: Watch) -> Result<(), WatchError> {
        self.start(watch)?.run().await
    }

    /// Publishes an event, and returns when the broker has stored it. It waits for as long as the broker is absent.
    ///
    /// For programs that filter or enrich what a watcher hands out. Publish each delivery before it is acknowledged, and
    /// only those of one watcher per login.
    ///
    /// # Errors
    ///
    /// [`is_overtaken`](NatsError::is_overtaken) if another relay has published later events of the chat.
    pub async fn publish(&self, delivery: &Delivery) -> Result<(), NatsError> {
        let Some(record) = EventRecord::new(delivery) else {
            // A later version of the crate knows it.
            return Ok(());
        };
        let event = Outgoing {
            subject: self.queue.subject("event", record.user_id, record.chat_id),
            chat: (record.user_id, record.chat_id),
            fencing: record.fencing,
            id: record.id.clone(),
            payload: record.into_json().into(),
        };
        // Only then the event may be in the stream already: a watcher hands out one event of a chat at a time.
        let mut may_be_published = delivery.is_redelivery();
        let mut failures = 0;
        loop {
            match self.try_publish(&event, may_be_published).await {
                Ok(sequence) => {
                    tracing::trace!(
                        user = event.chat.0,
                        chat = event.chat.1,
                        sequence,
                        retries = failures,
                        "event published"
                    );
                    return Ok(());
                }
                Err(Failure::Overtaken) => {
                    let error = NatsError::overtaken();
                    tracing::warn!(user = event.chat.0, chat = event.chat.1, %error, "overtaken");
                    return Err(error);
                }
                Err(Failure::Retry(problem)) => {
                    may_be_published = true;
                    self.heads().remove(&event.chat);
                    failures += 1;
                    if failures > 1 {
                        tracing::warn!(
                            user = event.chat.0,
                            chat = event.chat.1,
                            failures,
                            problem,
                            "an event cannot be published; it is repeated"
                        );
                        sleep(backoff(failures)).await;
                    }
                }
            }
        }
    }

    async fn try_publish(&self, event: &Outgoing, may_be_published: bool) -> Result<u64, Failure> {
        let known = self.heads().get(&event.chat).copied();
        let known = known.filter(|head| head.fencing == event.fencing && !may_be_published);
        let sequence = match known {
            Some(head) => head.sequence,
            None => match self.last(&event.subject).await? {
                None => 0,
                Some(last) if last.fencing > event.fencing => return Err(Failure::Overtaken),
                Some(last) if may_be_published && last.id == event.id => {
                    self.remember(event, last.sequence);
                    return Ok(last.sequence);
                }
                Some(last) => last.sequence,
            },
        };
        let (user, chat) = event.chat;
        let message = PublishMessage::build()
            // With the sequence before it, since the same edit can be made again.
            .message_id(format!("{user}.{chat}.{}.{sequence}", event.id))
            .expected_last_subject_sequence(sequence)
            .header(EVENT_HEADER, event.id.as_str())
            .header(FENCING_HEADER, event.fencing.to_string().as_str())
            .payload(event.payload.clone());
        match self
            .queue
            .nats
            .publish(event.subject.clone(), message)
            .await
        {
            Ok(stored) => {
                self.remember(event, stored);
                Ok(stored)
            }
            Err(PublishFailure::WrongSequence) => Err(Failure::Retry(
                "another event of the chat was published".to_owned(),
            )),
            Err(PublishFailure::NotStored(problem)) => Err(Failure::Retry(problem)),
            Err(PublishFailure::Unknown) => Err(Failure::Retry("no response in time".to_owned())),
        }
    }

    /// Reads the last event of a chat.
    async fn last(&self, subject: &str) -> Result<Option<Last>, Failure> {
        let retry = || Failure::Retry("the last event of the chat cannot be read".to_owned());
        let deadline = self.queue.nats.deadline();
        if !self.queue.nats.connected(deadline).await {
            return Err(Failure::Retry("the connection to NATS is lost".to_owned()));
        }
        let last = self.queue.events.get_last_raw_message_by_subject(subject);
        let message = match timeout_at(deadline, last).await {
            Ok(Ok(message)) => message,
            Ok(Err(error)) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                return Ok(None);
            }
            _ => return Err(retry()),
        };
        let header = |name| message.headers.get(name).map(|value| value.as_str());
        Ok(Some(Last {
            sequence: message.sequence,
            fencing: header(FENCING_HEADER)
                .and_then(|it| it.parse().ok())
                .unwrap_or_default(),
            id: header(EVENT_HEADER).unwrap_or_default().to_owned(),
        }))
    }

    fn remember(&self, event: &Outgoing, sequence: u64) {
        let fencing = event.fencing;
        let mut heads = self.heads();
        if heads.len() >= MAX_HEADS {
            heads.clear();
        }
        heads.insert(event.chat, Head { fencing, sequence });
    }

    fn heads(&self) -> MutexGuard<'_, HashMap<(i64, i64), Head>> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An event that is published.
struct Outgoing {
    subject: String,
    /// The user and the chat.
    chat: (i64, i64),
    fencing: u64,
    id: String,
    payload: Bytes,
}

enum Failure {
    Overtaken,
    Retry(String),
}

/// Doubles from 50 milliseconds to 5 seconds.
fn backoff(failures: u32) -> Duration {
    let exponent = failures.saturating_sub(2).min(7);
    Duration::from_millis(50 << exponent).min(Duration::from_secs(5))
}

impl RelayedLogin {
    /// Returns the handle of the watcher, to wake or stop it.
    pub fn handle(&self) -> WatchHandle {
        self.watcher.handle()
    }

    /// Publishes what the watcher reads, until [`WatchHandle::shutdown`] is called.
    ///
    /// # Errors
    ///
    /// As [`Watcher::run`].
    pub async fn run(self) -> Result<(), WatchError> {
        let relay = self.relay;
        self.watcher
            .run(move |delivery| {
                let relay = relay.clone();
                async move { Ok(relay.publish(&delivery).await?) }
            })
            .await
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").finish_non_exhaustive()
    }
}

impl fmt::Debug for RelayedLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayedLogin").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_is_bounded() {
        let delays: Vec<_> = [2, 3, 9, 100, u32::MAX].map(backoff).into();
        assert!(delays.is_sorted(), "{delays:?}");
        assert_eq!(delays[0], Duration::from_millis(50));
        assert_eq!(delays[4], Duration::from_secs(5));
    }
}
