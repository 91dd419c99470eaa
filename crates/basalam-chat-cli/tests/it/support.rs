//! A service with a seller's chats, and the command with a directory of its own.

#[cfg(target_os = "linux")]
pub(crate) mod terminal;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use basalam_chat_emulator::{Emulator, EmulatorBuilder};
use serde_json::Value;
use tempfile::TempDir;

/// The chats that `--emulator` shows, too.
const SEED: &str = include_str!("../../src/emulated.json");

/// The command.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_basalam-chat");

/// The time limit for each call of the command, and for each thing that a test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A chat with `CUSTOMER`.
pub(crate) const CHAT: i64 = 1001;

pub(crate) const CUSTOMER: i64 = 501;

/// A service, and a home directory for the command.
pub(crate) struct Shop {
    pub(crate) emulator: Emulator,
    pub(crate) home: TempDir,
}

/// What a call of the command printed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Shop {
    /// Starts a service whose clock stands still.
    pub(crate) fn new() -> Shop {
        let clock = || jiff::civil::date(2026, 7, 22).at(10, 30, 0, 0);
        Shop::with(Emulator::builder().clock(clock))
    }

    pub(crate) fn with(builder: EmulatorBuilder) -> Shop {
        let emulator = builder.start_blocking().unwrap();
        emulator.seed_json(SEED).unwrap();
        let home = tempfile::tempdir().unwrap();
        Shop { emulator, home }
    }

    /// Starts a service, and logs in as the seller.
    pub(crate) fn logged_in() -> Shop {
        let shop = Shop::new();
        shop.log_in("seller-token");
        shop
    }

    pub(crate) fn log_in(&self, token: &str) {
        let base_url = self.emulator.base_url().to_owned();
        let arguments = ["login", "--with-token", "--base-url", &base_url];
        let ran = self.run_with_input(&arguments, token);
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        self.prepare(&mut command);
        command.args(arguments);
        command
    }

    /// Sets the environment of a program that calls the command.
    pub(crate) fn prepare(&self, command: &mut Command) {
        let program = Path::new(PROGRAM).parent().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", format!("{}:{path}", program.display()))
            .env("HOME", self.home.path())
            .env("BASALAM_CHAT_HOME", self.home.path().join("basalam-chat"))
            .env("TERM", "xterm-256color")
            .current_dir(self.home.path());
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, "")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _watchdog = Watchdog::new(&child);
        // The command may end without reading it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::from(child.wait_with_output().unwrap())
    }

    /// Starts a command that runs until it is stopped.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut running = self.start_with_input(arguments, "");
        running.child.stdin.take();
        running
    }

    /// Starts a command whose standard input stays open.
    pub(crate) fn start_with_input(&self, arguments: &[&str], input: &str) -> Running {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        Running {
            _watchdog: Watchdog::new(&child),
            stdout: child.stdout.take().map(BufReader::new),
            stderr: BufReader::new(child.stderr.take().unwrap()),
            child,
        }
    }

    /// Waits until the service has a request that it did not have before the call.
    pub(crate) fn wait_for_request(&self, before: u64) {
        let deadline = Instant::now() + PATIENCE;
        while self.emulator.total_request_count() == before {
            assert!(Instant::now() < deadline);
            std::thread::yield_now();
        }
    }

    /// Waits until the service has so many requests for an operation.
    pub(crate) fn wait_for_requests(&self, operation: &str, count: u64) {
        let deadline = Instant::now() + PATIENCE;
        while self.emulator.request_count(operation).unwrap() < count {
            assert!(Instant::now() < deadline);
            std::thread::yield_now();
        }
    }

    /// Returns the files and directories of the command.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.home.path().join("basalam-chat")];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                let entries = fs::read_dir(&path).unwrap();
                open.extend(entries.map(|entry| entry.unwrap().path()));
            }
            found.push(path);
        }
        found
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            // A signal ended it.
            code: output.status.code().unwrap_or(-1),
        }
    }
}

impl Ran {
    /// Returns the lines of JSON on standard output.
    pub(crate) fn json(&self) -> Vec<Value> {
        let lines = self.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Returns the last line of JSON on standard error.
    pub(crate) fn error(&self) -> Value {
        serde_json::from_str(self.stderr.lines().last().unwrap()).unwrap()
    }
}

/// Kills a program that runs for too long, until this is dropped.
pub(crate) struct Watchdog(#[allow(dead_code)] Sender<()>);

impl Watchdog {
    pub(crate) fn new(child: &Child) -> Watchdog {
        let id = child.id();
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let result = receiver.recv_timeout(PATIENCE);
            if result == Err(RecvTimeoutError::Timeout) {
                signal(id, "KILL");
            }
        });
        Watchdog(sender)
    }
}

/// Sends a signal to a process.
fn signal(process: u32, name: &str) {
    let line = format!("kill -{name} {process}");
    let sent = Command::new("sh").args(["-c", &line]).status().unwrap();
    assert!(sent.success());
}

/// A command that runs. It is killed if the test ends before it.
pub(crate) struct Running {
    _watchdog: Watchdog,
    pub(crate) child: Child,
    /// `None` after it was closed.
    stdout: Option<BufReader<std::process::ChildStdout>>,
    stderr: BufReader<std::process::ChildStderr>,
}

impl Running {
    /// Reads a line of standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().unwrap().read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Reads standard error up to a line that contains a text, which is returned.
    pub(crate) fn wait_for_note(&mut self, text: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let length = self.stderr.read_line(&mut line).unwrap();
            assert!(length > 0, "{text} is missing in: {all}");
            all.push_str(&line);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Writes a line to standard input.
    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Closes standard output, as `head` does, and waits for the end.
    pub(crate) fn close_output(mut self) -> Ran {
        self.stdout = None;
        self.finish()
    }

    pub(crate) fn send_ctrl_c(&self) {
        signal(self.child.id(), "INT");
    }

    /// Sends Ctrl-C, and returns what is printed afterwards.
    pub(crate) fn interrupt(mut self) -> Ran {
        self.send_ctrl_c();
        self.finish()
    }

    /// Waits for the end, and returns what is printed until then.
    pub(crate) fn finish(&mut self) -> Ran {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        if let Some(output) = &mut self.stdout {
            output.read_to_string(&mut stdout).unwrap();
        }
        self.stderr.read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        Ran {
            stdout,
            stderr,
            code,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
