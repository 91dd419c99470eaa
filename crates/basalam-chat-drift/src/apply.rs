//! Taking over what a contract adds.
//!
//! Each change is tried on a copy and compared: it is kept where the difference it is for is gone
//! and no other came in its place. So a change can do no harm elsewhere, whatever it was made from.

mod build;
mod json;
mod locate;
mod names;
mod newtypes;
mod operation;
mod values;

use std::collections::BTreeSet;

use crate::WireShape;
use crate::difference::{Class, Difference, Offer, Part, Place, compare};
use anyhow::Context;
use basalam_chat_openapi::{Document, Pointer};

use super::deviations::Deviations;
use build::Builder;
use json::Json;

/// What came of taking over.
pub(super) struct Applied {
    /// The document, changed or not.
    pub(super) text: String,
    /// What was taken over, by line.
    pub(super) lines: Vec<String>,
    /// What was not, with the reason.
    pub(super) left: Vec<(String, String)>,
}

/// What the changes come from.
pub(super) struct Source<'a> {
    /// The vendor's side.
    pub(super) there: &'a WireShape,
    /// The contracts as they were given, for the order of things and for names.
    pub(super) texts: Vec<&'a str>,
    pub(super) deviations: &'a Deviations,
}

/// Changes the document so that what is additive is no difference any more.
///
/// Nothing is taken over that the generator would refuse.
pub(super) fn apply(text: &str, source: &Source<'_>) -> anyhow::Result<Applied> {
    let contracts = source.texts.iter().map(|text| Json::parse(text));
    let contracts: Vec<Json> = contracts.collect::<Result<_, _>>()?;
    let all = Taking::new(text, source, &contracts)?.run(false)?;
    // Most contracts add nothing that the generator refuses, and asking it takes its time.
    match is_generated(&all.text) {
        Ok(()) => Ok(all),
        Err(_) => {
            is_generated(text).map_err(|reason| {
                anyhow::anyhow!(
                    "{}: nothing is taken over while it cannot be generated from: {reason}",
                    super::DOCUMENT
                )
            })?;
            Taking::new(text, source, &contracts)?.run(true)
        }
    }
}

fn is_generated(text: &str) -> Result<(), String> {
    match basalam_chat_codegen::generate(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// The document on its way.
struct Taking<'a> {
    source: &'a Source<'a>,
    contracts: &'a [Json],
    document: Json,
    lines: Vec<String>,
    left: Vec<(String, String)>,
}

impl<'a> Taking<'a> {
    fn new(
        text: &str,
        source: &'a Source<'a>,
        contracts: &'a [Json],
    ) -> anyhow::Result<Taking<'a>> {
        Ok(Taking {
            source,
            contracts,
            document: Json::parse(text)?,
            lines: Vec::new(),
            left: Vec::new(),
        })
    }

    fn run(mut self, ask_generator: bool) -> anyhow::Result<Applied> {
        let mut open = self.unexplained(&self.document)?;
        let mut refused: BTreeSet<String> = BTreeSet::new();
        loop {
            let next = open
                .iter()
                .find(|it| it.class == Class::Additive && !refused.contains(&line(it)));
            let Some(next) = next.cloned() else { break };
            match self.attempt(&next, &open, ask_generator)? {
                Ok((document, still_open)) => {
                    self.document = document;
                    open = still_open;
                    self.lines.push(line(&next));
                }
                Err(reason) => {
                    refused.insert(line(&next));
                    self.left.push((line(&next), reason));
                }
            }
        }
        Ok(Applied {
            text: self.document.text()?,
            lines: self.lines,
            left: self.left,
        })
    }

    fn unexplained(&self, document: &Json) -> anyhow::Result<Vec<Difference>> {
        let shape = WireShape::read(&Document::parse(&document.text()?)?)?;
        Ok(self
            .source
            .deviations
            .explain(compare(&shape, self.source.there))
            .0)
    }

    /// Makes one change on a copy, and gives it where it did what it should and nothing else.
    #[allow(clippy::type_complexity)]
    fn attempt(
        &self,
        difference: &Difference,
        before: &[Difference],
        ask_generator: bool,
    ) -> anyhow::Result<Result<(Json, Vec<Difference>), String>> {
        let mut document = self.document.clone();
        if let Err(reason) = self.change(&mut document, difference)? {
            return Ok(Err(reason));
        }
        let after = match self.unexplained(&document) {
            Ok(after) => after,
            Err(error) => return Ok(Err(format!("the document would be broken: {error:#}"))),
        };
        let known: BTreeSet<String> = before.iter().map(line).collect();
        if after.iter().any(|it| line(it) == line(difference)) {
            return Ok(Err(
                "the document has another form here; change it by hand".to_owned()
            ));
        }
        // What a document must say more loosely than the contract is harmless, and stays on the list.
        let harmless = |it: &Difference| {
            it.class == Class::Harmless && is_within(&it.place, &difference.place)
        };
        if let Some(new) = after
            .iter()
            .find(|it| !known.contains(&line(it)) && !harmless(it))
        {
            let reason = format!(
                "what describes it also describes other places, where it would be wrong: {}",
                line(new)
            );
            return Ok(Err(reason));
        }
        if ask_generator && let Err(reason) = is_generated(&document.text()?) {
            return Ok(Err(format!("the generator does not take it: {reason}")));
        }
        Ok(Ok((document, after)))
    }

    fn change(
        &self,
        document: &mut Json,
        difference: &Difference,
    ) -> anyhow::Result<Result<(), String>> {
        let Some(offer) = difference.offer() else {
            return Ok(Err("this has to be written by hand".to_owned()));
        };
        let place = &difference.place;
        let mut builder = Builder::new(document, self.source, self.contracts)?;
        let done = match offer {
            Offer::Operation => builder.operation(place),
            Offer::Parameter(key) => builder.new_parameter(place, key),
            Offer::Value { required, value } => {
                let neighbours = self.neighbours(difference, "properties", last(place));
                builder.member(place, *required, *value, &neighbours)
            }
            Offer::Text(text) => {
                let neighbours = self.neighbours(difference, "enum", text);
                builder.text(place, text, &neighbours)
            }
        };
        Ok(done)
    }

    /// What stands before `name` in the contract, the nearest first.
    fn neighbours(&self, difference: &Difference, keyword: &str, name: &str) -> Vec<String> {
        let Some(source) = difference.source() else {
            return Vec::new();
        };
        let listed = |contract: &Json| -> Option<Vec<String>> {
            let holder = locate::holder(contract, source, |it| it.get(keyword).is_some())?;
            let list = contract.find(&holder.child(keyword))?;
            let members = list.members().iter().map(|(name, _)| name.clone());
            let items = list
                .items()
                .iter()
                .filter_map(Json::as_str)
                .map(str::to_owned);
            let mut names: Vec<String> = members.chain(items).collect();
            let place = names.iter().position(|it| it == name)?;
            names.truncate(place);
            names.reverse();
            Some(names)
        };
        self.contracts.iter().find_map(listed).unwrap_or_default()
    }
}

fn last(place: &Place) -> &str {
    match place.steps.last() {
        Some(crate::difference::Step::Member(name)) => name,
        _ => "",
    }
}

/// A difference in one line, without its class.
fn line(difference: &Difference) -> String {
    format!("{}: {}", difference.place, difference.statement())
}

fn is_within(inner: &Place, outer: &Place) -> bool {
    let same_operation = inner.method == outer.method && inner.path == outer.path;
    let same_part = outer.part == Part::Whole || inner.part == outer.part;
    same_operation && same_part && inner.steps.starts_with(&outer.steps)
}

/// Where named schemas stand.
fn schemas() -> Pointer {
    Pointer::default().child("components").child("schemas")
}

/// Takes over, writes the document where it changed, and regenerates.
pub(super) fn run(root: &std::path::Path, source: &Source<'_>) -> anyhow::Result<Applied> {
    let path = root.join(super::DOCUMENT);
    let before = std::fs::read_to_string(&path).context(super::DOCUMENT)?;
    let applied = apply(&before, source)?;
    if applied.text != before && !applied.lines.is_empty() {
        is_generated(&applied.text)
            .map_err(|reason| anyhow::anyhow!("nothing was written: {reason}"))?;
        super::write(&path, &applied.text)?;
    }
    Ok(applied)
}
