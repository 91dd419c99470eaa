//! `cargo xtask drift`: what a contract of the vendor says otherwise than the document.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use basalam_chat_drift::{Options, Report};

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

impl Arguments {
    fn options(&self) -> Options {
        Options {
            contracts: self.contracts.clone(),
            record: self.record,
            apply: self.apply,
            contract: self.contract.clone(),
            date: self.date.clone(),
        }
    }
}

/// Runs the comparison; the exit code reports whether anything is left to explain.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> ExitCode {
    match drift(root, arguments) {
        Ok(report) => {
            match arguments.format {
                Format::Text => print!("{}", report.text(is_colourful())),
                Format::Json => println!("{:#}", report.json()),
                Format::Markdown => print!("{}", report.markdown()),
            }
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

fn drift(root: &Path, arguments: &Arguments) -> anyhow::Result<Report> {
    let report = basalam_chat_drift::run(root, &arguments.options())?;
    if report.has_applied() {
        crate::generate::run(root, false)?;
    }
    Ok(report)
}

fn is_colourful() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
