//! Throughput and memory use of streaming a history of 1,000,000 messages.
//!
//! `cargo bench -p basalam-chat-bench --bench stream` runs each reader in a separate process, three times. The
//! readers take turns of 20,000 messages each, since the speed of a machine varies over time; the report shows
//! the median and the quartiles of the ratios within a turn. The baseline is a loop with the hand-written
//! client that fetches one page after the other.
//!
//! Both a current-thread and a multi-thread runtime are measured. With the latter, the facade can prefetch
//! one page beyond its turn of 200 pages, which is slightly in its favour.
//!
//! The benchmark fails if the facade reaches less than 0.95 of the baseline's rate, if its peak memory is
//! 32 MiB or more, or if the peak grows with the length of the history.

#![allow(clippy::print_stdout)] // Prints the results.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::messages::MessageStream;
use basalam_chat::{ChatId, MessageId};
use basalam_chat_bench::bodies::{CHAT_ID, HISTORY, NEWEST_ID};
use basalam_chat_bench::types::Message;
use basalam_chat_bench::{Facade, HandWritten, Server, memory, peak_memory, serve_if_requested};
use tokio::runtime::Builder;

/// Messages per page.
const PAGE_SIZE: u32 = 100;

/// Messages per turn.
const TURN_SIZE: u32 = 20_000;

/// Number of times that each reader reads the history.
const REPETITIONS: usize = 3;

/// Minimum ratio of the facade's rate to the baseline's.
const MIN_RATE_RATIO: f64 = 0.95;

/// Limit of the facade's peak memory, in bytes.
const MAX_PEAK_MEMORY: u64 = 32 * 1024 * 1024;

/// Tolerance when two peaks are compared, in bytes.
const NOISE: u64 = 2 * 1024 * 1024;

const RUNTIMES: [&str; 2] = [CURRENT_THREAD, "multi-thread"];
const CURRENT_THREAD: &str = "current-thread";

/// The readers, with the baseline as the last one.
const READERS: [&str; 3] = [READ_AHEAD, NO_READ_AHEAD, BASELINE];
const READ_AHEAD: &str = "facade";
const NO_READ_AHEAD: &str = "facade, no read-ahead";
const BASELINE: &str = "hand-written loop";

fn main() -> anyhow::Result<ExitCode> {
    serve_if_requested()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, runtime, reader, length, base_url] = &arguments[..]
        && command == "--read"
    {
        return read(runtime, reader, length.parse()?, base_url);
    }
    // `cargo test --benches` runs this without `--bench`.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let server = Server::start(Duration::ZERO)?;
    println!(
        "{REPETITIONS} x {HISTORY} messages, in pages of {PAGE_SIZE} and turns of {TURN_SIZE}"
    );
    let mut is_within_limits = true;
    for runtime in RUNTIMES {
        println!(
            "\n{runtime:<22}  messages/s  of the baseline   (quartiles)     peak MiB  above the start"
        );
        is_within_limits &= report(runtime, HISTORY, &server)?;
    }
    let [long, short] = [HISTORY, HISTORY / 10].map(|length| -> anyhow::Result<u64> {
        let mut reader = Reader::start(CURRENT_THREAD, READ_AHEAD, length, &server)?;
        while reader.position < length {
            reader.take_turn()?;
        }
        Ok(reader.finish()?.peak)
    });
    let (long, short) = (long?, short?);
    println!(
        "\npeak memory of the facade: {:.1} MiB, and {:.1} MiB with a tenth of the history",
        mebibytes(long),
        mebibytes(short)
    );
    is_within_limits &= long <= short + NOISE;
    if is_within_limits {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nThe limits are {MIN_RATE_RATIO} of the rate, and 32 MiB for any length.");
    Ok(ExitCode::FAILURE)
}

/// Measures the readers on one runtime. Returns `true` if they are within the limits.
fn report(runtime: &str, length: i64, server: &Server) -> anyhow::Result<bool> {
    let mut turns = Vec::new();
    let mut memory = READERS.map(|_| Memory { start: 0, peak: 0 });
    for _ in 0..REPETITIONS {
        let readers = READERS.map(|reader| Reader::start(runtime, reader, length, server));
        let mut readers: Vec<Reader> = readers.into_iter().collect::<anyhow::Result<_>>()?;
        for _ in 0..length / i64::from(TURN_SIZE) {
            turns.push(take_turns(&mut readers, turns.len())?);
        }
        for (reader, highest) in readers.into_iter().zip(&mut memory) {
            let memory = reader.finish()?;
            if memory.peak > highest.peak {
                *highest = memory;
            }
        }
    }
    let mut is_within_limits = true;
    for ((index, name), memory) in READERS.into_iter().enumerate().zip(&memory) {
        let rates = turns.iter().map(|turn| f64::from(TURN_SIZE) / turn[index]);
        let baseline = turns.iter().map(|turn| turn[READERS.len() - 1]);
        let ratios = baseline
            .zip(&turns)
            .map(|(baseline, turn)| baseline / turn[index])
            .collect();
        let [low, ratio, high] = quartiles(ratios);
        let [_, rate, _] = quartiles(rates.collect());
        println!(
            "{name:<22} {rate:>11.0} {ratio:>17.3}  ({low:.3} to {high:.3}) {:>8.1} {:>16.1}",
            mebibytes(memory.peak),
            mebibytes(memory.peak.saturating_sub(memory.start)),
        );
        // The ratio of the baseline is 1, and its memory has no limit.
        is_within_limits &= ratio >= MIN_RATE_RATIO;
        is_within_limits &= name == BASELINE || memory.peak < MAX_PEAK_MEMORY;
    }
    Ok(is_within_limits)
}

/// Lets each reader take a turn and returns the seconds per reader.
fn take_turns(readers: &mut [Reader], round: usize) -> anyhow::Result<Vec<f64>> {
    let mut seconds = vec![0.0; readers.len()];
    for index in 0..readers.len() {
        // Varies the order, so each reader is first equally often and none always follows the same one.
        let index = match round % 2 {
            0 => index,
            _ => readers.len() - 1 - index,
        };
        let index = (index + round) % readers.len();
        seconds[index] = readers[index].take_turn()?;
    }
    Ok(seconds)
}

/// Command for a reader to finish.
const FINISH: &str = "finish";

/// A process that reads a history on command.
struct Reader {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    position: i64,
}

/// Memory use of a process, in bytes.
struct Memory {
    /// Before the first page.
    start: u64,
    peak: u64,
}

impl Reader {
    fn start(runtime: &str, reader: &str, length: i64, server: &Server) -> anyhow::Result<Reader> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--read", runtime, reader, &length.to_string()])
            .arg(server.base_url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = process.stdin.take().context("stdin is not piped")?;
        let stdout = process.stdout.take().context("stdout is not piped")?;
        Ok(Reader {
            process,
            stdin,
            stdout: BufReader::new(stdout),
            position: 0,
        })
    }

    /// Reads the messages of one turn and returns the elapsed seconds.
    fn take_turn(&mut self) -> anyhow::Result<f64> {
        writeln!(self.stdin, "{TURN_SIZE}")?;
        self.position += i64::from(TURN_SIZE);
        Ok(self.read_line()?.parse()?)
    }

    /// Checks that no message is left, and returns the memory use.
    fn finish(mut self) -> anyhow::Result<Memory> {
        writeln!(self.stdin, "{FINISH}")?;
        let line = self.read_line()?;
        let (start, peak) = line
            .split_once(' ')
            .context("a reader printed an incomplete line")?;
        let memory = Memory {
            start: start.parse()?,
            peak: peak.parse()?,
        };
        ensure!(self.process.wait()?.success(), "a reader failed");
        Ok(memory)
    }

    fn read_line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        ensure!(!line.is_empty(), "a reader failed");
        Ok(line.trim().to_owned())
    }
}

/// Runs a reader process: for each count on stdin, it reads that many messages and prints the elapsed
/// seconds. At the end, it prints its initial and its peak memory use.
fn read(runtime: &str, reader: &str, length: i64, base_url: &str) -> anyhow::Result<ExitCode> {
    let mut builder = match runtime == CURRENT_THREAD {
        true => Builder::new_current_thread(),
        false => Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build()?;
    runtime.block_on(async {
        let first = NEWEST_ID - HISTORY + length + 1;
        let mut history = History::open(reader, first, base_url)?;
        let initial = memory().context("cannot determine the memory use on this system")?;
        for line in std::io::stdin().lines() {
            let line = line?;
            if line == FINISH {
                ensure!(!history.next().await?, "the history is too long");
                println!("{initial} {}", peak_memory().unwrap_or(u64::MAX));
                return Ok(ExitCode::SUCCESS);
            }
            let count: u32 = line.parse()?;
            let start = Instant::now();
            for _ in 0..count {
                ensure!(history.next().await?, "the history is too short");
            }
            println!("{}", start.elapsed().as_secs_f64());
        }
        anyhow::bail!("stdin was closed early")
    })
}

/// A history and the reader's position in it.
enum History {
    Facade(MessageStream),
    Baseline {
        client: HandWritten,
        page: std::vec::IntoIter<Message>,
        before: i64,
    },
}

impl History {
    /// Opens a history whose newest message is the one before `first`.
    fn open(reader: &str, first: i64, base_url: &str) -> anyhow::Result<History> {
        if reader == BASELINE {
            return Ok(History::Baseline {
                client: HandWritten::new(base_url)?,
                page: Vec::new().into_iter(),
                before: first,
            });
        }
        let facade = Facade::new(base_url)?;
        let messages = facade
            .client()
            .get_messages(ChatId(CHAT_ID))
            .limit(PAGE_SIZE);
        let messages = messages.before(MessageId(first));
        let messages = messages.read_ahead(reader == READ_AHEAD);
        Ok(History::Facade(messages.stream()))
    }

    /// Reads one message. Returns `false` at the end of the history.
    async fn next(&mut self) -> anyhow::Result<bool> {
        match self {
            History::Facade(stream) => {
                let message = stream.try_next().await?;
                Ok(std::hint::black_box(message).is_some())
            }
            History::Baseline {
                client,
                page,
                before,
            } => loop {
                if let Some(message) = page.next() {
                    std::hint::black_box(message);
                    return Ok(true);
                }
                let next = client.page(Some(*before), PAGE_SIZE).await?;
                let Some(last) = next.last() else {
                    return Ok(false);
                };
                *before = last.id;
                *page = next.into_iter();
            },
        }
    }
}

/// Converts bytes to MiB. Memory sizes are small enough to be exact.
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Returns the quartiles of the values.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |quarter| values.get(values.len() * quarter / 4).copied();
    [1, 2, 3].map(|quarter| at(quarter).unwrap_or(f64::NAN))
}
