//! Differences on the wire between `openapi/chat.json` and the vendor's contracts.
//!
//! [`run`] compares, records and applies for `cargo xtask drift`. Below it, a [`WireShape`] is
//! read from each document and [`difference::compare`] lists the differences of two shapes.

mod apply;
mod contract;
mod deviations;
pub mod difference;
mod record;
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
use record::Record;
pub use report::Report;
pub use shape::{ShapeId, WireShape};

/// The document, below the root of the workspace.
pub const DOCUMENT: &str = "openapi/chat.json";

/// The contracts to compare with, and what to do with them.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files of contracts; `-` is standard input. If there are none, the recorded contracts are
    /// compared with, which also stand for those that are not given.
    pub contracts: Vec<String>,
    /// Records the wire shape of the given contracts.
    pub record: bool,
    /// Adds what is additive to the document.
    pub apply: bool,
    /// The name of the only given contract in the record.
    pub contract: Option<String>,
    /// The date of the given contracts for the record, such as `2026-06-07`.
    pub date: Option<String>,
}

/// Compares the document below `root` with contracts, and records or applies them if asked to.
///
/// # Errors
///
/// If the options contradict each other, or if an input cannot be read or a file written.
pub fn run(root: &Path, options: &Options) -> anyhow::Result<Report> {
    if options.contract.is_some() && options.contracts.len() != 1 {
        bail!("--contract names one contract; give exactly one file with it");
    }
    if options.record && options.contracts.is_empty() {
        bail!("--record needs a contract to record; name its file");
    }
    if options.apply && options.contracts.is_empty() {
        bail!("--apply needs a contract to take over from; name its file");
    }
    let mut record = Record::read(root)?;
    let mut texts = Vec::new();
    for path in &options.contracts {
        let name = options.contract.as_deref();
        let (contract, text) = Contract::read(path, name, options.date.as_deref())?;
        record.put(contract);
        texts.push(text);
    }
    if record.is_empty() {
        bail!(
            "there is nothing to compare with: name a contract's file, or keep one in {} with --record",
            record::PATH
        );
    }
    if options.record {
        // Before anything is written: a date may be missing.
        record.text()?;
    }
    let there = record.shape();
    let deviations = Deviations::read(root)?;
    let mut taken = None;
    if options.apply {
        let source = apply::Source {
            there: &there,
            texts: texts.iter().map(String::as_str).collect(),
            deviations: &deviations,
        };
        taken = Some(apply::run(root, &source)?);
    }
    if options.record {
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

/// Writes a file under another name first, so that an interrupted run does not truncate it.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let context = || path.display().to_string();
    let partial = path.with_extension("tmp");
    fs::write(&partial, text).with_context(context)?;
    fs::rename(&partial, path).with_context(context)
}
