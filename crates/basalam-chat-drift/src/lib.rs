//! Differences on the wire between `openapi/chat.json` and the vendor's contracts.
//!
//! [`run`] implements `cargo xtask drift`: it compares, records and applies. A
//! [`shape::WireShape`] is read from each document, and [`difference::compare`] lists
//! the differences of two shapes.

mod apply;
mod contract;
mod deviations;
pub mod difference;
pub mod file;
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

use contract::Contract;
use deviations::Deviations;
use difference::compare;
use recorded::RecordedContracts;
pub use report::Report;
use shape::WireShape;

/// The path of the document, relative to the root of the workspace.
pub const DOCUMENT: &str = "openapi/chat.json";

/// The contracts to compare with, and what to do with them.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The files of contracts; `-` is standard input. Contracts that are not listed are read from
    /// the record.
    pub contracts: Vec<String>,
    /// Records the wire shape of these contracts.
    pub record: bool,
    /// Applies additions of the contracts to the document.
    pub apply: bool,
    /// The name in the record; requires exactly one contract.
    pub contract: Option<String>,
    /// The date in the record, such as `2026-06-07`.
    pub date: Option<String>,
}

/// Compares the document below `root` with contracts. Records and applies them first, if requested.
///
/// # Errors
///
/// If the options contradict each other, or if a file cannot be read or written.
pub fn run(root: &Path, options: &Options) -> anyhow::Result<Report> {
    check(options)?;
    let mut recorded = RecordedContracts::read(root)?;
    let mut contracts = Vec::new();
    for path in &options.contracts {
        let name = options.contract.as_deref();
        let (contract, json) = Contract::read(path, name, options.date.as_deref())?;
        recorded.insert(contract);
        contracts.push(json);
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
    let shape = recorded.shape();
    let deviations = Deviations::read(root)?;
    let document = root.join(DOCUMENT);
    let mut applied = None;
    if options.apply {
        let contracts = contracts.iter().map(|json| apply::parse(json));
        let source = apply::Source {
            shape: &shape,
            contracts: contracts.collect::<Result<_, _>>()?,
            deviations: &deviations,
        };
        applied = Some(apply::run(&document, &source).context(DOCUMENT)?);
    }
    if options.record {
        recorded.write(root)?;
    }
    let base = read_shape(&document).context(DOCUMENT)?;
    let mut report = Report::new(compare(&base, &shape), &deviations);
    if let Some(applied) = applied {
        (report.applied, report.skipped) = (applied.lines, applied.skipped);
    }
    Ok(report)
}

fn check(options: &Options) -> anyhow::Result<()> {
    if options.contract.is_some() && options.contracts.len() != 1 {
        bail!("--contract is the name of one contract; pass exactly one file");
    }
    if options.record && options.contracts.is_empty() {
        bail!("--record needs a contract; pass its file");
    }
    if options.apply && options.contracts.is_empty() {
        bail!("--apply needs a contract; pass its file");
    }
    Ok(())
}

fn read_shape(path: &Path) -> anyhow::Result<WireShape> {
    let json = fs::read_to_string(path)?;
    Ok(WireShape::read(&Document::parse(&json)?)?)
}
