//! The project's own commands, run as `cargo xtask <command>`.

// A command talks to its user.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod build_cost;
mod ci;
mod drift;
mod generate;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the sources that come from openapi/chat.json.
    Generate {
        /// Writes nothing; fails, and shows the difference, where a file is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Runs every method of the vendor's own Python SDK against the emulator.
    PythonSdk,
    /// Lets schemathesis look for answers of the emulator that break the document.
    Schemathesis,
    /// Compares a contract of the vendor with openapi/chat.json by what goes over the wire.
    Drift(drift::Arguments),
    /// Packages every crate, and builds and runs a program that depends on the packages alone.
    Packages,
    /// Builds a program with the SDK and on bare reqwest, and compares what that takes.
    BuildCost(build_cost::Arguments),
    /// Accepts the public API as it is, once CHANGELOG.md says what users notice.
    PublicApi,
    /// Runs everything that must hold before a change is taken.
    Ci,
}

fn main() -> std::process::ExitCode {
    if let Some(code) = ci::public_api::as_rustdoc() {
        return code;
    }
    let result = match Arguments::parse().command {
        Command::Generate { check } => generate::run(&workspace_root(), check),
        Command::PythonSdk => ci::run_alone(&workspace_root(), ci::python_sdk::run),
        Command::Schemathesis => ci::run_alone(&workspace_root(), ci::schemathesis::run),
        Command::Drift(arguments) => return drift::run(&workspace_root(), &arguments),
        Command::Packages => ci::run_alone(&workspace_root(), ci::packages::run),
        Command::BuildCost(arguments) => build_cost::run(&workspace_root(), &arguments),
        Command::PublicApi => ci::public_api::accept(&workspace_root()),
        Command::Ci => ci::run(&workspace_root()),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // Without the backtrace that returning the error would show: the message says it all.
            println!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace that this command was built from.
fn workspace_root() -> std::path::PathBuf {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
