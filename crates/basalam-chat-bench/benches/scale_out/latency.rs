//! The time from when a message is stored to when its handler starts.

use std::time::{Duration, Instant};

use anyhow::Context;
use basalam_chat::reqwest::header::{AUTHORIZATION, HeaderMap};
use basalam_chat::state::{FileState, StateStore};
use basalam_chat::watch::{Delivery, Watch};
use basalam_chat::webhooks::Receiver;
use basalam_chat::{ChatId, Client};
use basalam_chat_emulator::SeedChat;
use basalam_chat_nats::QueueOptions;
use tokio::sync::mpsc;

use crate::{Setup, client};

const SECRET: &str = "Bearer a-secret-of-the-benchmark-0123456789";
const TURNS: usize = 3;
const MESSAGES: usize = 80;
const WARM_UP: usize = 10;
const PATIENCE: Duration = Duration::from_secs(60);

type Handled = mpsc::UnboundedSender<Instant>;

/// Returns the seconds of each message, with a relay and a worker and in one process.
pub(crate) async fn measure(setup: &Setup) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let (seller, customer) = (setup.emulator.seller(), setup.emulator.customer());
    let chat = setup
        .emulator
        .seed_chat(SeedChat::private(seller.id, customer.id))?;
    let sender = Sender {
        customer: client(&setup.emulator, customer.token())?,
        chat: ChatId(chat),
        receiver: Receiver::builder(setup.client.current_user_id().await?, SECRET).build()?,
    };
    let (mut scaled, mut embedded) = (Vec::new(), Vec::new());
    // In turns, each with a state of its own.
    for turn in 0..TURNS {
        embedded.extend(in_one_process(setup, &sender, turn).await?);
        scaled.extend(in_several(setup, &sender, turn).await?);
    }
    Ok((scaled, embedded))
}

/// Sends messages and wakes the watcher, as the service does.
struct Sender {
    customer: Client,
    chat: ChatId,
    receiver: Receiver,
}

/// Measures `watch()`, with the store on its disk.
async fn in_one_process(setup: &Setup, sender: &Sender, turn: usize) -> anyhow::Result<Vec<f64>> {
    let directory = tempfile::tempdir()?;
    let store = FileState::open(directory.path().join("state")).await?;
    let (handled, mut times) = mpsc::unbounded_channel();
    let watch = sender.watch(&setup.client, store, turn).await?;
    let watcher = tokio::spawn(watch.run(handler(handled)));
    let seconds = sender.send(&mut times).await;
    watcher.abort();
    seconds
}

/// Measures a relay and a worker, with the store on NATS.
async fn in_several(setup: &Setup, sender: &Sender, turn: usize) -> anyhow::Result<Vec<f64>> {
    let queue = setup.nats.queue(QueueOptions::new("latency")).await?;
    let store = setup.nats.state("latency").await?;
    let user = setup.client.current_user_id().await?;
    let (handled, mut times) = mpsc::unbounded_channel();
    let watch = sender.watch(&setup.client, store, turn).await?;
    let worker = queue.worker().login(user, watch.clone());
    let relay = tokio::spawn(queue.relay().start(watch)?.run());
    let worker = tokio::spawn(worker.run(handler(handled)));
    let seconds = sender.send(&mut times).await;
    relay.abort();
    worker.abort();
    seconds
}

impl Sender {
    /// Returns a watcher of the messages from now on.
    async fn watch(
        &self,
        client: &Client,
        store: impl StateStore + 'static,
        turn: usize,
    ) -> anyhow::Result<Watch> {
        let last = self
            .customer
            .create_message(self.chat, "The turn begins")
            .await?;
        let watch = client
            .watch(store)
            .name(format!("turn-{turn}"))
            .after(last.id);
        Ok(watch.webhooks(&self.receiver))
    }

    async fn send(
        &self,
        handled: &mut mpsc::UnboundedReceiver<Instant>,
    ) -> anyhow::Result<Vec<f64>> {
        let mut seconds = Vec::new();
        for message in 0..MESSAGES {
            self.customer
                .create_message(self.chat, "A question")
                .await?;
            let stored = Instant::now();
            let headers = HeaderMap::from_iter([(AUTHORIZATION, SECRET.parse()?)]);
            self.receiver.accept(&headers, b"{}");
            let handled = tokio::time::timeout(PATIENCE, handled.recv()).await;
            let handled = handled?.context("the handler has ended")?;
            // The first ones find everything cold.
            if message >= WARM_UP {
                seconds.push(handled.saturating_duration_since(stored).as_secs_f64());
            }
            // The watcher is idle again.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(seconds)
    }
}

fn handler(
    handled: Handled,
) -> impl Fn(Delivery) -> std::future::Ready<Result<(), Box<dyn std::error::Error + Send + Sync>>> {
    move |delivery| {
        if delivery.event().received().is_some() {
            // The receiver is gone after the last one.
            let _ = handled.send(Instant::now());
        }
        std::future::ready(Ok(()))
    }
}
