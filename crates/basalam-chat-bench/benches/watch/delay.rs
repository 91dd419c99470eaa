//! Time from when a message is stored at the service until its handler is called.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::state::MemoryState;
use basalam_chat::watch::Watch;
use basalam_chat::webhooks::{Receiver, WebhookEventId};
use basalam_chat::{ChatId, Client, PersonalToken};
use basalam_chat_bench::median;
use basalam_chat_emulator::{Emulator, SeedChat, SeedMessage};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::report::Report;

const LATENCY: Duration = Duration::from_millis(50);
const INTERVAL: Duration = Duration::from_millis(500);
const SAMPLES: u32 = 60;
/// Deliveries that open connections and prove the webhooks reliable.
const WARM_UP: u32 = 3;
/// What the handling of a delivery may take besides the round trips.
const OVERHEAD: Duration = Duration::from_millis(5);

pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let (round_trips, polled) = runtime.block_on(measure_polling())?;
    check(report, "polling", INTERVAL / 2 + round_trips, polled);
    let (round_trips, delivered) = runtime.block_on(measure_webhooks())?;
    check(report, "webhook", round_trips + OVERHEAD, delivered);
    Ok(())
}

fn check(report: &mut Report, by: &str, limit: Duration, delays: Vec<f64>) {
    let delay = median(delays).unwrap_or(f64::INFINITY);
    report.check(
        &format!(
            "delay by {by}, {} ms of latency, median",
            LATENCY.as_millis()
        ),
        &format!("{:.1} ms", limit.as_secs_f64() * 1e3),
        &format!("{:.1} ms", delay * 1e3),
        delay <= limit.as_secs_f64(),
    );
}

/// An emulator with a chat for each sample.
struct Setup {
    emulator: Emulator,
    client: Client,
    chats: Vec<(i64, i64)>,
}

impl Setup {
    fn start() -> anyhow::Result<Setup> {
        let emulator = Emulator::builder().latency(LATENCY).start_blocking()?;
        let token = PersonalToken::new(emulator.seller().token());
        let client = Client::builder(token)
            .base_url(emulator.base_url())
            .build()?;
        let chats = (0..SAMPLES + WARM_UP).map(|index| {
            let user = emulator.add_user(format!("User {index}")).id;
            let chat = SeedChat::private(emulator.seller().id, user);
            let chat = emulator.seed_chat(chat)?;
            // The watcher asks for the newest message of a chat whose last message is not listed.
            emulator.seed_messages(chat, user, [SeedMessage::text("Hello!")])?;
            Ok((chat, user))
        });
        Ok(Setup {
            chats: chats.collect::<anyhow::Result<_>>()?,
            emulator,
            client,
        })
    }

    /// Returns the median of the time that two round trips take for the requests that find a message: twice the latency,
    /// and the time that the emulator needs.
    async fn two_round_trips(&self) -> anyhow::Result<Duration> {
        let mut times = Vec::new();
        for (chat, _) in &self.chats {
            let start = Instant::now();
            self.client.get_chats().limit(10).await?;
            self.client.get_messages(ChatId(*chat)).limit(1).await?;
            times.push(start.elapsed().as_secs_f64());
        }
        Ok(Duration::from_secs_f64(median(times).unwrap_or_default()))
    }

    /// Stores a message in each chat after a pause, and returns the seconds until its handler is called.
    async fn sample(
        &self,
        watch: Watch,
        pause: impl Fn(u32) -> Duration,
    ) -> anyhow::Result<Vec<f64>> {
        let watcher = watch.start()?;
        let handle = watcher.handle();
        let (sender, mut handled) = mpsc::unbounded_channel();
        let run = tokio::spawn(watcher.run(move |delivery| {
            let now = Instant::now();
            if let Some(message) = delivery.event().received() {
                // The receiver lives until the watcher has ended.
                let _ = sender.send((message.chat_id.0, now));
            }
            std::future::ready(Ok(()))
        }));
        // The first list and the first resync.
        tokio::time::sleep(LATENCY * 40).await;
        let mut delays = Vec::new();
        for (index, (chat, user)) in (0..).zip(&self.chats) {
            tokio::time::sleep(pause(index)).await;
            let stored = Instant::now();
            let message = SeedMessage::text("Is it in stock?");
            self.emulator.seed_messages(*chat, *user, [message])?;
            let (handled, at) = handled.recv().await.context("the watcher has ended")?;
            ensure!(handled == *chat, "another message was delivered");
            if index >= WARM_UP {
                delays.push((at - stored).as_secs_f64());
            }
        }
        handle.shutdown();
        run.await??;
        Ok(delays)
    }
}

/// Messages are stored at evenly distributed times between two polls.
async fn measure_polling() -> anyhow::Result<(Duration, Vec<f64>)> {
    let setup = Setup::start()?;
    let watch = setup.client.watch(MemoryState::new());
    let watch = watch.poll_interval(INTERVAL).idle_interval(INTERVAL);
    let cycle = INTERVAL + LATENCY;
    // Steps of 37 visit all of them in an irregular order.
    let pause = |index: u32| cycle * ((index * 37) % SAMPLES) / SAMPLES;
    let delays = setup.sample(watch, pause).await?;
    Ok((setup.two_round_trips().await?, delays))
}

async fn measure_webhooks() -> anyhow::Result<(Duration, Vec<f64>)> {
    let setup = Setup::start()?;
    let secret = "Bearer a-secret-of-the-benchmark-0123456789";
    let user = setup.client.current_user_id().await?;
    let receiver = Receiver::builder(user, secret).build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhooks", listener.local_addr()?);
    let router = receiver.axum_router("/webhooks")?;
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE];
    let webhooks = setup.client.webhooks();
    let created = webhooks.create_webhook(url, events);
    created.header("Authorization", secret).await?;
    let watch = setup.client.watch(MemoryState::new()).webhooks(&receiver);
    let pause = |index: u32| Duration::from_millis(100) + LATENCY * ((index * 37) % 11) / 11;
    let delays = setup.sample(watch, pause).await?;
    server.abort();
    Ok((setup.two_round_trips().await?, delays))
}
