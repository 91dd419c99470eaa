//! The SDK beside the vendor's Python SDK, on the same emulator.
//!
//! `cargo bench -p basalam-chat-bench --bench python_sdk` measures three tasks: sending 100 messages one after another,
//! sending them 8 at a time, and reading a history of 5,000 messages in pages of 100. The emulator, and each client, is a
//! process. Clients take turns, and the report shows the messages per second, the median of the rounds. Starting a process
//! and importing the SDK do not count. `cargo xtask python-sdk` installs the Python SDK.
//!
//! It has no limit, since it compares languages as much as SDKs.

#![allow(clippy::print_stdout)] // Prints the results.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use basalam_chat::{ChatId, Client, PersonalToken};
use basalam_chat_bench::median;
use basalam_chat_emulator::{Emulator, SeedChat};
use tokio::task::JoinSet;

const ROUNDS: usize = 3;
const SENT: usize = 100;
const HISTORY: usize = 5_000;

/// The Python of the virtual environment that `cargo xtask python-sdk` creates, and the script.
const PYTHON: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/python-sdk/bin/python"
);
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/python_sdk/client.py");

/// A task, its title, and the ways in which the Python SDK can do it.
const TASKS: [(&str, &str, &[&str]); 3] = [
    ("send", "sent, one after another", &["sync", "async"]),
    ("send_8", "sent, 8 at a time", &["async"]),
    ("read", "read, 100 a page", &["sync", "async"]),
];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [command] if command == "--serve" => serve(),
        [command, base_url, task, chat, count] if command == "--client" => {
            run_task(base_url, task, chat.parse()?, count.parse()?)
        }
        // `cargo test --benches` runs this without `--bench`.
        arguments if arguments.iter().any(|it| it == "--bench") => compare(),
        _ => Ok(()),
    }
}

fn compare() -> anyhow::Result<()> {
    ensure!(
        Path::new(PYTHON).exists(),
        "the Python SDK is not installed; run `cargo xtask python-sdk`"
    );
    let server = Server::start()?;
    println!("messages per second           Rust   Python (sync)   Python (async)");
    for (task, title, modes) in TASKS {
        let (chat, count) = match task {
            "read" => (&server.history, HISTORY),
            _ => (&server.empty, SENT),
        };
        let amount = count as f64;
        let count = count.to_string();
        let mut rust = Vec::new();
        let mut python = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            let mut client = Command::new(std::env::current_exe()?);
            client.args(["--client", &server.base_url, task, chat, &count]);
            rust.push(seconds(&mut client)?);
            for mode in modes {
                let mut client = Command::new(PYTHON);
                client.args([SCRIPT, &server.base_url, task, mode, chat, &count]);
                python[usize::from(*mode == "async")].push(seconds(&mut client)?);
            }
        }
        let column = |seconds| match median(seconds) {
            Some(seconds) => format!("{:.0}", amount / seconds),
            None => "-".to_owned(),
        };
        let [sync, concurrent] = python;
        println!(
            "{title:<26} {:>7} {:>15} {:>16}",
            column(rust),
            column(sync),
            column(concurrent)
        );
    }
    Ok(())
}

/// Runs a client, and returns the seconds that it prints.
fn seconds(client: &mut Command) -> anyhow::Result<f64> {
    let output = client.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "a client failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The process of the emulator, with an empty chat and a history.
struct Server {
    process: Child,
    base_url: String,
    empty: String,
    history: String,
}

impl Server {
    fn start() -> anyhow::Result<Server> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().context("there is no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [base_url, empty, history] = words[..] else {
            bail!("the emulator did not start");
        };
        let [base_url, empty, history] = [base_url, empty, history].map(str::to_owned);
        Ok(Server {
            process,
            base_url,
            empty,
            history,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It also ends when its input closes.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs an emulator, and prints its URL and two chats, until the input is closed.
fn serve() -> anyhow::Result<()> {
    // The Python SDK only accepts senders whose id is a string.
    let emulator = Emulator::builder()
        .sender_ids_as_strings(true)
        .start_blocking()?;
    let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    let empty = emulator.seed_chat(SeedChat::private(seller, customer))?;
    let other = emulator.add_user("Another customer").id;
    let history = emulator.seed_chat(SeedChat::private(seller, other))?;
    let texts = (0..HISTORY).map(|number| format!("سلام، سفارش {number} کی می‌رسد؟"));
    emulator.seed_messages(history, other, texts)?;
    println!("{} {empty} {history}", emulator.base_url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Does a task with this SDK, and prints the seconds that it takes.
fn run_task(base_url: &str, task: &str, chat: i64, count: usize) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let client = Client::builder(PersonalToken::new("seller-token"))
            .base_url(base_url)
            .build()?;
        let start = Instant::now();
        let done = match task {
            "send" => send(&client, ChatId(chat), count, 1).await?,
            "send_8" => send(&client, ChatId(chat), count, 8).await?,
            _ => read(&client, ChatId(chat)).await?,
        };
        let seconds = start.elapsed().as_secs_f64();
        ensure!(done == count, "{done} instead of {count}");
        println!("{seconds}");
        Ok(())
    })
}

async fn send(
    client: &Client,
    chat: ChatId,
    count: usize,
    at_a_time: usize,
) -> anyhow::Result<usize> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        if tasks.len() == at_a_time {
            tasks.join_next().await.context("there is no task")???;
        }
        let request = client.create_message(chat, "Thank you for your message.");
        tasks.spawn(async move { request.await.map(drop) });
    }
    while let Some(sent) = tasks.join_next().await {
        sent??;
    }
    Ok(count)
}

async fn read(client: &Client, chat: ChatId) -> anyhow::Result<usize> {
    let mut messages = client.get_messages(chat).limit(100).stream();
    let mut count = 0;
    while messages.try_next().await?.is_some() {
        count += 1;
    }
    Ok(count)
}
