//! Application of a contract's additions to the document.
//!
//! Each addition is made on a copy, which is then compared with the contract: it is kept if its
//! difference is resolved and no new difference has appeared. An addition therefore cannot break
//! other places.

mod additions;
mod editor;
mod insert;
mod known_types;
mod names;
mod new_operation;
mod scalar_schema;
mod value_schema;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use basalam_chat_openapi::Document;
use serde_json::Value;

use crate::deviations::{Deviations, Explanation};
use crate::difference::{Addition, Difference, Kind, Severity, compare};
use crate::file;
use crate::locate::{self, described};
use crate::place::{Part, Place, Step};
use crate::shape::WireShape;
use editor::DocumentEditor;

/// The document after all additions, and the lists of applied and skipped additions.
pub(crate) struct Applied {
    /// The resulting document as JSON, whether it changed or not.
    pub(crate) json: String,
    /// One line for each addition that was made.
    pub(crate) lines: Vec<String>,
    /// One line for each addition that was skipped, with the reason.
    pub(crate) skipped: Vec<(String, String)>,
}

/// The source of additions.
pub(crate) struct Source<'a> {
    /// The wire shape of all contracts.
    pub(crate) shape: &'a WireShape,
    /// The new contracts, for order and names.
    pub(crate) contracts: Vec<Value>,
    pub(crate) deviations: &'a Deviations,
}

/// Applies all additions, and writes the document if it changed.
pub(crate) fn run(path: &Path, before: &str, source: &Source<'_>) -> anyhow::Result<Applied> {
    let applied = apply(before, source)?;
    if applied.json != before && !applied.lines.is_empty() {
        check_generator(&applied.json)
            .map_err(|reason| anyhow::anyhow!("nothing was written: {reason}"))?;
        file::write(path, &applied.json)?;
    }
    Ok(applied)
}

/// Parses a document or a contract, keeping the order of properties.
pub(crate) fn parse(json: &str) -> serde_json::Result<Value> {
    serde_json::from_str(json.trim_start_matches('\u{feff}'))
}

/// Formats a document as it is committed.
fn format(document: &Value) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// Makes all additions that the generator supports.
fn apply(json: &str, source: &Source<'_>) -> anyhow::Result<Applied> {
    let all = Applier::new(json, source)?.run(false)?;
    // Most additions are supported, and checking each one with the generator is slow.
    if check_generator(&all.json).is_ok() {
        return Ok(all);
    }
    check_generator(json)
        .map_err(anyhow::Error::msg)
        .context("nothing is applied, because the generator does not support the document")?;
    Applier::new(json, source)?.run(true)
}

fn check_generator(json: &str) -> Result<(), String> {
    match basalam_chat_codegen::generate(json) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// A document with the additions made so far.
struct Applier<'a> {
    source: &'a Source<'a>,
    document: Value,
    lines: Vec<String>,
    skipped: Vec<(String, String)>,
}

/// A document, and its differences from the contract.
type Attempt = (Value, Explanation);

impl<'a> Applier<'a> {
    fn new(json: &str, source: &'a Source<'a>) -> anyhow::Result<Applier<'a>> {
        Ok(Applier {
            source,
            document: parse(json)?,
            lines: Vec::new(),
            skipped: Vec::new(),
        })
    }

    fn run(mut self, check_each: bool) -> anyhow::Result<Applied> {
        let mut remaining = self.explain(&self.document)?;
        let mut skipped: BTreeSet<String> = BTreeSet::new();
        loop {
            let is_next = |it: &&Difference| {
                let is_addition =
                    it.severity == Severity::Additive || it.addition == Some(Addition::Deprecation);
                is_addition && !skipped.contains(&line(it))
            };
            let Some(next) = remaining.unexplained.iter().find(is_next).cloned() else {
                break;
            };
            match self.attempt(&next, &remaining, check_each)? {
                Ok((document, still_remaining)) => {
                    self.document = document;
                    remaining = still_remaining;
                    self.lines.push(line(&next));
                }
                Err(reason) => {
                    skipped.insert(line(&next));
                    self.skipped.push((line(&next), reason));
                }
            }
        }
        Ok(Applied {
            json: format(&self.document)?,
            lines: self.lines,
            skipped: self.skipped,
        })
    }

    fn explain(&self, document: &Value) -> anyhow::Result<Explanation> {
        let shape = WireShape::read(&Document::from_value(document.clone())?)?;
        let differences = compare(&shape, self.source.shape);
        Ok(self.source.deviations.explain(differences, document))
    }

    /// Makes one addition on a copy of the document. Returns the copy if the addition resolves the
    /// difference and causes no others.
    fn attempt(
        &self,
        difference: &Difference,
        before: &Explanation,
        check_generated: bool,
    ) -> anyhow::Result<Result<Attempt, String>> {
        let mut document = self.document.clone();
        if let Err(reason) = self.add(&mut document, difference, before)? {
            return Ok(Err(reason));
        }
        let after = match self.explain(&document) {
            Ok(after) => after,
            Err(error) => return Ok(Err(format!("the document would be invalid: {error:#}"))),
        };
        if after
            .unexplained
            .iter()
            .any(|it| line(it) == line(difference))
        {
            let reason = "the document describes this place differently; edit it manually";
            return Ok(Err(reason.to_owned()));
        }
        // The document may have to be less strict than the contract, and a type that it already has
        // can lack something: such differences are listed. A person decides on security.
        let is_left = |it: &&Difference| {
            let is_left = it.severity == Severity::Additive || it.place.part == Part::Security;
            is_left && contains(&difference.place, &it.place)
        };
        let known: BTreeSet<String> = before.unexplained.iter().map(line).collect();
        let new = after
            .unexplained
            .iter()
            .filter(|it| !known.contains(&line(it)));
        let new: Vec<&Difference> = new.collect();
        let key = |it: &Difference| Some((described(&document, &it.place)?, it.statement()));
        let left: BTreeSet<_> = new
            .iter()
            .copied()
            .filter(is_left)
            .filter_map(key)
            .collect();
        let is_expected = |it: &&Difference| {
            let is_harmless = it.severity == Severity::Harmless && it.kind != Kind::Deprecated;
            is_harmless || is_left(it) || key(it).is_some_and(|it| left.contains(&it))
        };
        if let Some(new) = new.iter().find(|it| !is_expected(it)) {
            let reason = format!(
                "the same schema describes other places, which would be wrong: {}",
                line(new)
            );
            return Ok(Err(reason));
        }
        if check_generated && let Err(reason) = check_generator(&format(&document)?) {
            return Ok(Err(format!("the generator does not support it: {reason}")));
        }
        Ok(Ok((document, after)))
    }

    fn add(
        &self,
        document: &mut Value,
        difference: &Difference,
        before: &Explanation,
    ) -> anyhow::Result<Result<(), String>> {
        let Some(addition) = &difference.addition else {
            return Ok(Err(
                "this cannot be applied; edit the document manually".to_owned()
            ));
        };
        let place = &difference.place;
        let mut editor = DocumentEditor::new(document, self.source, &before.by_schema)?;
        Ok(match addition {
            Addition::Operation => editor.add_operation(place),
            Addition::Parameter(key) => editor.add_parameter(place, key),
            Addition::Property { required, value } => {
                let name = match place.steps.last() {
                    Some(Step::Property(name)) => name,
                    _ => "",
                };
                let predecessors = self.predecessors(difference, "properties", name);
                editor.add_property(place, *required, *value, &predecessors)
            }
            Addition::Deprecation => editor.deprecate(place),
            Addition::EnumValue(value) => {
                let predecessors = self.predecessors(difference, "enum", value);
                editor.add_enum_value(place, value, &predecessors)
            }
        })
    }

    /// Returns the names that precede `name` in the contract, the nearest first.
    fn predecessors(&self, difference: &Difference, keyword: &str, name: &str) -> Vec<String> {
        let Some(source) = &difference.source else {
            return Vec::new();
        };
        let in_contract = |contract: &Value| -> Option<Vec<String>> {
            let holder = locate::holder(contract, source, |it| it.get(keyword).is_some())?;
            let mut names: Vec<String> = match holder.child(keyword).find(contract)? {
                Value::Object(properties) => properties.keys().cloned().collect(),
                Value::Array(values) => {
                    let strings = values.iter().filter_map(Value::as_str);
                    strings.map(str::to_owned).collect()
                }
                _ => return None,
            };
            names.truncate(names.iter().position(|it| it == name)?);
            names.reverse();
            Some(names)
        };
        let mut contracts = self.source.contracts.iter();
        contracts.find_map(in_contract).unwrap_or_default()
    }
}

/// Formats a difference as one line, without its severity.
fn line(difference: &Difference) -> String {
    format!("{}: {}", difference.place, difference.statement())
}

fn contains(outer: &Place, inner: &Place) -> bool {
    let same_operation = inner.method == outer.method && inner.path == outer.path;
    let same_part = outer.part == Part::Whole || inner.part == outer.part;
    same_operation && same_part && inner.steps.starts_with(&outer.steps)
}
