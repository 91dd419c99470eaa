//! Messages per second of a watcher that has many to catch up with, compared with a loop that only fetches them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::messages::SortOrder;
use basalam_chat::state::{MemoryState, StateStore};
use basalam_chat::{Client, MessageId};
use basalam_chat_bench::{Ratios, median};
use basalam_chat_state::SqliteState;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::report::Report;
use crate::service::{self, Service};

const CHATS: usize = 1_000;
const NEW_MESSAGES: usize = 10;
const MESSAGES: usize = CHATS * NEW_MESSAGES;
/// The default of the watcher.
const CONCURRENCY: usize = 64;
const MIN_RATIO: f64 = 0.8;
const LATENCY: Duration = Duration::from_millis(50);

pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    for (latency, rounds) in [(LATENCY, 7), (Duration::ZERO, 21)] {
        let service = Service::start(CHATS, NEW_MESSAGES, latency)?;
        let client = service::client(service.base_url(), 0).build()?;
        for is_durable in [false, true] {
            let compare = compare(&service, &client, is_durable, rounds);
            let (watched, bare) = runtime.block_on(compare)?;
            let ratios = Ratios::new(&watched, &bare).context("there are no rounds")?;
            let what = format!(
                "throughput, {} ms of latency, {}: {:.0} of {:.0} messages/s",
                latency.as_millis(),
                if is_durable { "SQLite" } else { "memory" },
                median(watched).unwrap_or_default(),
                median(bare).unwrap_or_default(),
            );
            let is_met = ratios.median() >= MIN_RATIO;
            match latency.is_zero() || is_durable {
                true => report.show(&what, &ratios.to_string()),
                false => report.check(&what, "0.8", &ratios.to_string(), is_met),
            }
        }
    }
    Ok(())
}

/// Lets a watcher and a bare loop take turns. Returns their messages per second.
async fn compare(
    service: &Service,
    client: &Client,
    is_durable: bool,
    rounds: usize,
) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let (mut watched, mut bare) = (Vec::new(), Vec::new());
    let rate = |elapsed: Duration| MESSAGES as f64 / elapsed.as_secs_f64();
    for round in 0..=rounds {
        let directory = tempfile::tempdir()?;
        let store: Arc<dyn StateStore> = match is_durable {
            true => Arc::new(SqliteState::open(directory.path().join("state.db")).await?),
            false => Arc::new(MemoryState::new()),
        };
        start_once(service, client, store.clone()).await?;
        service.arrive().await?;
        let mut times = [Duration::ZERO; 2];
        // Varies the order, so that no one always follows the other.
        for is_watcher in [round % 2 == 0, round % 2 == 1] {
            times[usize::from(is_watcher)] = match is_watcher {
                true => watch(client, store.clone()).await?,
                false => fetch(client).await?,
            };
        }
        // The first round opens the connections.
        if round > 0 {
            bare.push(rate(times[0]));
            watched.push(rate(times[1]));
        }
    }
    Ok((watched, bare))
}

/// Starts a watcher for the first time and stops it, so that later messages are those that it has missed.
async fn start_once(
    service: &Service,
    client: &Client,
    store: Arc<dyn StateStore>,
) -> anyhow::Result<()> {
    service.reset_counts().await?;
    let mut watcher = client.watch(store).start()?;
    service.wait_until(|counts| counts.passes >= 2).await?;
    watcher.handle().shutdown();
    ensure!(
        watcher.next().await.is_none(),
        "an old message was delivered"
    );
    Ok(())
}

/// Runs a watcher and returns the time until all messages were handled.
async fn watch(client: &Client, store: Arc<dyn StateStore>) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let watcher = client.watch(store).max_in_flight(CONCURRENCY).start()?;
    let handle = watcher.handle();
    let handled = AtomicUsize::new(0);
    let (sender, mut elapsed) = tokio::sync::mpsc::unbounded_channel();
    let run = watcher.run(move |delivery| {
        let is_received = delivery.event().received().is_some();
        if is_received && handled.fetch_add(1, Ordering::SeqCst) + 1 == MESSAGES {
            // The receiver waits for the watcher to end.
            let _ = sender.send(start.elapsed());
            handle.shutdown();
        }
        std::future::ready(Ok(()))
    });
    run.await?;
    elapsed.recv().await.context("messages are missing")
}

/// Fetches the list of chats and their new messages, and returns the time that it takes.
async fn fetch(client: &Client) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let slots = Arc::new(Semaphore::new(CONCURRENCY));
    let mut tasks = JoinSet::new();
    let mut pages = client.get_chats().pages();
    while let Some(page) = pages.try_next().await? {
        for chat in page {
            let last = chat.last_message.context("a chat has no message")?.id;
            let after = MessageId(last.0 - i64::try_from(NEW_MESSAGES)?);
            let request = client.get_messages(chat.id).after(after);
            let request = request.order(SortOrder::Asc).limit(100);
            let slots = slots.clone();
            tasks.spawn(async move {
                let _slot = slots.acquire_owned().await;
                request.await.map(|page| page.items.len())
            });
        }
    }
    let mut count = 0;
    while let Some(fetched) = tasks.join_next().await {
        count += fetched??;
    }
    ensure!(count == MESSAGES, "{count} messages were fetched");
    Ok(start.elapsed())
}
