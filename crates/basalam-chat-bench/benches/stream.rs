//! A history of 1,000,000 messages, read whole: how fast, and in how much memory.
//!
//! `cargo bench -p basalam-chat-bench --bench stream` has each reader read it in a process of its own, in
//! turns, and prints the median of the rounds. The bare loop is the client that is written by hand, which
//! asks for one page after the other.
//!
//! Everything is read on a runtime of one thread and on one of several. On several, a page that is read ahead
//! is read on another core than the one that takes it; where the server and the two of them have two cores
//! between them, and the caller does nothing with a message, that costs more than it hides.
//!
//! It ends with a failure where the facade on one thread is slower than 0.95 of the bare loop there, or
//! anywhere takes 32 MiB or more, or takes more for a longer history.

#![allow(clippy::print_stdout)] // Telling what was measured is its purpose.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::messages::MessageStream;
use basalam_chat::{ChatId, MessageId};
use basalam_chat_bench::bodies::{CHAT_ID, HISTORY, NEWEST_ID};
use basalam_chat_bench::{ByHand, Facade, Server, memory, peak_memory, serve_where_asked};
use tokio::runtime::Builder;

const ROUNDS: usize = 3;

/// Messages of a page, for all readers alike.
const PAGE: u32 = 100;

const PROMISED_RATE: f64 = 0.95;

const PROMISED_BYTES: u64 = 32 * 1024 * 1024;

/// How much of a page's memory may be in use by chance when another length is measured.
const CHANCE: u64 = 2 * 1024 * 1024;

/// The runtimes; the first one is what is promised for.
const RUNTIMES: [&str; 2] = ["one thread", "several threads"];

/// The readers; the last one is what the others are measured by.
const READERS: [&str; 3] = ["facade", "facade, no read-ahead", "bare loop"];

fn main() -> anyhow::Result<ExitCode> {
    serve_where_asked()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, runtime, reader, length, base_url] = &arguments[..]
        && command == "--read"
    {
        return read(runtime, reader, length.parse()?, base_url);
    }
    // `cargo test --benches` runs this too, without this argument; it is no test.
    if !arguments.iter().any(|it| it == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let server = Server::start(Duration::ZERO)?;
    println!("a history of {HISTORY} messages, in pages of {PAGE}");
    let mut is_kept = true;
    for runtime in RUNTIMES {
        println!("\n{runtime:<22}  messages/s  of the bare loop  peak MiB  above the start");
        is_kept &= report(runtime, &server)?;
    }
    let [long, short] =
        [HISTORY, HISTORY / 10].map(|length| Reading::of(RUNTIMES[0], READERS[0], length, &server));
    let (long, short) = (long?, short?);
    println!(
        "\nthe facade's peak: {:.1} MiB, and {:.1} MiB with a tenth of the history",
        mebibytes(long.peak),
        mebibytes(short.peak)
    );
    is_kept &= long.peak <= short.peak + CHANCE;
    if is_kept {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nLess than promised: {PROMISED_RATE} of the rate, and 32 MiB, whatever the length.");
    Ok(ExitCode::FAILURE)
}

/// Measures the readers on one runtime, and gives whether they keep what is promised.
fn report(runtime: &str, server: &Server) -> anyhow::Result<bool> {
    let mut rounds: Vec<Vec<Reading>> = Vec::new();
    for _ in 0..ROUNDS {
        let readings = READERS.map(|reader| Reading::of(runtime, reader, HISTORY, server));
        rounds.push(readings.into_iter().collect::<anyhow::Result<_>>()?);
    }
    let mut is_kept = true;
    for (place, reader) in READERS.iter().enumerate() {
        let rates = rounds.iter().map(|round| round[place].rate);
        let ratios = rounds.iter().map(|round| {
            let bare = round.last().map_or(f64::NAN, |bare| bare.rate);
            round[place].rate / bare
        });
        let ratio = median(ratios.collect());
        let peak = rounds.iter().map(|round| round[place].peak).max();
        let start = rounds.iter().map(|round| round[place].start).min();
        let (peak, start) = (peak.unwrap_or_default(), start.unwrap_or_default());
        println!(
            "{reader:<22} {:>11.0} {ratio:>17.3} {:>9.1} {:>16.1}",
            median(rates.collect()),
            mebibytes(peak),
            mebibytes(peak.saturating_sub(start)),
        );
        is_kept &= ratio >= PROMISED_RATE || runtime != RUNTIMES[0];
        is_kept &= peak < PROMISED_BYTES;
    }
    Ok(is_kept)
}

/// What was seen of a process that read a history.
struct Reading {
    rate: f64,
    /// Memory before the first page, in bytes.
    start: u64,
    peak: u64,
}

impl Reading {
    /// Has a process read so many messages.
    fn of(runtime: &str, reader: &str, length: i64, server: &Server) -> anyhow::Result<Reading> {
        let output = Command::new(std::env::current_exe()?)
            .args(["--read", runtime, reader, &length.to_string()])
            .arg(server.base_url())
            .output()?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let said = String::from_utf8(output.stdout)?;
        let mut said = said.split_whitespace();
        let mut next = || said.next().context("the process says too little");
        Ok(Reading {
            rate: next()?.parse()?,
            start: next()?.parse()?,
            peak: next()?.parse()?,
        })
    }
}

/// Is what a process does that reads a history: it says its rate, and its memory at first and at most.
fn read(runtime: &str, reader: &str, length: i64, base_url: &str) -> anyhow::Result<ExitCode> {
    let mut builder = match runtime == RUNTIMES[0] {
        true => Builder::new_current_thread(),
        false => Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build()?;
    runtime.block_on(async {
        let first = NEWEST_ID - HISTORY + length + 1;
        let facade = Facade::new(base_url)?;
        let by_hand = ByHand::new(base_url)?;
        let stream = |read_ahead| -> MessageStream {
            let messages = facade.client().get_messages(ChatId(CHAT_ID)).limit(PAGE);
            let messages = messages.before(MessageId(first));
            messages.read_ahead(read_ahead).stream()
        };
        let before = memory().context("this system does not tell how much a process uses")?;
        let start = Instant::now();
        let count = match reader {
            "facade" => drain(stream(true)).await?,
            "facade, no read-ahead" => drain(stream(false)).await?,
            _ => drain_bare(&by_hand, first).await?,
        };
        let took = start.elapsed();
        ensure!(
            i64::from(count) == length,
            "{count} messages were read, not {length}"
        );
        let rate = f64::from(count) / took.as_secs_f64();
        println!("{rate} {before} {}", peak_memory().unwrap_or(u64::MAX));
        Ok(ExitCode::SUCCESS)
    })
}

async fn drain(mut stream: MessageStream) -> anyhow::Result<u32> {
    let mut count = 0;
    while let Some(message) = stream.try_next().await? {
        std::hint::black_box(message);
        count += 1;
    }
    Ok(count)
}

async fn drain_bare(client: &ByHand, first: i64) -> anyhow::Result<u32> {
    let mut count = 0;
    let mut before = first;
    loop {
        let page = client.page(Some(before), PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(count);
        };
        before = last.id;
        for message in page {
            std::hint::black_box(message);
            count += 1;
        }
    }
}

/// Bytes as MiB. Memory sizes are exact in a double.
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
