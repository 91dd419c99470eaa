//! Share of the latency that reading ahead hides, with 20 ms in the server and 20 ms of work per page.
//!
//! `cargo bench -p basalam-chat-bench --bench read_ahead` reads pages alternately with and without reading
//! ahead. Without it, a page takes the latency plus the work; with it, only the longer of the two, except for
//! the first page. The benchmark fails if less than 90% of the shorter one is hidden.

#![allow(clippy::print_stdout)] // Prints the results.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::ensure;
use basalam_chat::ChatId;
use basalam_chat_bench::bodies::CHAT_ID;
use basalam_chat_bench::{Facade, Server, serve_if_requested};

const ROUNDS: usize = 5;
const PAGES: u32 = 50;
const LATENCY: Duration = Duration::from_millis(20);
const WORK: Duration = Duration::from_millis(20);
const MIN_HIDDEN_SHARE: f64 = 0.9;

fn main() -> anyhow::Result<ExitCode> {
    serve_if_requested()?;
    // `cargo test --benches` runs this without `--bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let server = Server::start(LATENCY)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let facade = Facade::new(server.base_url())?;
    let mut hidden = Vec::new();
    println!("seconds for {PAGES} pages\n\nwithout   with   hidden share of the shorter wait");
    for _ in 0..ROUNDS {
        let without = runtime.block_on(read_pages(&facade, false))?;
        let with = runtime.block_on(read_pages(&facade, true))?;
        // The first page is never hidden.
        let shorter = LATENCY.min(WORK) * (PAGES - 1);
        let share = (without.as_secs_f64() - with.as_secs_f64()) / shorter.as_secs_f64();
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
    if median >= MIN_HIDDEN_SHARE {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nBelow the required minimum: {MIN_HIDDEN_SHARE}.");
    Ok(ExitCode::FAILURE)
}

/// Reads the pages and simulates work on each.
async fn read_pages(facade: &Facade, read_ahead: bool) -> anyhow::Result<Duration> {
    let messages = facade.client().get_messages(ChatId(CHAT_ID)).limit(100);
    let mut pages = messages.read_ahead(read_ahead).pages();
    let start = Instant::now();
    for _ in 0..PAGES {
        let page = pages.try_next().await?;
        ensure!(
            page.is_some_and(|page| page.items.len() == 100),
            "the history ended early"
        );
        work();
    }
    Ok(start.elapsed())
}

/// Simulates CPU-bound work of the caller.
fn work() {
    let start = Instant::now();
    while start.elapsed() < WORK {
        std::hint::spin_loop();
    }
}
