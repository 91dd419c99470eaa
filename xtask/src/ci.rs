//! `cargo xtask ci`: all CI checks.

mod beside;
mod browser;
mod chromium;
pub(crate) mod console;
mod databases;
mod debian;
mod deny;
mod documents;
mod nats;
pub(crate) mod packages;
mod port;
pub(crate) mod public_api;
pub(crate) mod python;
pub(crate) mod python_sdk;
mod readme;
pub(crate) mod schemathesis;
mod spec_validator;
mod steps;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::process::Outcome;
use steps::Step;

/// The result of a step for the summary.
struct StepResult {
    name: String,
    result: anyhow::Result<Outcome>,
    duration: Duration,
}

/// Which steps are run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only runs the steps whose name contains this string, e.g. `state stores`.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

/// Runs every step, even after a failure, and prints a summary.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let mut steps = steps::all();
    if let Some(name) = &arguments.only {
        let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
        steps.retain(|step| step.name.contains(name.as_str()));
        if steps.is_empty() {
            bail!("no step has this name; the steps are: {}", names.join("; "));
        }
    }
    let mut results = Vec::new();
    let beside = beside::Lane::start(root)?;
    for step in steps {
        println!("\n=== {}", step.name);
        if step.is_beside {
            println!("runs beside the next steps; its output follows them");
            beside.push(step);
        } else {
            results.push(run_step(root, step));
        }
    }
    results.extend(beside.finish()?);
    summarize(&results)
}

fn run_step(root: &Path, step: Step) -> StepResult {
    let start = Instant::now();
    let result = (step.run)(root);
    if let Err(error) = &result {
        println!("=== {} failed: {error:#}", step.name);
    }
    StepResult {
        name: step.name,
        result,
        duration: start.elapsed(),
    }
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
