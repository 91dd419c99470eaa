//! Syncs with an emulator.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use basalam_chat::messages::{Message, MessagePage};
use basalam_chat::{ChatId, Client, PersonalToken};
use basalam_chat_archive::Archive;
use basalam_chat_bench::{median, peak_memory};
use basalam_chat_emulator::{Emulator, SeedChat};
use rusqlite::Connection;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

use super::Limit;
use super::generate::text;
use super::tables::{self, BATCH, Row};

const LATENCY: Duration = Duration::from_millis(50);
const CONCURRENCY: usize = 128;
const ROUNDS: usize = 9;

/// Runs this program as one that syncs: the URL, the token, the path and the number of requests at once.
const CHILD: &str = "--sync";

/// Syncs and prints the peak memory, if this process was started for it.
pub(crate) fn run_as_child() -> anyhow::Result<bool> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(CHILD) {
        return Ok(false);
    }
    let mut next = || arguments.next().context("an argument is missing");
    let (url, token, path) = (next()?, next()?, next()?);
    let concurrency = next()?.parse()?;
    runtime()?.block_on(async {
        let client = Client::builder(PersonalToken::new(token))
            .base_url(url)
            .build()?;
        let report = Archive::open(path)?
            .sync(&client)
            .max_concurrency(concurrency)
            .await?;
        ensure!(report.is_complete(), "the sync is incomplete");
        let peak = peak_memory().context("the system does not report the peak memory")?;
        println!("{peak} {} {}", report.messages_added, report.requests);
        Ok(())
    })?;
    Ok(true)
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// Starts a service with chats of the same length.
fn service(
    latency: Duration,
    chats: usize,
    messages: u64,
) -> anyhow::Result<(Emulator, Vec<ChatId>)> {
    let emulator = Emulator::builder().latency(latency).start_blocking()?;
    let seller = emulator.seller().id;
    let mut ids = Vec::new();
    for chat in 0..chats {
        // More chats of one second than a page has cannot be listed.
        if chat % 10 == 0 {
            emulator.advance_clock(Duration::from_secs(1))?;
        }
        let user = emulator.add_user(format!("User {chat}")).id;
        let id = emulator.seed_chat(SeedChat::private(seller, user))?;
        emulator.seed_messages(id, user, (0..messages).map(text))?;
        ids.push(ChatId(id));
    }
    Ok((emulator, ids))
}

fn client(emulator: &Emulator) -> anyhow::Result<Client> {
    let token = PersonalToken::new(emulator.seller().token());
    Ok(Client::builder(token)
        .base_url(emulator.base_url())
        .build()?)
}

/// Lists the chats and reads their messages, with as many requests at once, and calls a function with each page.
async fn bare_loop(
    client: &Client,
    concurrency: usize,
    on_page: impl Fn(MessagePage) + Clone + Send + 'static,
) -> anyhow::Result<usize> {
    let permits = Arc::new(Semaphore::new(concurrency));
    let mut chats = client.get_chats().stream();
    let mut tasks = tokio::task::JoinSet::new();
    while let Some(chat) = chats.try_next().await? {
        let (client, permits) = (client.clone(), Arc::clone(&permits));
        let on_page = on_page.clone();
        tasks.spawn(async move {
            let _permit = permits.acquire_owned().await?;
            let mut pages = client
                .get_messages(chat.id)
                .limit(100)
                .read_ahead(false)
                .pages();
            let mut count = 0;
            while let Some(page) = pages.try_next().await? {
                count += page.items.len();
                on_page(page);
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(task) = tasks.join_next().await {
        count += task??;
    }
    Ok(count)
}

/// The least that an archive costs: the bare loop, whose messages another thread inserts into the same tables.
fn bare_archive(client: &Client, runtime: &Runtime, path: &Path) -> anyhow::Result<usize> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let (sender, pages) = mpsc::channel::<Vec<Row>>();
    let writer = thread::spawn(move || {
        while let Ok(mut rows) = pages.recv() {
            while rows.len() < BATCH
                && let Ok(more) = pages.try_recv()
            {
                rows.extend(more);
            }
            rows.sort_unstable_by_key(|it| it.1);
            tables::insert(&connection, &rows)?;
        }
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        anyhow::Ok(())
    });
    let on_page = move |page: MessagePage| {
        let rows = page.items.iter().map(row).collect();
        // The writer returns the error with which it has ended.
        let _ = sender.send(rows);
    };
    let count = runtime.block_on(bare_loop(client, CONCURRENCY, on_page));
    let written = writer.join();
    written.map_err(|_| anyhow!("the writer has panicked"))??;
    count
}

fn row(message: &Message) -> Row {
    let text = message.content.text.clone().unwrap_or_default();
    let index = tables::index_entry(&text);
    let sender = message.sender.as_deref().and_then(|it| it.id);
    (
        message.chat_id.0,
        message.id.0,
        message.message_type.as_str().to_owned(),
        sender.map_or(0, |it| it.0),
        message.created_at.as_str().to_owned(),
        message.updated_at.as_str().to_owned(),
        text,
        serde_json::to_string(message).unwrap_or_default(),
        index,
    )
}

pub(crate) fn fetch() -> anyhow::Result<Vec<Limit>> {
    let (emulator, _) = service(LATENCY, 300, 200)?;
    let client = client(&emulator)?;
    let runtime = runtime()?;
    let directory = tempfile::tempdir()?;
    let (mut ratios, mut requests) = (Vec::new(), 0);
    println!("seconds: bare loop, bare loop with bare inserts, sync");
    for round in 0..ROUNDS {
        let started_at = Instant::now();
        ensure!(
            runtime.block_on(bare_loop(&client, CONCURRENCY, drop))? == 60_000,
            "messages are missing"
        );
        let bare = started_at.elapsed().as_secs_f64();
        let path = directory.path().join(format!("{round}-bare.db"));
        drop(Archive::open(&path)?);
        let started_at = Instant::now();
        ensure!(
            bare_archive(&client, &runtime, &path)? == 60_000,
            "messages are missing"
        );
        let inserted = started_at.elapsed().as_secs_f64();
        let archive = Archive::open(directory.path().join(format!("{round}.db")))?;
        let started_at = Instant::now();
        let sync = archive.sync(&client).max_concurrency(CONCURRENCY);
        let report = runtime.block_on(async move { sync.await })?;
        let synced = started_at.elapsed().as_secs_f64();
        ensure!(report.messages_added == 60_000, "messages are missing");
        println!(
            "{bare:>7.3} {inserted:>7.3} {synced:>7.3}  ({} requests)",
            report.requests
        );
        ratios.push(synced / bare);
        ensure!(report.is_complete(), "the sync is incomplete: {report:?}");
        let before = emulator.total_request_count();
        let sync = archive.sync(&client);
        runtime.block_on(async move { sync.await })?;
        requests = emulator.total_request_count() - before;
    }
    let ratio = median(ratios).context("no rounds")?;
    Ok(vec![
        Limit::at_most("sync of 300 chats / bare loop", ratio, 1.3),
        Limit::at_most("requests of a second sync", requests as f64, 10.0),
    ])
}

pub(crate) fn long() -> anyhow::Result<Vec<Limit>> {
    let (emulator, chats) = service(LATENCY, 1, 100_000)?;
    let client = client(&emulator)?;
    let runtime = runtime()?;
    let directory = tempfile::tempdir()?;
    // Each page waits for the one before it, so a tenth is enough.
    let started_at = Instant::now();
    runtime.block_on(async {
        let mut pages = client
            .get_messages(chats[0])
            .limit(100)
            .read_ahead(false)
            .pages();
        for _ in 0..100 {
            pages.try_next().await?.context("a page is missing")?;
        }
        anyhow::Ok(())
    })?;
    let sequential = started_at.elapsed().as_secs_f64() * 10.0;
    let archive = Archive::open(directory.path().join("a.db"))?;
    let started_at = Instant::now();
    let sync = archive.sync(&client);
    let report = runtime.block_on(async move { sync.await })?;
    let synced = started_at.elapsed().as_secs_f64();
    ensure!(report.messages_added == 100_000, "messages are missing");
    println!(
        "{sequential:.1} s one page after the other, {synced:.1} s with 16 requests at once ({} requests)",
        report.requests
    );
    Ok(vec![Limit::at_least(
        "speed with ranges / one page after the other",
        sequential / synced,
        6.0,
    )])
}

pub(crate) fn memory() -> anyhow::Result<Vec<Limit>> {
    let (emulator, _) = service(Duration::ZERO, 20, 50_000)?;
    let directory = tempfile::tempdir()?;
    let started_at = Instant::now();
    let output = child(&emulator, &directory.path().join("a.db"), 16)?;
    let mut values = output.split_whitespace().map(str::parse::<u64>);
    let mut next = || -> anyhow::Result<u64> { Ok(values.next().context("a value is missing")??) };
    let (peak, messages, requests) = (next()?, next()?, next()?);
    ensure!(messages == 1_000_000, "messages are missing");
    let mebibytes = peak as f64 / 1024.0 / 1024.0;
    println!(
        "{mebibytes:.1} MiB, {:.1} s, {requests} requests",
        started_at.elapsed().as_secs_f64()
    );
    Ok(vec![Limit::at_most(
        "peak memory in MiB for 1,000,000 messages",
        mebibytes,
        64.0,
    )])
}

fn child(emulator: &Emulator, path: &Path, concurrency: usize) -> anyhow::Result<String> {
    let output = Command::new(std::env::current_exe()?)
        .args([CHILD, emulator.base_url(), emulator.seller().token()])
        .arg(path)
        .arg(concurrency.to_string())
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
