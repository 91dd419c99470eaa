//! Application of a contract's additions to the document.
//!
//! Each addition is made on a copy, which is then compared with the contract: it is kept if its
//! difference is resolved and no new difference has appeared. An addition therefore cannot break
//! other places.

mod additions;
mod components;
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
use basalam_chat_openapi::{Document, Pointer};
use serde_json::Value;

use crate::deviations::{Deviations, Explanation};
use crate::difference::{Addition, Difference, Kind, Severity, compare};
use crate::file;
use crate::locate::{self, described};
use crate::place::{Part, Place};
use crate::shape::WireShape;
use components::Components;
use editor::{DocumentEditor, EditResult};

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
    /// The new contract, for order and names; null without a new contract.
    pub(crate) contract: Value,
    pub(crate) deviations: &'a Deviations,
}

impl Source<'_> {
    /// Returns the property names or enum values in the order in which a keyword of the new contract lists
    /// them.
    fn listed(&self, at: Option<&Pointer>, keyword: &str) -> Vec<String> {
        let list = at.and_then(|at| {
            let holder = locate::with_keyword(&self.contract, at, keyword)?;
            holder.child(keyword).find(&self.contract)
        });
        match list {
            Some(Value::Object(properties)) => properties.keys().cloned().collect(),
            Some(Value::Array(values)) => {
                let strings = values.iter().filter_map(Value::as_str);
                strings.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }
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
    let generated = basalam_chat_codegen::generate(json);
    generated.map(drop).map_err(|error| error.to_string())
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
                is_addition && !skipped.contains(&it.line())
            };
            let Some(next) = remaining.unexplained.iter().find(is_next).cloned() else {
                break;
            };
            let components = Components::read(&self.document)?;
            match self.attempt(&next, components, &remaining, check_each) {
                Ok((document, still_remaining)) => {
                    self.document = document;
                    remaining = still_remaining;
                    self.lines.push(next.line());
                }
                Err(reason) => {
                    skipped.insert(next.line());
                    self.skipped.push((next.line(), reason));
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
        components: Components,
        before: &Explanation,
        check_generated: bool,
    ) -> EditResult<Attempt> {
        let mut document = self.document.clone();
        let explained = &before.by_schema;
        let editor = DocumentEditor::new(&mut document, self.source, components, explained);
        self.add(editor, difference)?;
        let after = self.explain(&document);
        let after = after.map_err(|error| format!("the document would be invalid: {error:#}"))?;
        let line = difference.line();
        if after.unexplained.iter().any(|it| it.line() == line) {
            let reason = "the document describes this place differently; edit it manually";
            return Err(reason.to_owned());
        }
        // The document may have to be less strict than the contract, and a type that it already has
        // can lack something: such differences are listed. A person decides on security.
        let is_left = |it: &&Difference| {
            let is_left = it.severity == Severity::Additive || it.place.part == Part::Security;
            is_left && contains(&difference.place, &it.place)
        };
        let known: BTreeSet<String> = before.unexplained.iter().map(Difference::line).collect();
        let after_only = after.unexplained.iter();
        let mut new = after_only.filter(|it| !known.contains(&it.line()));
        let key = |it: &Difference| Some((described(&document, &it.place)?, it.statement()));
        let left: BTreeSet<_> = new.clone().filter(is_left).filter_map(key).collect();
        let is_expected = |it: &&Difference| {
            let is_harmless = it.severity == Severity::Harmless && it.kind != Kind::Deprecated;
            is_harmless || is_left(it) || key(it).is_some_and(|it| left.contains(&it))
        };
        if let Some(new) = new.find(|it| !is_expected(it)) {
            let new = new.line();
            return Err(format!(
                "the same schema describes other places, which would be wrong: {new}"
            ));
        }
        if check_generated {
            let json = format(&document).map_err(|error| error.to_string())?;
            let generated = check_generator(&json);
            generated.map_err(|reason| format!("the generator does not support it: {reason}"))?;
        }
        Ok((document, after))
    }

    fn add(&self, mut editor: DocumentEditor<'_>, difference: &Difference) -> EditResult<()> {
        let place = &difference.place;
        match &difference.addition {
            None => Err("this cannot be applied; edit the document manually".to_owned()),
            Some(Addition::Operation) => editor.add_operation(place),
            Some(Addition::Parameter(key)) => editor.add_parameter(place, key),
            Some(Addition::Property { required, value }) => {
                let name = place.property_name();
                let predecessors = self.predecessors(difference, "properties", name);
                editor.add_property(place, *required, *value, &predecessors)
            }
            Some(Addition::Deprecation) => editor.deprecate(place),
            Some(Addition::EnumValue(value)) => {
                let predecessors = self.predecessors(difference, "enum", value);
                editor.add_enum_value(place, value, &predecessors)
            }
        }
    }

    /// Returns the names that precede `name` in the contract, the nearest first.
    fn predecessors(&self, difference: &Difference, keyword: &str, name: &str) -> Vec<String> {
        let mut names = self.source.listed(difference.source.as_ref(), keyword);
        names.truncate(names.iter().position(|it| it == name).unwrap_or(0));
        names.reverse();
        names
    }
}

fn contains(outer: &Place, inner: &Place) -> bool {
    let same_operation = inner.method == outer.method && inner.path == outer.path;
    let same_part = outer.part == Part::Whole || inner.part == outer.part;
    same_operation && same_part && inner.steps.starts_with(&outer.steps)
}
