//! A history of 1,000,000 messages, read whole: how fast, and in how much memory.
//!
//! `cargo bench -p basalam-chat-bench --bench stream` has each reader read it in a process of its own, three
//! times. They take turns of 20,000 messages each, since the speed of a machine changes from one second to the
//! next; what is printed is the median of the turns' ratios, with their quartiles. The bare loop is the client
//! that is written by hand, which asks for one page after the other.
//!
//! Everything is read on a runtime of one thread and on one of several. On several, the page that is read ahead
//! of the end of a turn is read while the next reader begins, one page in two hundred,
//! which is in favour of the facade.
//!
//! It ends with a failure where the facade is slower than 0.95 of the bare loop, or takes 32 MiB or more, or
//! takes more for a longer history.

#![allow(clippy::print_stdout)] // Telling what was measured is its purpose.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::messages::MessageStream;
use basalam_chat::{ChatId, MessageId};
use basalam_chat_bench::bodies::{CHAT_ID, HISTORY, NEWEST_ID};
use basalam_chat_bench::types::Message;
use basalam_chat_bench::{ByHand, Facade, Server, memory, peak_memory, serve_where_asked};
use tokio::runtime::Builder;

/// Messages of a page, for all readers alike.
const PAGE: u32 = 100;

/// Messages of a turn.
const TURN: u32 = 20_000;

/// How often the history is read by each reader.
const TIMES: usize = 3;

const PROMISED_RATE: f64 = 0.95;

const PROMISED_BYTES: u64 = 32 * 1024 * 1024;

/// How far two peaks may differ by chance, in bytes.
const CHANCE: u64 = 2 * 1024 * 1024;

const RUNTIMES: [&str; 2] = [ONE_THREAD, "several threads"];
const ONE_THREAD: &str = "one thread";

/// The readers; the last one is what the others are measured by.
const READERS: [&str; 3] = [AHEAD, NOT_AHEAD, BARE];
const AHEAD: &str = "facade";
const NOT_AHEAD: &str = "facade, no read-ahead";
const BARE: &str = "bare loop";

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
    println!("{TIMES} times {HISTORY} messages, in pages of {PAGE} and turns of {TURN}");
    let mut is_kept = true;
    for runtime in RUNTIMES {
        println!(
            "\n{runtime:<22}  messages/s  of the bare loop  (quartiles)     peak MiB  above the start"
        );
        is_kept &= report(runtime, HISTORY, &server)?;
    }
    let [long, short] = [HISTORY, HISTORY / 10].map(|length| -> anyhow::Result<u64> {
        let mut reader = Reader::start(ONE_THREAD, AHEAD, length, &server)?;
        while reader.read < length {
            reader.turn()?;
        }
        Ok(reader.end()?.peak)
    });
    let (long, short) = (long?, short?);
    println!(
        "\nthe facade's peak: {:.1} MiB, and {:.1} MiB with a tenth of the history",
        mebibytes(long),
        mebibytes(short)
    );
    is_kept &= long <= short + CHANCE;
    if is_kept {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nLess than promised: {PROMISED_RATE} of the rate, and 32 MiB, whatever the length.");
    Ok(ExitCode::FAILURE)
}

/// Measures the readers on one runtime, and gives whether they keep what is promised.
fn report(runtime: &str, length: i64, server: &Server) -> anyhow::Result<bool> {
    let mut turns = Vec::new();
    let mut memory = READERS.map(|_| Memory { start: 0, peak: 0 });
    for _ in 0..TIMES {
        let readers = READERS.map(|reader| Reader::start(runtime, reader, length, server));
        let mut readers: Vec<Reader> = readers.into_iter().collect::<anyhow::Result<_>>()?;
        for _ in 0..length / i64::from(TURN) {
            turns.push(take_turns(&mut readers, turns.len())?);
        }
        for (reader, most) in readers.into_iter().zip(&mut memory) {
            let memory = reader.end()?;
            if memory.peak > most.peak {
                *most = memory;
            }
        }
    }
    let mut is_kept = true;
    for ((place, name), memory) in READERS.into_iter().enumerate().zip(&memory) {
        let rates = turns.iter().map(|turn| f64::from(TURN) / turn[place]);
        let bare = turns.iter().map(|turn| turn[READERS.len() - 1]);
        let ratios = bare
            .zip(&turns)
            .map(|(bare, turn)| bare / turn[place])
            .collect();
        let [low, ratio, high] = quartiles(ratios);
        let [_, rate, _] = quartiles(rates.collect());
        println!(
            "{name:<22} {rate:>11.0} {ratio:>17.3}  ({low:.3} to {high:.3}) {:>8.1} {:>16.1}",
            mebibytes(memory.peak),
            mebibytes(memory.peak.saturating_sub(memory.start)),
        );
        // The bare loop's own ratio is 1, and its memory is not what is promised.
        is_kept &= ratio >= PROMISED_RATE;
        is_kept &= name == BARE || memory.peak < PROMISED_BYTES;
    }
    Ok(is_kept)
}

/// Has each reader read its part, and gives how many seconds each took.
fn take_turns(readers: &mut [Reader], number: usize) -> anyhow::Result<Vec<f64>> {
    let mut seconds = vec![0.0; readers.len()];
    for place in 0..readers.len() {
        // Each is the first as often as the others, and nobody always follows the same one.
        let place = match number % 2 {
            0 => place,
            _ => readers.len() - 1 - place,
        };
        let place = (place + number) % readers.len();
        seconds[place] = readers[place].turn()?;
    }
    Ok(seconds)
}

/// What a reader is told when it has read everything.
const END: &str = "end";

/// A process that reads a history, as far as it is told to.
struct Reader {
    process: Child,
    told: ChildStdin,
    said: BufReader<ChildStdout>,
    read: i64,
}

/// What a process took, in bytes.
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
        let told = process.stdin.take().context("it is piped")?;
        let said = process.stdout.take().context("it is piped")?;
        Ok(Reader {
            process,
            told,
            said: BufReader::new(said),
            read: 0,
        })
    }

    /// Has it read the messages of one turn, and gives how many seconds that took.
    fn turn(&mut self) -> anyhow::Result<f64> {
        writeln!(self.told, "{TURN}")?;
        self.read += i64::from(TURN);
        Ok(self.line()?.parse()?)
    }

    /// Has it read to the end, where nothing may be left.
    fn end(mut self) -> anyhow::Result<Memory> {
        writeln!(self.told, "{END}")?;
        let line = self.line()?;
        let (start, peak) = line.split_once(' ').context("it says too little")?;
        let memory = Memory {
            start: start.parse()?,
            peak: peak.parse()?,
        };
        ensure!(self.process.wait()?.success(), "a reader failed");
        Ok(memory)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.said.read_line(&mut line)?;
        ensure!(!line.is_empty(), "a reader failed");
        Ok(line.trim().to_owned())
    }
}

/// Is what a process does that reads a history: for each number that it is told it reads so many messages, and
/// says how many seconds that took; at the end, how much memory it used at first and at most.
fn read(runtime: &str, reader: &str, length: i64, base_url: &str) -> anyhow::Result<ExitCode> {
    let mut builder = match runtime == ONE_THREAD {
        true => Builder::new_current_thread(),
        false => Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build()?;
    runtime.block_on(async {
        let first = NEWEST_ID - HISTORY + length + 1;
        let mut history = History::begin(reader, first, base_url)?;
        let before = memory().context("this system does not tell how much a process uses")?;
        for line in std::io::stdin().lines() {
            let line = line?;
            if line == END {
                ensure!(!history.next().await?, "the history does not end");
                println!("{before} {}", peak_memory().unwrap_or(u64::MAX));
                return Ok(ExitCode::SUCCESS);
            }
            let count: u32 = line.parse()?;
            let start = Instant::now();
            for _ in 0..count {
                ensure!(history.next().await?, "the history ends too soon");
            }
            println!("{}", start.elapsed().as_secs_f64());
        }
        anyhow::bail!("whoever measures is gone")
    })
}

/// A history that is being read.
enum History {
    Facade(MessageStream),
    Bare {
        client: ByHand,
        page: std::vec::IntoIter<Message>,
        before: i64,
    },
}

impl History {
    /// Nothing is read yet; the newest message is the one before `first`.
    fn begin(reader: &str, first: i64, base_url: &str) -> anyhow::Result<History> {
        if reader != AHEAD && reader != NOT_AHEAD {
            return Ok(History::Bare {
                client: ByHand::new(base_url)?,
                page: Vec::new().into_iter(),
                before: first,
            });
        }
        let facade = Facade::new(base_url)?;
        let messages = facade.client().get_messages(ChatId(CHAT_ID)).limit(PAGE);
        let messages = messages.before(MessageId(first));
        let messages = messages.read_ahead(reader == AHEAD);
        Ok(History::Facade(messages.stream()))
    }

    /// Takes one message; gives whether there was one.
    async fn next(&mut self) -> anyhow::Result<bool> {
        match self {
            History::Facade(stream) => {
                let message = stream.try_next().await?;
                Ok(std::hint::black_box(message).is_some())
            }
            History::Bare {
                client,
                page,
                before,
            } => loop {
                if let Some(message) = page.next() {
                    std::hint::black_box(message);
                    return Ok(true);
                }
                let next = client.page(Some(*before), PAGE).await?;
                let Some(last) = next.last() else {
                    return Ok(false);
                };
                *before = last.id;
                *page = next.into_iter();
            },
        }
    }
}

/// Bytes as MiB. Memory sizes are exact in a double.
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// A quarter, half and three quarters of the way through the values in their order.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |quarter| values.get(values.len() * quarter / 4).copied();
    [1, 2, 3].map(|quarter| at(quarter).unwrap_or(f64::NAN))
}
