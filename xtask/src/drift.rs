//! `cargo xtask drift`: what a contract of the vendor says otherwise than the document.

mod apply;
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
    /// Takes what is additive over into openapi/chat.json, marks what it still needs with `x-needs`,
    /// lists what it does not take over, and regenerates.
    #[arg(long)]
    apply: bool,
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
    if arguments.apply && arguments.contracts.is_empty() {
        bail!("--apply needs a contract to take over from; name its file");
    }
    let mut record = Record::read(root)?;
    let mut texts = Vec::new();
    for path in &arguments.contracts {
        let name = arguments.contract.as_deref();
        let (contract, text) = Contract::read(path, name, arguments.date.as_deref())?;
        record.put(contract);
        texts.push(text);
    }
    if record.is_empty() {
        bail!(
            "there is nothing to compare with: name a contract's file, or keep one in {} with --record",
            record::PATH
        );
    }
    if arguments.record {
        // Before anything is written: a date may be missing.
        record.text()?;
    }
    let there = record.shape();
    let deviations = Deviations::read(root)?;
    let mut taken = None;
    if arguments.apply {
        let source = apply::Source {
            there: &there,
            texts: texts.iter().map(String::as_str).collect(),
            deviations: &deviations,
        };
        taken = Some(apply::run(root, &source)?);
    }
    if arguments.record {
        record.write(root)?;
    }
    let mut report = compare_with(root, &there, &deviations)?;
    if let Some(taken) = taken {
        (report.applied, report.left) = (taken.lines, taken.left);
    }
    Ok(report)
}

/// Compares the document below `root` with a wire shape, deviations considered.
fn compare_with(root: &Path, there: &WireShape, deviations: &Deviations) -> anyhow::Result<Report> {
    let here = read_shape(&root.join(DOCUMENT)).context(DOCUMENT)?;
    Ok(Report::new(compare(&here, there), deviations))
}

fn read_shape(path: &Path) -> anyhow::Result<WireShape> {
    let text = fs::read_to_string(path)?;
    Ok(WireShape::read(&Document::parse(&text)?)?)
}
