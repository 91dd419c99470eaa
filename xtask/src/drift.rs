//! `cargo xtask drift`: what a contract of the vendor says otherwise than the document.

mod contract;
mod deviations;
mod record;
mod report;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use basalam_chat_openapi::difference::compare;
use basalam_chat_openapi::{Document, WireShape};

use contract::Contract;
use deviations::Deviations;
use record::Record;
use report::Report;

/// The one source of truth.
pub(crate) const DOCUMENT: &str = "openapi/chat.json";

const EXIT_CODES: &str = "Exit codes: 0 where nothing is left to explain, 1 where a difference is not \
explained or an entry of deviations.json matches nothing, 2 where the input cannot be read.";

/// What `cargo xtask drift` takes.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Contracts of the vendor, OpenAPI 3.0 or 3.1 in JSON; `-` for standard input. Without any, the
    /// document is held against openapi/vendor-shape.json alone, which also stands for the contracts
    /// that are not given.
    #[arg(value_name = "VENDOR.json")]
    contracts: Vec<String>,
    /// Keeps the wire shape of the given contracts in openapi/vendor-shape.json.
    #[arg(long)]
    record: bool,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The name of the one given contract in the record: the file's own name without its date, or
    /// the recorded contract it shares operations with, where left out.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// The date of the given contracts for the record, where their files' names hold none.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, with colour where a terminal is.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For a changelog.
    Markdown,
}

/// Compares, records and reports, and tells by the exit code whether anything is left to explain.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> ExitCode {
    match drift(root, arguments) {
        Ok(report) => {
            print!("{}", report.show(arguments.format, is_colourful()));
            match report.is_clean() {
                true => ExitCode::SUCCESS,
                false => ExitCode::from(1),
            }
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_colourful() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn drift(root: &Path, arguments: &Arguments) -> anyhow::Result<Report> {
    if arguments.contract.is_some() && arguments.contracts.len() != 1 {
        bail!("--contract names one contract; give exactly one file with it");
    }
    if arguments.record && arguments.contracts.is_empty() {
        bail!("--record needs a contract to record; name its file");
    }
    let recorded = Record::read(root)?;
    let mut record = recorded;
    for path in &arguments.contracts {
        let name = arguments.contract.as_deref();
        record.put(Contract::read(path, name, arguments.date.as_deref())?);
    }
    if record.is_empty() {
        bail!(
            "there is nothing to compare with: name a contract's file, or keep one in {} with --record",
            record::PATH
        );
    }
    if arguments.record {
        record.write(root)?;
    }
    compare_with(root, &record.shape())
}

/// Compares the document below `root` with a wire shape, deviations considered.
fn compare_with(root: &Path, there: &WireShape) -> anyhow::Result<Report> {
    let here = read_shape(&root.join(DOCUMENT)).context(DOCUMENT)?;
    let deviations = Deviations::read(root)?;
    Ok(Report::new(compare(&here, there), &deviations))
}

fn read_shape(path: &Path) -> anyhow::Result<WireShape> {
    let text = fs::read_to_string(path)?;
    Ok(WireShape::read(&Document::parse(&text)?)?)
}
