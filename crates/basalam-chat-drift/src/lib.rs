//! Differences on the wire between `openapi/chat.json` and the vendor's contracts.
//!
//! [`run`] implements `cargo xtask drift`: it compares, records and applies. A
//! [`shape::WireShape`] is read from each document, and [`difference::compare`] lists
//! the differences of two shapes.

mod apply;
mod checklist;
mod contract;
mod deviations;
pub mod difference;
pub mod file;
mod locate;
mod needs;
pub mod place;
mod recorded;
mod report;
pub mod shape;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use basalam_chat_openapi::Document;
use serde_json::Value;

use contract::Contract;
use deviations::Deviations;
use difference::{compare, follow};
use recorded::RecordedContracts;
pub use report::Report;
use shape::WireShape;

/// The path of the document, relative to the root of the workspace.
pub const DOCUMENT: &str = "openapi/chat.json";

/// The contract to compare with, and what to do with it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file of a contract, `-` for standard input; or two files to compare with each other.
    /// Contracts that are not listed are read from the record.
    pub files: Vec<String>,
    /// Records the wire shape of the contract.
    pub record: bool,
    /// Applies additions of the contract, or of the recorded ones, to the document.
    pub apply: bool,
    /// The name of the contract in the record, for a contract that shares no operation with the
    /// recorded ones.
    pub contract: Option<String>,
    /// The date in the record, such as `2026-06-07`.
    pub date: Option<String>,
}

/// Compares the document below `root` with a contract and with the recorded ones, or two files with
/// each other. Records and applies the contract first, if requested.
///
/// # Errors
///
/// If the options contradict each other, if a file cannot be read or written, if a contract
/// describes no operation, or if it is unclear which contract it is.
pub fn run(root: &Path, options: &Options) -> anyhow::Result<Report> {
    let needs_file = options.record || options.contract.is_some();
    match options.files.as_slice() {
        [_, _] if !needs_file && !options.apply => return compare_files(&options.files),
        [_] => {}
        [] if !needs_file => {}
        _ => bail!("--record, --apply and --contract need a contract; pass exactly one file"),
    }
    let document = root.join(DOCUMENT);
    let before = fs::read_to_string(&document).context(DOCUMENT)?;
    let mut recorded = RecordedContracts::read(root)?;
    let read = |path: &String| Contract::read(path, options.date.as_deref());
    let read = options.files.first().map(read).transpose()?;
    let base = read_shape(&before).context(DOCUMENT)?;
    let mut contract = Value::Null;
    if let Some((new, json)) = read {
        recorded.insert(new, options.contract.as_deref(), &base)?;
        contract = apply::parse(&json)?;
    }
    if recorded.is_empty() {
        bail!(
            "no contract to compare with; pass a file, or record one in {} with --record",
            recorded::PATH
        );
    }
    if options.record {
        // Checked before anything is written.
        recorded.check_dates()?;
    }
    let shape = follow(&base, recorded.shape());
    let deviations = Deviations::read(root)?;
    let mut applied = None;
    if options.apply {
        let source = apply::Source {
            shape: &shape,
            contract,
            deviations: &deviations,
        };
        applied = Some(apply::run(&document, &before, &source).context(DOCUMENT)?);
    }
    if options.record {
        recorded.write(root)?;
    }
    let after = applied.as_ref().map_or(&before, |it| &it.json);
    let differences = compare(&read_shape(after).context(DOCUMENT)?, &shape);
    let after_json = apply::parse(after)?;
    let mut report = Report::new(differences, &deviations, &after_json);
    report.needs = needs::needs(after, &after_json);
    report.not_compared = shape.not_compared.clone();
    if let Some(applied) = applied {
        (report.applied, report.skipped) = (applied.lines, applied.skipped);
    }
    Ok(report)
}

/// Compares two files; the first one is in the place of the document.
fn compare_files(paths: &[String]) -> anyhow::Result<Report> {
    let (base, json) = Contract::read(&paths[0], None)?;
    let (base, other) = (base.shape, Contract::read(&paths[1], None)?.0.shape);
    let differences = compare(&base, &other);
    let mut report = Report::new(differences, &Deviations::default(), &apply::parse(&json)?);
    report.not_compared = base.merge(&other).not_compared;
    Ok(report)
}

fn read_shape(json: &str) -> anyhow::Result<WireShape> {
    Ok(WireShape::read(&Document::parse(json)?)?)
}
