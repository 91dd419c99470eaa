//! The events of one partition, one after the other.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::AckKind;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::Stream;
use async_nats::jetstream::message::PublishMessage;
use basalam_chat::UserId;
use basalam_chat::watch::{DeadLetterReason, Delivery, ForwardedEvent, ForwardedOutcome};
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep};

use super::Context;
use super::attempts::{Attempts, backoff};
use super::logins::Ready;
use super::message::Received;
use crate::event::{EVENT_HEADER, EVENT_VERSION, EventRecord};
use crate::queue::consumer_name;

/// A pull request ends after this, and is sent again.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
/// If the server is silent for twice this, the pull is created again.
const PULL_HEARTBEAT: Duration = Duration::from_secs(5);
const RECREATE_PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Partition {
    context: Arc<Context>,
    number: u32,
}

/// How an attempt ended.
enum Outcome {
    Acknowledged,
    /// What is left of an event that failed.
    Failed(Option<ForwardedEvent>),
    /// It goes to the dead letters now.
    GivenUp(DeadReason, Option<ForwardedEvent>),
    /// Another worker gets it.
    Lost,
    Stopped,
}

#[derive(Clone, Copy)]
enum DeadReason {
    Exhausted,
    UnknownReply,
    Invalid,
}

impl DeadReason {
    fn name(self) -> &'static str {
        match self {
            DeadReason::Exhausted => "attempts_exhausted",
            DeadReason::UnknownReply => "unknown_reply",
            DeadReason::Invalid => "invalid_event",
        }
    }
}

impl Partition {
    pub(super) fn new(context: Arc<Context>, number: u32) -> Partition {
        Partition { context, number }
    }

    /// Handles events until the worker is stopped.
    pub(super) async fn run<H, F>(&self, handler: &H)
    where
        H: Fn(Delivery) -> F + Sync,
        F: Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send,
    {
        while !self.context.is_stopped() {
            let opened = tokio::select! {
                opened = self.pull() => opened,
                () = self.context.stopped() => return,
            };
            match opened {
                Ok(messages) => self.handle_all(messages, handler).await,
                Err(problem) => {
                    tracing::warn!(partition = self.number, problem, "cannot pull events");
                }
            }
            tokio::select! {
                () = sleep(RECREATE_PAUSE) => {}
                () = self.context.stopped() => return,
            }
        }
    }

    async fn pull(&self) -> Result<Stream, String> {
        let name = consumer_name(self.number);
        let consumer = self.context.queue.events.get_consumer(&name).await;
        let consumer: PullConsumer = consumer.map_err(|error| error.to_string())?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(1)
            .expires(PULL_EXPIRES)
            .heartbeat(PULL_HEARTBEAT)
            .messages();
        messages.await.map_err(|error| error.to_string())
    }

    /// Handles events until the pull fails or the worker is stopped.
    async fn handle_all<H, F>(&self, mut messages: Stream, handler: &H)
    where
        H: Fn(Delivery) -> F + Sync,
        F: Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send,
    {
        let queue = &*self.context.queue;
        loop {
            let message = tokio::select! {
                message = messages.next() => message,
                () = self.context.stopped() => break,
            };
            match message {
                None => return,
                Some(Err(error)) => {
                    tracing::debug!(partition = self.number, %error, "the pull is created again");
                    return;
                }
                Some(Ok(message)) => {
                    if let Some(received) = Received::new(queue, message) {
                        self.handle(received, handler).await;
                    }
                }
            }
        }
        // What was received meanwhile need not wait until it is handed to another worker.
        while let Some(Some(Ok(message))) = messages.next().now_or_never() {
            if let Some(received) = Received::new(queue, message) {
                received.resolve(AckKind::Nak(None)).await;
            }
        }
    }

    async fn handle<H, F>(&self, received: Received<'_>, handler: &H)
    where
        H: Fn(Delivery) -> F + Sync,
        F: Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send,
    {
        let context = &self.context;
        let (sequence, attempt) = (received.sequence, received.attempt);
        let record = read(&received);
        let (user, chat) = record
            .as_ref()
            .map_or((0, 0), |it| (it.user_id, it.chat_id));
        let started = Instant::now();
        let mut blocked = Duration::ZERO;
        let outcome = {
            let work = async {
                if attempt > 1 {
                    let record = Attempts::read(&context.queue, self.number).await;
                    blocked = context.limits.blocked(sequence, attempt, record);
                }
                self.attempt(record, attempt, sequence, blocked, handler)
                    .await
            };
            tokio::select! {
                biased;
                () = received.keep() => Outcome::Lost,
                outcome = work => outcome,
                () = self.shutdown_deadline() => Outcome::Stopped,
            }
        };
        let handler_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let name = match &outcome {
            Outcome::Acknowledged => "acknowledged",
            Outcome::Failed(_) => "failed",
            Outcome::GivenUp(reason, _) => reason.name(),
            Outcome::Lost => "lost",
            Outcome::Stopped => "stopped",
        };
        tracing::debug!(
            partition = self.number,
            sequence,
            user,
            chat,
            redeliveries = attempt - 1,
            lag = received.lag,
            handler_ms,
            outcome = name,
            "event handled"
        );
        match outcome {
            Outcome::Acknowledged => self.acknowledge(&received, AckKind::Ack).await,
            Outcome::Failed(event) => {
                let pause = backoff(attempt);
                let blocked = blocked + started.elapsed() + pause;
                if context.limits.attempt(blocked).is_none() {
                    let reason = DeadReason::Exhausted;
                    return self.give_up(received, user, chat, reason, event).await;
                }
                let attempts = Attempts::new(sequence, attempt, blocked);
                attempts.store(&context.queue, self.number).await;
                self.acknowledge(&received, AckKind::Nak(Some(pause))).await;
            }
            Outcome::GivenUp(reason, event) => {
                self.give_up(received, user, chat, reason, event).await;
            }
            Outcome::Lost => {}
            Outcome::Stopped => self.acknowledge(&received, AckKind::Nak(None)).await,
        }
    }

    /// Waits until running handlers have to end.
    async fn shutdown_deadline(&self) {
        self.context.stopped().await;
        sleep(self.context.shutdown_timeout).await;
    }

    async fn attempt<H, F>(
        &self,
        record: Result<EventRecord, Unreadable>,
        attempt: u32,
        sequence: u64,
        blocked: Duration,
        handler: &H,
    ) -> Outcome
    where
        H: Fn(Delivery) -> F + Sync,
        F: Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send,
    {
        let context = &self.context;
        let limit = context.limits.attempt(blocked);
        let failed = |problem: &str| {
            tracing::warn!(
                partition = self.number,
                sequence,
                problem,
                "an event cannot be handled"
            );
            match limit {
                Some(_) => Outcome::Failed(None),
                None => Outcome::GivenUp(DeadReason::Exhausted, None),
            }
        };
        let record = match record {
            Ok(record) => record,
            Err(Unreadable::Invalid) => return Outcome::GivenUp(DeadReason::Invalid, None),
            // A newer worker can read it.
            Err(Unreadable::Version) => {
                return failed("the event has a version or type that is not known");
            }
        };
        // Never closed.
        let Ok(_permit) = context.permits.acquire().await else {
            return Outcome::Stopped;
        };
        let user = UserId(record.user_id);
        let Ok(event) = record.into_event(attempt, sequence) else {
            return Outcome::GivenUp(DeadReason::Invalid, None);
        };
        let login = match context.logins.get(user).await {
            Ok(login) => login,
            Err(problem) => return failed(&problem),
        };
        let (Some(limit), Some(deliveries)) = (limit, login.deliveries()) else {
            return Outcome::GivenUp(DeadReason::Exhausted, Some(event));
        };
        match deliveries.handle(event.clone(), handler, limit).await {
            ForwardedOutcome::Acknowledged => Outcome::Acknowledged,
            ForwardedOutcome::UnknownReply => {
                Outcome::GivenUp(DeadReason::UnknownReply, Some(event))
            }
            _ => Outcome::Failed(Some(event)),
        }
    }

    async fn acknowledge(&self, received: &Received<'_>, kind: AckKind) {
        if !received.resolve(kind).await {
            tracing::warn!(
                partition = self.number,
                sequence = received.sequence,
                "an acknowledgement was not confirmed, so the event is delivered again"
            );
        }
    }

    /// Moves an event to the dead letters.
    async fn give_up(
        &self,
        received: Received<'_>,
        user: i64,
        chat: i64,
        reason: DeadReason,
        event: Option<ForwardedEvent>,
    ) {
        let (sequence, attempts) = (received.sequence, received.attempt);
        tracing::warn!(
            partition = self.number,
            sequence,
            user,
            chat,
            attempts,
            reason = reason.name(),
            "an event goes to the dead letters"
        );
        let subject = self.context.queue.subject("dead", user, chat);
        let message = self.dead_letter(&received, reason);
        let moved = async {
            let mut pause = Duration::from_millis(50);
            while self
                .context
                .queue
                .nats
                .publish(subject.clone(), message.clone())
                .await
                .is_err()
            {
                sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
            match event {
                Some(event) => self.tell(user, event, reason).await,
                None => true,
            }
        };
        let is_taken = tokio::select! {
            is_taken = moved => is_taken,
            // The next worker publishes it again, with the same id.
            () = received.keep() => return,
        };
        let kind = match is_taken {
            true => AckKind::Term,
            false => AckKind::Nak(Some(backoff(u32::MAX))),
        };
        self.acknowledge(&received, kind).await;
    }

    fn dead_letter(&self, received: &Received<'_>, reason: DeadReason) -> PublishMessage {
        let sequence = received.sequence;
        let mut message = PublishMessage::build()
            .header("Basalam-Chat-Reason", reason.name())
            .header(
                "Basalam-Chat-Attempts",
                received.attempt.to_string().as_str(),
            )
            .header("Basalam-Chat-Sequence", sequence.to_string().as_str())
            .message_id(format!("{} {sequence}", self.context.queue.log))
            .payload(received.message.payload.clone());
        let headers = received.message.headers.as_ref();
        if let Some(id) = headers.and_then(|headers| headers.get(EVENT_HEADER)) {
            message = message.header(EVENT_HEADER, id.as_str());
        }
        message
    }

    /// Passes an event to the program's function for dead letters.
    async fn tell(&self, user: i64, event: ForwardedEvent, reason: DeadReason) -> bool {
        let reason = match reason {
            DeadReason::UnknownReply => DeadLetterReason::UnknownReply,
            DeadReason::Exhausted | DeadReason::Invalid => DeadLetterReason::AttemptsExhausted,
        };
        let login = self.context.logins.get(UserId(user)).await.ok();
        let deliveries = login.as_ref().and_then(Ready::deliveries);
        deliveries.is_none_or(|deliveries| deliveries.give_up(event, reason))
    }
}

/// Why an event cannot be read.
enum Unreadable {
    Invalid,
    Version,
}

fn read(received: &Received<'_>) -> Result<EventRecord, Unreadable> {
    let payload = &received.message.payload;
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let version: Version = serde_json::from_slice(payload).map_err(|_| Unreadable::Invalid)?;
    if version.version != EVENT_VERSION {
        return Err(Unreadable::Version);
    }
    // A newer relay publishes types that this worker does not know.
    serde_json::from_slice(payload).map_err(|_| Unreadable::Version)
}
