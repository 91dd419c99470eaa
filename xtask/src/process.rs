//! Running other programs, and the outcome of a step.

use std::env;
use std::ffi::OsStr;
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

/// Prints and runs a command with inherited output; fails if its exit status is not zero.
pub(crate) fn run_command(command: &mut Command) -> anyhow::Result<Outcome> {
    println!("$ {}", command_line(command));
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
