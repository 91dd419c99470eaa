//! The streams and consumers of events.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::Stream;
use basalam_chat::{ChatId, UserId};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::settings::{ensure_consumer, ensure_stream};
use crate::{Nats, NatsError, Relay, Worker, partition};

/// The property of the stream's metadata with the number of partitions.
const PARTITIONS: &str = "basalam_chat_partitions";
const DAY: Duration = Duration::from_secs(86_400);
/// The number of consumers that are set up at once.
const CONCURRENCY: usize = 16;

/// Options of an [`EventQueue`]. All relays and workers of a queue use the same.
///
/// | option | default |
/// | --- | --- |
/// | [partitions](QueueOptions::partitions) | 64 |
/// | [acknowledgement wait](QueueOptions::ack_wait) | 10 seconds |
/// | [maximum age of events](QueueOptions::max_age) | 7 days |
/// | [maximum size](QueueOptions::max_bytes) | the limits of the account |
#[derive(Clone, Debug)]
#[must_use = "options do nothing until they are passed to `Nats::queue`"]
pub struct QueueOptions {
    name: String,
    partitions: u32,
    ack_wait: Duration,
    max_age: Duration,
    max_bytes: Option<u64>,
}

impl QueueOptions {
    /// Creates options of the queue with a name: 1 to 32 ASCII letters, digits, `-` and `_`.
    ///
    /// Subjects start with the name. The streams are `<name>_EVENTS`, `<name>_DEAD_LETTERS` and `<name>_ATTEMPTS`.
    pub fn new(name: impl Into<String>) -> QueueOptions {
        QueueOptions {
            name: name.into(),
            partitions: 64,
            ack_wait: Duration::from_secs(10),
            max_age: 7 * DAY,
            max_bytes: None,
        }
    }

    /// Sets the number of partitions, from 1 to 1024. The default is 64.
    ///
    /// It is the number of events that all workers together handle at a time. It cannot be changed while the queue has
    /// events; `docs/scale-out.md` describes how to change it.
    pub fn partitions(mut self, partitions: u32) -> QueueOptions {
        self.partitions = partitions;
        self
    }

    /// Sets the time after which an event is handed to another worker, if its worker has died: from 1 second to 10
    /// minutes. The default is 10 seconds. A worker that cannot reach NATS for two thirds of it stops its handlers.
    pub fn ack_wait(mut self, wait: Duration) -> QueueOptions {
        self.ack_wait = wait;
        self
    }

    /// Sets the age after which events are deleted, handled or not: at least an hour. The default is 7 days, which
    /// workers may be away.
    pub fn max_age(mut self, age: Duration) -> QueueOptions {
        self.max_age = age;
        self
    }

    /// Sets the maximum size of the stream of events in bytes. When it is reached, the relay waits until events are old
    /// enough to be deleted. The default is the limit of the account.
    pub fn max_bytes(mut self, bytes: u64) -> QueueOptions {
        self.max_bytes = Some(bytes);
        self
    }

    fn check(&self) -> Result<(), NatsError> {
        check_name("the queue", &self.name)?;
        let seconds = |seconds| Duration::from_secs(seconds);
        let problem = if !(1..=1024).contains(&self.partitions) {
            "`partitions` is invalid; use 1 to 1024"
        } else if !(seconds(1)..=seconds(600)).contains(&self.ack_wait) {
            "`ack_wait` is invalid; use 1 second to 10 minutes"
        } else if !(seconds(3600)..=3650 * DAY).contains(&self.max_age) {
            "`max_age` is invalid; use an hour to ten years"
        } else if self
            .max_bytes
            .is_some_and(|bytes| i64::try_from(bytes).is_err() || bytes == 0)
        {
            "`max_bytes` is invalid; use at least 1"
        } else {
            return Ok(());
        };
        Err(NatsError::invalid_input(problem))
    }
}

pub(crate) fn check_name(what: &str, name: &str) -> Result<(), NatsError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=32).contains(&name.len()) && name.bytes().all(is_allowed) {
        return Ok(());
    }
    Err(NatsError::invalid_input(format!(
        "the name of {what} is invalid; use 1 to 32 ASCII letters, digits, `-` and `_`"
    )))
}

/// A queue of events in a stream of NATS; returned by [`Nats::queue`]. Clones are the same queue.
///
/// A chat belongs to one of the partitions, and each partition hands out one event at a time.
#[derive(Clone)]
pub struct EventQueue {
    pub(crate) shared: Arc<Queue>,
}

pub(crate) struct Queue {
    pub(crate) nats: Nats,
    pub(crate) options: QueueOptions,
    pub(crate) events: Stream<()>,
    pub(crate) attempts: Stream<()>,
    /// Identifies the stream: another one of the same name has other positions.
    pub(crate) log: String,
}

/// The events of a partition that are not handled yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PartitionLag {
    /// The partition, from 0.
    pub partition: u32,
    /// The number of events that were not handed out yet.
    pub pending: u64,
    /// The number of events that a worker has, or that wait for another attempt: 0 or 1.
    pub in_flight: u64,
}

impl EventQueue {
    pub(crate) async fn open(nats: Nats, options: QueueOptions) -> Result<EventQueue, NatsError> {
        options.check()?;
        let queue = Settings {
            options: &options,
            replicas: nats.replicas,
        };
        let info = ensure_stream(&nats, &queue.events()).await?;
        ensure_stream(&nats, &queue.dead_letters()).await?;
        ensure_stream(&nats, &queue.attempts()).await?;
        let created = info["created"].as_str().unwrap_or_default();
        let log = format!("{} of {created}", queue.stream("EVENTS"));
        let open = async |kind: &str| {
            let stream = nats.jetstream.get_stream_no_info(queue.stream(kind)).await;
            stream.map_err(|error| {
                NatsError::unavailable("a stream of the queue cannot be opened").with_source(error)
            })
        };
        let (events, attempts) = (open("EVENTS").await?, open("ATTEMPTS").await?);
        let shared = Queue {
            nats,
            options,
            events,
            attempts,
            log,
        };
        let shared = Arc::new(shared);
        let queue = EventQueue { shared };
        queue.ensure_consumers().await?;
        Ok(queue)
    }

    async fn ensure_consumers(&self) -> Result<(), NatsError> {
        let queue = &*self.shared;
        let settings = Settings {
            options: &queue.options,
            replicas: queue.nats.replicas,
        };
        let consumers: Vec<Value> = (0..queue.options.partitions)
            .map(|it| settings.consumer(it))
            .collect();
        let stream = settings.stream("EVENTS");
        let created: Vec<_> = consumers
            .iter()
            .map(|consumer| ensure_consumer(&queue.nats, &stream, consumer))
            .collect();
        let mut created = stream::iter(created).buffer_unordered(CONCURRENCY);
        while created.try_next().await?.is_some() {}
        Ok(())
    }

    /// Returns a relay, which publishes what watchers read.
    pub fn relay(&self) -> Relay {
        Relay::new(self.shared.clone())
    }

    /// Returns a worker, to which logins are added before it is run.
    pub fn worker(&self) -> Worker {
        Worker::new(self.shared.clone())
    }

    /// Returns the number of events that are not handled yet, for each partition.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](NatsError::is_unavailable).
    pub async fn lag(&self) -> Result<Vec<PartitionLag>, NatsError> {
        let queue = &*self.shared;
        let stream = queue.stream("EVENTS");
        let lags: Vec<_> = (0..queue.options.partitions)
            .map(|partition| {
                let subject = format!("CONSUMER.INFO.{stream}.{}", consumer_name(partition));
                async move {
                    let info = queue.nats.api(subject, &json!({})).await?;
                    let info = info.map_err(|error| {
                        let problem = format!("a consumer cannot be read: {}", error.description);
                        NatsError::configuration(problem)
                    })?;
                    Ok(PartitionLag {
                        partition,
                        pending: info["num_pending"].as_u64().unwrap_or_default(),
                        in_flight: info["num_ack_pending"].as_u64().unwrap_or_default(),
                    })
                }
            })
            .collect();
        stream::iter(lags).buffered(CONCURRENCY).try_collect().await
    }
}

impl Queue {
    pub(crate) fn stream(&self, kind: &str) -> String {
        format!("{}_{kind}", self.options.name)
    }

    /// Returns the subject of a chat's events or dead letters.
    pub(crate) fn subject(&self, kind: &str, user: i64, chat: i64) -> String {
        let partition = partition(UserId(user), ChatId(chat), self.options.partitions);
        format!("{}.{kind}.{partition}.{user}.{chat}", self.options.name)
    }

    pub(crate) fn attempts_subject(&self, partition: u32) -> String {
        format!("{}.attempt.{partition}", self.options.name)
    }

    pub(crate) fn partitions(&self) -> u32 {
        self.options.partitions
    }

    pub(crate) fn ack_wait(&self) -> Duration {
        self.options.ack_wait
    }
}

pub(crate) fn consumer_name(partition: u32) -> String {
    format!("partition-{partition}")
}

/// What is set up on the server.
struct Settings<'a> {
    options: &'a QueueOptions,
    replicas: usize,
}

impl Settings<'_> {
    fn stream(&self, kind: &str) -> String {
        format!("{}_{kind}", self.options.name)
    }

    fn common(&self, kind: &str, subject: &str) -> Value {
        json!({
            "name": self.stream(kind),
            "subjects": [format!("{}.{subject}.>", self.options.name)],
            // Other retentions delete what the expected sequences of subjects are compared with.
            "retention": "limits",
            "storage": "file",
            // A full stream refuses events; otherwise it would drop those that are not handled.
            "discard": "new",
            "discard_new_per_subject": false,
            "max_msgs": -1,
            "max_msgs_per_subject": -1,
            "max_bytes": -1,
            "max_msg_size": -1,
            "num_replicas": self.replicas,
            "no_ack": false,
            "sealed": false,
            "allow_direct": false,
        })
    }

    fn events(&self) -> Value {
        let mut events = self.common("EVENTS", "event");
        events["max_age"] = nanoseconds(self.options.max_age);
        events["duplicate_window"] = nanoseconds(Duration::from_secs(600));
        // The number is checked to fit.
        events["max_bytes"] = json!(self.options.max_bytes.map_or(-1, |it| it as i64));
        events["metadata"] = json!({PARTITIONS: self.options.partitions.to_string()});
        events
    }

    fn dead_letters(&self) -> Value {
        let mut dead_letters = self.common("DEAD_LETTERS", "dead");
        dead_letters["max_age"] = nanoseconds(30 * DAY);
        dead_letters
    }

    fn attempts(&self) -> Value {
        let mut attempts = self.common("ATTEMPTS", "attempt");
        attempts["max_age"] = json!(0);
        attempts["max_msgs_per_subject"] = json!(1);
        attempts
    }

    fn consumer(&self, partition: u32) -> Value {
        json!({
            "durable_name": consumer_name(partition),
            "name": consumer_name(partition),
            "filter_subject": format!("{}.event.{partition}.>", self.options.name),
            "deliver_policy": "all",
            "replay_policy": "instant",
            "ack_policy": "explicit",
            "ack_wait": nanoseconds(self.options.ack_wait),
            // One at a time keeps the order.
            "max_ack_pending": 1,
            // Workers count; the server would leave an event undeliverable.
            "max_deliver": -1,
            "inactive_threshold": 0,
            "mem_storage": false,
        })
    }
}

fn nanoseconds(duration: Duration) -> Value {
    json!(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}

impl fmt::Debug for EventQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventQueue")
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked() {
        let valid = || QueueOptions::new("chat");
        for options in [
            valid(),
            valid().partitions(1),
            valid().partitions(1024),
            valid().ack_wait(Duration::from_secs(1)),
            valid().max_bytes(1),
        ] {
            options.check().unwrap();
        }
        for (options, argument) in [
            (QueueOptions::new(""), "name"),
            (QueueOptions::new("a.b"), "name"),
            (QueueOptions::new("a>"), "name"),
            (QueueOptions::new("a".repeat(33)), "name"),
            (valid().partitions(0), "partitions"),
            (valid().partitions(1025), "partitions"),
            (valid().ack_wait(Duration::ZERO), "ack_wait"),
            (valid().ack_wait(Duration::MAX), "ack_wait"),
            (valid().max_age(Duration::from_secs(60)), "max_age"),
            (valid().max_age(Duration::MAX), "max_age"),
            (valid().max_bytes(0), "max_bytes"),
            (valid().max_bytes(u64::MAX), "max_bytes"),
        ] {
            let error = options.check().unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains(argument), "{error}");
        }
    }
}
