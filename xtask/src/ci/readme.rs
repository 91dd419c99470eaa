//! The README's first program, run unchanged against the emulator.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};

use crate::process::{Outcome, command, run_command};
use crate::workspace::Workspace;

/// The example that README.md contains.
const EXAMPLE: &str = "crates/basalam-chat/examples/first_message.rs";

/// The port in the README's commands.
const PORT: u16 = 8080;

/// Checks that the README contains the example, then runs the example against the emulator's
/// binary. The test step has built both.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let example = fs::read_to_string(root.join(EXAMPLE))?;
    let start = example
        .find("use basalam_chat")
        .context("the example has no `use basalam_chat`")?;
    let readme = fs::read_to_string(root.join("README.md"))?;
    if !readme.contains(&format!("```rust,no_run\n{}```", &example[start..])) {
        bail!(
            "README.md does not contain {EXAMPLE} verbatim; copy it, starting at `use basalam_chat`"
        );
    }
    if TcpListener::bind(("127.0.0.1", PORT)).is_err() {
        return Ok(Outcome::Skipped(format!("port {PORT} is in use")));
    }
    let target = Workspace::read(root)?.target.join("debug");
    let mut emulator = Command::new(target.join("basalam-chat-emulator"))
        .args(["--port", &PORT.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .context("the emulator cannot be started")?;
    // The emulator prints to this pipe until it exits, so the pipe must stay open.
    let result = wait_until_ready(&mut emulator).and_then(|_output| {
        let program = target.join("examples/first_message");
        run_command(&mut command(root, &program.to_string_lossy()))
    });
    emulator.kill()?;
    emulator.wait()?;
    result
}

/// Waits for the first line of the emulator's output, which it prints as soon as it listens.
/// Returns the output.
fn wait_until_ready(emulator: &mut Child) -> anyhow::Result<BufReader<ChildStdout>> {
    let stdout = emulator.stdout.take();
    let mut output = BufReader::new(stdout.context("the emulator has no output")?);
    let mut line = String::new();
    output.read_line(&mut line)?;
    match line.is_empty() {
        true => bail!("the emulator exited before listening"),
        false => Ok(output),
    }
}
