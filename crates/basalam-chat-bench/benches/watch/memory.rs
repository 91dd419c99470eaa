//! Memory of a process with many known chats.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use basalam_chat_bench::peak_memory;
use basalam_chat_state::SqliteState;
use tokio::sync::Notify;

use crate::report::Report;
use crate::service::{self, Counts, Service};

/// The first argument of a process that watches.
pub(crate) const RUN: &str = "--watch";

const CHATS: usize = 100_000;
const MAX_MEMORY: u64 = 64 * 1024 * 1024;

/// A watcher that starts after the messages that exist.
const NOW: &str = "now";
/// A watcher that reads the messages of all chats.
const BEGINNING: &str = "beginning";
/// A watcher that is started again after the one before.
const RESTART: &str = "restart";

pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let directory = tempfile::tempdir()?;
    let chats = u64::try_from(CHATS)?;
    for (case, database, what) in [
        (NOW, "now.db", "first start"),
        (RESTART, "now.db", "restart"),
        (
            BEGINNING,
            "all.db",
            "from the beginning, each chat has a message",
        ),
        (
            RESTART,
            "all.db",
            "restart, each chat has a position in the store",
        ),
    ] {
        let service = Service::start(CHATS, 0, Duration::ZERO)?;
        let database = directory.path().join(database);
        let mut process = Command::new(std::env::current_exe()?)
            .args([RUN, case, &CHATS.to_string(), service.base_url()])
            .arg(&database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let is_finished = |counts: &Counts| match case {
            NOW => counts.passes >= 2,
            BEGINNING => counts.passes >= 2 && counts.message_pages >= chats,
            // Late messages may have been missed before, so the chats with messages are read again.
            _ if database.ends_with("all.db") => {
                counts.passes >= 1 && counts.message_pages >= chats
            }
            _ => counts.passes >= 1,
        };
        runtime.block_on(async {
            service.wait_until(is_finished).await?;
            // The rest of the list.
            tokio::time::sleep(Duration::from_secs(2)).await;
            Ok::<_, anyhow::Error>(())
        })?;
        let mut stdin = process.stdin.take().context("stdin is not piped")?;
        writeln!(stdin, "end")?;
        let mut output = String::new();
        let stdout = process.stdout.take().context("stdout is not piped")?;
        BufReader::new(stdout).read_to_string(&mut output)?;
        ensure!(process.wait()?.success(), "the watching process failed");
        let peak: u64 = output.trim().parse()?;
        let what = format!("memory, {CHATS} chats: {what}");
        let result = format!("{:.1} MiB", peak as f64 / (1024.0 * 1024.0));
        match case {
            // All chats are waiting at the same time, which takes more than that they are known.
            BEGINNING => report.show(&what, &result),
            _ => report.check(&what, "64 MiB", &result, peak < MAX_MEMORY),
        }
    }
    Ok(())
}

/// Watches until a line is read from stdin and all messages are handled, and prints the peak memory of this process.
pub(crate) fn run(case: &str, chats: usize, base_url: &str, database: &str) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let store = SqliteState::open(database).await?;
        let watch = service::client(base_url, 0).build()?.watch(store);
        let (watch, expected) = match case == BEGINNING {
            true => (watch.from_the_beginning(), chats),
            false => (watch, 0),
        };
        let watcher = watch.start()?;
        let handle = watcher.handle();
        let handled = Arc::new((AtomicUsize::new(0), Notify::new()));
        let count = handled.clone();
        let run = tokio::spawn(watcher.run(move |_| {
            if count.0.fetch_add(1, Ordering::SeqCst) + 1 == expected {
                count.1.notify_one();
            }
            std::future::ready(Ok(()))
        }));
        let mut line = String::new();
        tokio::task::spawn_blocking(move || std::io::stdin().lock().read_line(&mut line)).await??;
        if expected > 0 {
            handled.1.notified().await;
        }
        // Before the shutdown, whose memory is part of it.
        handle.shutdown();
        run.await??;
        let count = handled.0.load(Ordering::SeqCst);
        ensure!(count == expected, "{count} messages were handled");
        println!(
            "{}",
            peak_memory().context("the system does not report the peak memory")?
        );
        Ok(())
    })
}
