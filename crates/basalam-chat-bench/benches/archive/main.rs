//! Speed and memory of `basalam-chat-archive`.
//!
//! `cargo bench -p basalam-chat-bench --bench archive` runs all parts, and
//! `cargo bench -p basalam-chat-bench --bench archive -- search` one of them:
//!
//! - `fetch`: 300 chats with 200 messages, 50 ms of latency and up to 128 requests at once, compared with a loop that only
//!   fetches, and with one whose messages are inserted with rusqlite alone; and the requests of a second sync;
//! - `long`: a chat with 100,000 messages, compared with one page after the other;
//! - `memory`: the peak memory of a process that syncs 1,000,000 messages;
//! - `write`: an import, compared with bare inserts of the same rows into the same tables;
//! - `search`: searches of 1,000,000 messages, compared with the bare statements.
//!
//! It fails if a limit is exceeded.

#![allow(clippy::print_stdout)] // Prints the results.

mod generate;
mod sync;
mod tables;

use std::process::ExitCode;

/// A measured value and its limit.
pub(crate) struct Limit {
    name: &'static str,
    value: f64,
    limit: f64,
    /// The value must not be below the limit; otherwise not above.
    is_minimum: bool,
}

impl Limit {
    pub(crate) fn at_most(name: &'static str, value: f64, limit: f64) -> Limit {
        Limit {
            name,
            value,
            limit,
            is_minimum: false,
        }
    }

    pub(crate) fn at_least(name: &'static str, value: f64, limit: f64) -> Limit {
        Limit {
            name,
            value,
            limit,
            is_minimum: true,
        }
    }

    fn is_kept(&self) -> bool {
        match self.is_minimum {
            true => self.value >= self.limit,
            false => self.value <= self.limit,
        }
    }
}

/// A part of the benchmark, which returns what it measured.
type Part = fn() -> anyhow::Result<Vec<Limit>>;

fn main() -> anyhow::Result<ExitCode> {
    if sync::run_as_child()? {
        return Ok(ExitCode::SUCCESS);
    }
    // `cargo test --benches` runs this without `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|it| it == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let selected: Vec<&String> = arguments.iter().filter(|it| !it.starts_with('-')).collect();
    let parts: [(&str, Part); 5] = [
        ("fetch", sync::fetch),
        ("long", sync::long),
        ("memory", sync::memory),
        ("write", tables::write),
        ("search", tables::search),
    ];
    let mut limits = Vec::new();
    for (name, run) in parts {
        if selected.is_empty() || selected.iter().any(|it| *it == name) {
            println!("\n{name}");
            limits.extend(run()?);
        }
    }
    println!();
    for it in &limits {
        let relation = if it.is_minimum { "at least" } else { "at most" };
        let state = if it.is_kept() { "ok" } else { "FAILED" };
        println!(
            "{state:<6} {}: {:.3}, {relation} {}",
            it.name, it.value, it.limit
        );
    }
    Ok(match limits.iter().all(Limit::is_kept) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
