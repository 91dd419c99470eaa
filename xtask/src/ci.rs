//! `cargo xtask ci`: all CI checks.

pub(crate) mod packages;
pub(crate) mod public_api;
mod python;
pub(crate) mod python_sdk;
pub(crate) mod schemathesis;
mod spec_validator;
mod readme;
mod steps;
pub(crate) mod workspace;

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;

/// One CI check.
struct Step {
    name: String,
    run: Run,
}

/// The function that runs a step in the workspace with this root.
type Run = Box<dyn Fn(&Path) -> anyhow::Result<Outcome>>;

/// The outcome of a step that did not fail.
pub(crate) enum Outcome {
    Passed,
    /// The step cannot run on this machine; holds the reason. A skipped step has not passed.
    Skipped(String),
}

/// The result of a step for the summary.
struct StepResult {
    name: String,
    result: anyhow::Result<Outcome>,
    duration: Duration,
}

/// Runs every step, even after a failure, and prints a summary.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let mut results = Vec::new();
    for Step { name, run } in steps::all() {
        println!("\n=== {name}");
        let start = Instant::now();
        let result = run(root);
        if let Err(error) = &result {
            println!("=== {name} failed: {error:#}");
        }
        results.push(StepResult {
            name,
            result,
            duration: start.elapsed(),
        });
    }
    summarize(&results)
}

/// Runs a single step, which fails if it cannot run on this machine.
pub(crate) fn run_single(
    root: &Path,
    step: impl Fn(&Path) -> anyhow::Result<Outcome>,
) -> anyhow::Result<()> {
    match step(root)? {
        Outcome::Passed => Ok(()),
        Outcome::Skipped(reason) => bail!("cannot run on this machine: {reason}"),
    }
}

fn summarize(results: &[StepResult]) -> anyhow::Result<()> {
    println!("\nSummary:");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for step in results {
        let outcome = match &step.result {
            Ok(Outcome::Passed) => {
                passed += 1;
                "passed".to_owned()
            }
            Ok(Outcome::Skipped(reason)) => {
                skipped += 1;
                format!("SKIPPED: {reason}")
            }
            Err(error) => {
                failed += 1;
                format!("FAILED: {error:#}")
            }
        };
        let seconds = step.duration.as_secs();
        println!("  {:<44} {seconds:>4} s  {outcome}", step.name);
    }
    println!("checks: {passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 {
        bail!("{failed} of {} checks failed", results.len());
    }
    Ok(())
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
fn is_available(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}
