//! `cargo xtask drift`: differences between the document and the vendor's contracts.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use basalam_chat_drift::{Options, Report};

const EXIT_CODES: &str = "Exit codes: 0 if every difference is explained, 1 if a difference is \
unexplained or an entry of deviations.json is stale, 2 if the input cannot be read.";

/// The arguments of `cargo xtask drift`.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// A contract of the vendor, OpenAPI 3.0 or 3.1 in JSON; `-` for standard input. Contracts that
    /// are not given are taken from openapi/vendor-shape.json. Two files are compared with each
    /// other instead of with the document.
    #[arg(value_name = "VENDOR.json", num_args = 0..=2)]
    files: Vec<String>,
    /// Records the wire shape of the given contract in openapi/vendor-shape.json.
    #[arg(long)]
    record: bool,
    /// Applies additions to openapi/chat.json, marks what they still need with `x-needs`, lists the
    /// additions that are skipped, and regenerates the sources.
    #[arg(long)]
    apply: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The name in the record of the contract that the given one replaces, or a new name. Default:
    /// the recorded contract that shares most operations.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// The date of the given contract in the record. Default: the date in the file name.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, in color on a terminal.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For changelogs.
    Markdown,
    /// For maintainers: every file to edit for what is left, in order.
    Checklist,
}

/// Runs the comparison and prints its report.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> ExitCode {
    let report = match compare(root, arguments) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::from(2);
        }
    };
    match arguments.format {
        Format::Text => print!("{}", report.text(use_color())),
        Format::Json => println!("{:#}", report.json()),
        Format::Checklist => print!("{}", report.checklist()),
        Format::Markdown => print!("{}", report.markdown()),
    }
    ExitCode::from(u8::from(!report.is_clean()))
}

fn compare(root: &Path, arguments: &Arguments) -> anyhow::Result<Report> {
    let options = Options {
        files: arguments.files.clone(),
        record: arguments.record,
        apply: arguments.apply,
        contract: arguments.contract.clone(),
        date: arguments.date.clone(),
    };
    let report = basalam_chat_drift::run(root, &options)?;
    if report.changed_document() {
        crate::generate::write_files(root)?;
    }
    Ok(report)
}

fn use_color() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
