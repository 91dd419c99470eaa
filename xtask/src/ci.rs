//! `cargo xtask ci`: everything that must hold before a change is taken.

mod document;
pub(crate) mod packages;
pub(crate) mod public_api;
mod python;
pub(crate) mod python_sdk;
pub(crate) mod schemathesis;
mod steps;
pub(crate) mod workspace;

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;

/// One thing that must hold.
struct Step {
    name: &'static str,
    run: Run,
}

/// How a step is run, in the workspace at this path.
type Run = Box<dyn Fn(&Path) -> anyhow::Result<Outcome>>;

/// What became of a step that did not fail.
pub(crate) enum Outcome {
    Passed,
    /// Could not be run here; the reason says what was missing. Never a pass.
    Skipped(String),
}

/// What became of a step, for the list at the end.
struct Report {
    name: &'static str,
    result: anyhow::Result<Outcome>,
    took: Duration,
}

/// Runs every step, all of them even where one fails, and ends with a list of what became of each.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let mut reports = Vec::new();
    for step in steps::all() {
        println!("\n=== {}", step.name);
        let start = Instant::now();
        let result = (step.run)(root);
        if let Err(error) = &result {
            println!("=== {} failed: {error:#}", step.name);
        }
        reports.push(Report {
            name: step.name,
            result,
            took: start.elapsed(),
        });
    }
    summarise(&reports)
}

/// Runs one step by itself. One that could not be run is an error: somebody has asked for it.
pub(crate) fn run_alone(
    root: &Path,
    step: impl Fn(&Path) -> anyhow::Result<Outcome>,
) -> anyhow::Result<()> {
    match step(root)? {
        Outcome::Passed => Ok(()),
        Outcome::Skipped(reason) => bail!("it could not be run: {reason}"),
    }
}

fn summarise(reports: &[Report]) -> anyhow::Result<()> {
    println!("\nWhat ran:");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for report in reports {
        let outcome = match &report.result {
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
        println!(
            "  {:<44} {:>4} s  {outcome}",
            report.name,
            report.took.as_secs()
        );
    }
    println!("checks: {passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 {
        bail!("{failed} of {} checks failed", reports.len());
    }
    Ok(())
}

/// A command in the folder of the workspace, with cargo being the one that runs this.
pub(crate) fn command(root: &Path, program: &str) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let program = if program == "cargo" {
        cargo.as_os_str()
    } else {
        OsStr::new(program)
    };
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

/// Runs a command that shows its output, and fails where it does.
pub(crate) fn succeed(command: &mut Command) -> anyhow::Result<Outcome> {
    println!("$ {}", shown(command));
    let status = command.status()?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(Outcome::Passed)
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_stem().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a program can be run here.
fn is_there(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}
