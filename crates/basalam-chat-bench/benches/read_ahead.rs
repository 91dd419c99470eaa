//! How much of a wait reading ahead hides: 20 ms in the server, 20 ms of work in the caller for each page.
//!
//! `cargo bench -p basalam-chat-bench --bench read_ahead` walks through some pages with and without it, in
//! turns. Without, every page costs both waits, one after the other; with it, the longer one alone, but for
//! the first page. It ends with a failure where less than nine tenths of the smaller one are hidden.

#![allow(clippy::print_stdout)] // Telling what was measured is its purpose.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::ensure;
use basalam_chat::ChatId;
use basalam_chat_bench::bodies::CHAT_ID;
use basalam_chat_bench::{Facade, Server, serve_where_asked};

const ROUNDS: usize = 5;
const PAGES: u32 = 50;
const LATENCY: Duration = Duration::from_millis(20);
const WORK: Duration = Duration::from_millis(20);
const PROMISED: f64 = 0.9;

fn main() -> anyhow::Result<ExitCode> {
    serve_where_asked()?;
    // `cargo test --benches` runs this too, without this argument; it is no test.
    if !std::env::args().any(|it| it == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let server = Server::start(LATENCY)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let facade = Facade::new(server.base_url())?;
    let mut hidden = Vec::new();
    println!("seconds for {PAGES} pages\n\nwithout   with   hidden of the smaller wait");
    for _ in 0..ROUNDS {
        let without = runtime.block_on(walk(&facade, false))?;
        let with = runtime.block_on(walk(&facade, true))?;
        // The first page is waited for either way.
        let smaller = LATENCY.min(WORK) * (PAGES - 1);
        let share = (without.as_secs_f64() - with.as_secs_f64()) / smaller.as_secs_f64();
        println!(
            "{:>7.3} {:>6.3} {share:>8.3}",
            without.as_secs_f64(),
            with.as_secs_f64()
        );
        hidden.push(share);
    }
    hidden.sort_by(f64::total_cmp);
    let median = hidden[ROUNDS / 2];
    println!("\nmedian: {median:.3}");
    if median >= PROMISED {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nLess than promised: {PROMISED}.");
    Ok(ExitCode::FAILURE)
}

/// Walks through the pages, and works on each.
async fn walk(facade: &Facade, read_ahead: bool) -> anyhow::Result<Duration> {
    let messages = facade.client().get_messages(ChatId(CHAT_ID)).limit(100);
    let mut pages = messages.read_ahead(read_ahead).pages();
    let start = Instant::now();
    for _ in 0..PAGES {
        let page = pages.try_next().await?;
        ensure!(
            page.is_some_and(|page| page.messages.len() == 100),
            "the history is longer"
        );
        work();
    }
    Ok(start.elapsed())
}

/// Keeps a core busy, as a caller does that has something to do.
fn work() {
    let start = Instant::now();
    while start.elapsed() < WORK {
        std::hint::spin_loop();
    }
}
