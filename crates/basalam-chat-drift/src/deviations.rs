//! `openapi/deviations.json`: where the document knowingly says otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::difference::{Difference, Place};
use anyhow::{Context, bail};
use serde::Deserialize;

pub(super) const PATH: &str = "openapi/deviations.json";

/// How a place begins that is meant in every operation.
const EVERYWHERE: &str = "* → ";

/// What is said of each difference, in its own words.
#[derive(Default)]
pub(super) struct Deviations {
    /// The entry that explains a statement at a place.
    entries: BTreeMap<(String, String), usize>,
    count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    deviations: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    differences: Vec<Group>,
    why: String,
    #[serde(rename = "certainty")]
    _certainty: Certainty,
}

/// The same differences, at several places.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    is: Vec<String>,
    at: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Certainty {
    Certain,
    Likely,
    Unknown,
}

/// A statement of an entry that is not true, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stale {
    pub(super) place: String,
    pub(super) statement: String,
}

impl Deviations {
    /// Reads the file below `root`; none explains nothing.
    pub(super) fn read(root: &Path) -> anyhow::Result<Deviations> {
        let path = root.join(PATH);
        if !path.exists() {
            return Ok(Deviations::default());
        }
        let text = fs::read_to_string(path).context(PATH)?;
        Deviations::parse(&text).context(PATH)
    }

    pub(super) fn parse(text: &str) -> anyhow::Result<Deviations> {
        let file: File = serde_json::from_str(text)?;
        let mut entries = BTreeMap::new();
        let count = file.deviations.len();
        for (index, entry) in file.deviations.into_iter().enumerate() {
            if entry.why.trim().is_empty() {
                bail!("#/deviations/{index}/why says nothing; give the reason");
            }
            let places = entry.differences.iter();
            if !places
                .clone()
                .any(|it| !it.at.is_empty() && !it.is.is_empty())
            {
                bail!("#/deviations/{index}/differences names no difference");
            }
            for group in places {
                for place in &group.at {
                    for statement in &group.is {
                        let key = (place.clone(), statement.clone());
                        if entries.insert(key, index).is_some() {
                            bail!("{place}: {statement:?} is explained twice; keep one of them");
                        }
                    }
                }
            }
        }
        Ok(Deviations { entries, count })
    }

    /// How many entries there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// What the document says at a place where the contract says `there`, as far as an entry knows.
    pub(super) fn here(&self, place: &Place, there: &str) -> Option<String> {
        let place = place.to_string();
        let from = (place.clone(), String::new());
        let statements = self
            .entries
            .range(from..)
            .take_while(|((it, _), _)| *it == place);
        let ending = format!(" here, {there} there");
        statements
            .filter_map(|((_, statement), _)| statement.strip_suffix(&ending))
            .map(str::to_owned)
            .next()
    }

    /// Whether an answer with this status may be described wherever one likes.
    pub(super) fn is_everywhere(&self, status: &str) -> bool {
        let place = format!("{EVERYWHERE}{status}");
        self.entries
            .contains_key(&(place, "only here: the answer".to_owned()))
    }

    /// Splits differences into those that nothing explains and the number of the others, and
    /// finds the statements that are not true.
    pub(super) fn explain(&self, found: Vec<Difference>) -> (Vec<Difference>, usize, Vec<Stale>) {
        let mut open: BTreeSet<&(String, String)> = self.entries.keys().collect();
        let total = found.len();
        let unexplained: Vec<Difference> = found
            .into_iter()
            .filter(|difference| {
                let statement = difference.statement();
                let everywhere = format!("{EVERYWHERE}{}", difference.place.within());
                let mut explained = false;
                for place in [difference.place.to_string(), everywhere] {
                    let key = (place, statement.clone());
                    explained |= self.entries.contains_key(&key);
                    open.remove(&key);
                }
                !explained
            })
            .collect();
        let explained = total - unexplained.len();
        let stale = open.into_iter().map(|(place, statement)| Stale {
            place: place.clone(),
            statement: statement.clone(),
        });
        (unexplained, explained, stale.collect())
    }
}
