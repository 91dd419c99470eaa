//! The development commands of this workspace, run as `cargo xtask <command>`.

// Command-line programs print.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod build_cost;
mod ci;
mod drift;
mod generate;
mod guide;
mod process;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development commands of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the sources that are generated from openapi/chat.json, or from another document.
    Generate(generate::Arguments),
    /// Runs every method of the vendor's Python SDK, and the examples in other languages, against the emulator.
    PythonSdk,
    /// Runs schemathesis to find emulator responses that violate the document.
    Schemathesis,
    /// Runs the tests of the emulator's console in a browser; screenshots are below target/console.
    Console,
    /// Compares the wire shape of the vendor's contracts with openapi/chat.json.
    Drift(drift::Arguments),
    /// Builds the guide, and checks its code, links and spelling.
    Guide,
    /// Packages every crate, then builds and runs a program that depends only on the packages.
    Packages,
    /// Compares the build time of a program that uses the SDK with one that uses reqwest alone.
    BuildCost(build_cost::Arguments),
    /// Updates the listings of the public API; CHANGELOG.md must describe the changes.
    PublicApi,
    /// Runs all CI checks and lists which passed, failed or were skipped.
    Ci(ci::Arguments),
}

fn main() -> ExitCode {
    if let Some(code) = ci::public_api::run_as_rustdoc() {
        return code;
    }
    let root = &workspace_root();
    let result = match Arguments::parse().command {
        Command::Generate(arguments) => generate::run(root, &arguments),
        Command::PythonSdk => ci::run_single(root, ci::python_sdk::run),
        Command::Schemathesis => ci::run_single(root, ci::schemathesis::run),
        Command::Console => ci::run_single(root, ci::console::build_and_run),
        Command::Drift(arguments) => return drift::run(root, &arguments),
        Command::Guide => ci::run_single(root, guide::run),
        Command::Packages => ci::run_single(root, ci::packages::run),
        Command::BuildCost(arguments) => build_cost::run(root, &arguments),
        Command::PublicApi => ci::public_api::update(root),
        Command::Ci(arguments) => ci::run(root, &arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Returning the error from `main` would print a backtrace as well.
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the root directory of the workspace that this program was built from.
fn workspace_root() -> PathBuf {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.parent().unwrap_or(manifest_dir).to_owned()
}
