//! Running other programs, and the outcome of a step.

use std::cell::RefCell;
use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::bail;

/// The outcome of a step that did not fail.
pub(crate) enum Outcome {
    Passed,
    /// The step cannot run on this machine; holds the reason. A skipped step has not passed.
    Skipped(String),
}

/// Creates a command that runs in `directory`. `cargo` is the cargo that runs this program.
pub(crate) fn command(directory: &Path, program: &str) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let program = if program == "cargo" {
        cargo.as_os_str()
    } else {
        OsStr::new(program)
    };
    let mut command = Command::new(program);
    command.current_dir(directory);
    command
}

thread_local! {
    /// Receives the output of the commands that this thread runs, instead of the output of this program.
    static LOG: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// Writes the output of all commands that this thread runs from now on to `log`.
pub(crate) fn log_commands_to(log: File) {
    LOG.set(Some(log));
}

/// Prints and runs a command, with the output of this program or the log of this thread; fails if its exit status is
/// not zero.
pub(crate) fn run_command(command: &mut Command) -> anyhow::Result<Outcome> {
    LOG.with_borrow_mut(|log| -> anyhow::Result<()> {
        match log {
            Some(log) => {
                writeln!(log, "$ {}", command_line(command))?;
                command.stdout(log.try_clone()?).stderr(log.try_clone()?);
            }
            None => println!("$ {}", command_line(command)),
        }
        Ok(())
    })?;
    let status = command.status()?;
    if !status.success() {
        bail!("`{}` failed with {status}", command_line(command));
    }
    Ok(Outcome::Passed)
}

/// Formats a command as it would be typed in a shell.
fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_stem().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns `true` if a program can be run with these arguments and exits successfully.
pub(crate) fn is_available(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}
