//! The programs of the README, and the blocking form of one of them, run unchanged against the emulator.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::port::{PORT, with_port};
use crate::process::{Outcome, command, run_command};
use crate::workspace::Workspace;

/// The examples that README.md contains.
const FIRST_MESSAGE: &str = "first_message";
const ANSWERING_BOT: &str = "answering_bot";

/// The same bot without `async`.
const BLOCKING_BOT: &str = "answering_bot_blocking";

/// The longest time that the bot takes to start and to answer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Checks that the README contains the first program, then runs it against the emulator's binary. The
/// test step has built both.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    check(root, FIRST_MESSAGE)?;
    with_emulator(root, |target| {
        let program = target.join("examples").join(FIRST_MESSAGE);
        run_command(&mut command(root, &program.to_string_lossy()))
    })
}

/// Checks that the README contains the answering bot, then runs it and its blocking form, and writes to them. The test
/// step has built both.
pub(super) fn run_bots(root: &Path) -> anyhow::Result<Outcome> {
    check(root, ANSWERING_BOT)?;
    match run_bot(root, ANSWERING_BOT)? {
        Outcome::Passed => run_bot(root, BLOCKING_BOT),
        outcome => Ok(outcome),
    }
}

fn run_bot(root: &Path, name: &str) -> anyhow::Result<Outcome> {
    with_emulator(root, |target| {
        // The directory of its state.
        let directory = target.join("tmp/answering-bot");
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&directory)?;
        let mut bot = Command::new(target.join("examples").join(name))
            .current_dir(&directory)
            .stdout(Stdio::piped())
            .spawn()
            .context("the bot cannot be started")?;
        // It reports the start, before which no message is its own to answer.
        let result = wait_until_ready(&mut bot).and_then(|_output| talk_to_bot());
        bot.kill()?;
        bot.wait()?;
        fs::remove_dir_all(&directory)?;
        result.with_context(|| format!("{name} failed"))?;
        Ok(Outcome::Passed)
    })
}

/// Writes to the seller as the customer until there is an answer.
fn talk_to_bot() -> anyhow::Result<()> {
    let chat = request("POST", "/v1/chats", r#"{"user_id": 430}"#)?;
    let (_, id) = chat.split_once(r#""id":"#).context("there is no chat")?;
    let id: String = id.chars().take_while(char::is_ascii_digit).collect();
    let path = format!("/v1/chats/{id}/messages");
    let message = r#"{"message_type": "text", "content": {"text": "Is it in stock?"}}"#;
    let end = Instant::now() + TIMEOUT;
    while Instant::now() < end {
        request("POST", &path, message)?;
        for _ in 0..10 {
            if request("GET", &path, "")?.contains("A person will answer soon.") {
                return Ok(());
            }
            thread::sleep(Duration::from_secs(1));
        }
    }
    bail!("it does not answer")
}

/// Sends a request of the customer to the emulator, and returns the whole response.
fn request(method: &str, path: &str, body: &str) -> anyhow::Result<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", PORT))?;
    write!(
        connection,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nConnection: close\r\n\
         Authorization: Bearer customer-token\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut response = String::new();
    connection.read_to_string(&mut response)?;
    match response.starts_with("HTTP/1.1 200") {
        true => Ok(response),
        false => bail!("{method} {path} failed: {response}"),
    }
}

/// Checks that the README contains an example.
fn check(root: &Path, name: &str) -> anyhow::Result<()> {
    let path = format!("crates/basalam-chat/examples/{name}.rs");
    let example = fs::read_to_string(root.join(&path))?;
    let start = example
        .find("use basalam_chat")
        .context("the example has no `use basalam_chat`")?;
    let readme = fs::read_to_string(root.join("README.md"))?;
    if !readme.contains(&format!("```rust,no_run\n{}```", &example[start..])) {
        bail!(
            "README.md does not contain {path} verbatim; copy it, starting at `use basalam_chat`"
        );
    }
    Ok(())
}

/// Runs the emulator's binary while a function runs, which gets the directory of the built programs.
fn with_emulator(
    root: &Path,
    run: impl FnOnce(&Path) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    let target = Workspace::read(root)?.target.join("debug");
    with_port(|| run_with_emulator(&target, run))
}

fn run_with_emulator(
    target: &Path,
    run: impl FnOnce(&Path) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    let mut emulator = Command::new(target.join("basalam-chat-emulator"))
        .args(["--port", &PORT.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .context("the emulator cannot be started")?;
    // The emulator prints to this pipe until it exits, so the pipe must stay open.
    let result = wait_until_ready(&mut emulator).and_then(|_output| run(target));
    emulator.kill()?;
    emulator.wait()?;
    result
}

/// Waits for the first line of a program's output, which the emulator prints as soon as it listens.
/// Returns the output.
fn wait_until_ready(program: &mut Child) -> anyhow::Result<BufReader<ChildStdout>> {
    let stdout = program.stdout.take();
    let mut output = BufReader::new(stdout.context("the program has no output")?);
    let mut line = String::new();
    output.read_line(&mut line)?;
    match line.is_empty() {
        true => bail!("the program exited before it was ready"),
        false => Ok(output),
    }
}
