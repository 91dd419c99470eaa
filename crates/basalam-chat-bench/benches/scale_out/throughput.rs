//! Events per second.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::messages::Message;
use basalam_chat::state::Version;
use basalam_chat::watch::{Delivery, Event, ForwardedDeliveries, ForwardedEvent, ForwardedOutcome};
use basalam_chat::{ChatId, serde_json};
use basalam_chat_nats::{EventQueue, NatsState, QueueOptions, Relay, partition};
use bytes::Bytes;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use crate::bare::Bare;
use crate::{ROUNDS, Setup};

const CHATS: i64 = 200;
const EVENTS: i64 = 2_000;
const PARTITIONS: u32 = 64;
/// That of a watcher.
const IN_FLIGHT: usize = 64;
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns the events per second of each round, of a relay and a worker and of async-nats alone.
pub(crate) async fn measure(setup: &Setup) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let queue = setup
        .nats
        .queue(QueueOptions::new("bench").partitions(PARTITIONS))
        .await?;
    let store = setup.nats.state("bench").await?;
    let deliveries = Arc::new(prepare(setup, &queue, &store).await?);
    let bare = Bare::open(&setup.server.url(), "bare", PARTITIONS).await?;
    let handled = Arc::new(Handled::default());
    let counter = handled.clone();
    let worker = queue
        .worker()
        .login(deliveries.user_id(), setup.client.watch(store));
    let stop = worker.handle();
    let worker = tokio::spawn(worker.run(move |_: Delivery| {
        let counter = counter.clone();
        async move {
            counter.add();
            Ok(())
        }
    }));
    let relay = queue.relay();
    let (mut relayed, mut alone) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let events = events(round)?;
        let payloads = payloads(&queue, &deliveries, &events);
        // Varies the order, so that neither always follows the other.
        for is_relay in [round % 2 == 0, round % 2 == 1] {
            let (elapsed, rates) = match is_relay {
                true => (
                    run(&relay, &deliveries, &events, &handled).await?,
                    &mut relayed,
                ),
                false => (bare.run(&payloads, IN_FLIGHT).await?, &mut alone),
            };
            // The first round warms up.
            if round > 0 {
                rates.push(EVENTS as f64 / elapsed.as_secs_f64());
            }
        }
    }
    stop.shutdown();
    worker.await??;
    Ok((relayed, alone))
}

/// Starts a watcher once, which stores the secret of replies.
async fn prepare(
    setup: &Setup,
    queue: &EventQueue,
    store: &NatsState,
) -> anyhow::Result<ForwardedDeliveries> {
    let watch = setup.client.watch(store.clone());
    let relayed = queue.relay().start(watch.clone())?;
    let relayed = tokio::spawn(relayed.run());
    let deadline = Instant::now() + PATIENCE;
    let deliveries = loop {
        match watch.clone().forwarded("bench").await {
            Ok(deliveries) => break deliveries,
            Err(error) => ensure!(
                Instant::now() < deadline,
                "the watcher does not start: {error}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    relayed.abort();
    Ok(deliveries)
}

/// Returns messages of all chats in turns.
fn events(round: usize) -> anyhow::Result<Vec<(i64, Message)>> {
    let first = 1 + round as i64 * EVENTS;
    (first..first + EVENTS)
        .map(|id| {
            let chat = 1 + id % CHATS;
            let message = serde_json::json!({
                "id": id, "chat_id": chat, "message_type": "text",
                "content": {"text": "A question about a product, of a usual length, and one more sentence."},
                "sender": {"id": 431, "name": "A customer"},
                "created_at": "2026-07-22T10:00:00", "updated_at": "2026-07-22T10:00:00",
            });
            Ok((chat, serde_json::from_value(message)?))
        })
        .collect()
}

/// Returns payloads of the same size as those of the relay.
fn payloads(
    _queue: &EventQueue,
    deliveries: &ForwardedDeliveries,
    events: &[(i64, Message)],
) -> Vec<(i64, u32, Bytes)> {
    let user = deliveries.user_id();
    let payload = |chat: i64, message: &Message| {
        let event = serde_json::json!({
            "version": 1, "id": format!("message-{}-0", message.id), "user_id": user.0, "chat_id": chat,
            "revision": 0, "fencing": 1, "type": "message_received", "message": message,
        });
        Bytes::from(event.to_string())
    };
    let events = events.iter();
    let payloads = events.map(|(chat, message)| {
        let partition = partition(user, ChatId(*chat), PARTITIONS);
        (*chat, partition, payload(*chat, message))
    });
    payloads.collect()
}

/// Publishes events as the handler of a watcher does, which hands out one of each chat at a time.
async fn run(
    relay: &Relay,
    deliveries: &Arc<ForwardedDeliveries>,
    events: &[(i64, Message)],
    handled: &Handled,
) -> anyhow::Result<Duration> {
    handled.expect(events.len());
    let start = Instant::now();
    let permits = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut chats = JoinSet::new();
    for chat in 1..=CHATS {
        let messages: Vec<Message> = events
            .iter()
            .filter(|it| it.0 == chat)
            .map(|it| it.1.clone())
            .collect();
        let (relay, deliveries, permits) = (relay.clone(), deliveries.clone(), permits.clone());
        chats.spawn(async move {
            for message in messages {
                let _permit = permits.acquire().await?;
                let event = Event::MessageReceived(Box::new(message));
                let fencing = Version::from_number(1);
                let event = ForwardedEvent::new(ChatId(chat), event, 0, fencing, 1);
                let publish = |delivery: Delivery| {
                    let relay = relay.clone();
                    async move { Ok(relay.publish(&delivery).await?) }
                };
                let outcome = deliveries.handle(event, &publish, PATIENCE).await;
                ensure!(
                    outcome == ForwardedOutcome::Acknowledged,
                    "an event was not published"
                );
            }
            anyhow::Ok(())
        });
    }
    while let Some(published) = chats.join_next().await {
        published??;
    }
    let done = tokio::time::timeout(PATIENCE, handled.done.notified()).await;
    done.context("not all events were handled")?;
    Ok(start.elapsed())
}

/// Counts down what is handled.
#[derive(Default)]
struct Handled {
    left: AtomicUsize,
    done: Notify,
}

impl Handled {
    fn expect(&self, count: usize) {
        self.left.store(count, Ordering::SeqCst);
    }

    fn add(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.done.notify_one();
        }
    }
}
