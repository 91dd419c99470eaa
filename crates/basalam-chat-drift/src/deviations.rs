//! `openapi/deviations.json`: the known differences between the document and the contracts.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use basalam_chat_openapi::Pointer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::difference::{self, Difference};
use crate::locate::described;
use crate::place::Place;

pub(crate) const PATH: &str = "openapi/deviations.json";

/// The prefix of a place that means every operation.
const EVERYWHERE: &str = "* → ";

/// The explained differences, by place and statement.
#[derive(Default)]
pub(crate) struct Deviations {
    explained: BTreeSet<(String, String)>,
    /// The number of entries.
    pub(crate) count: usize,
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

/// The same differences at several places.
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

/// The result of matching differences with the deviations.
pub(crate) struct Explanation {
    pub(crate) unexplained: Vec<Difference>,
    /// The number of differences that are explained.
    pub(crate) explained: usize,
    pub(crate) stale: Vec<Stale>,
    /// The explained differences: the schemas of the document that they are about, and their
    /// statements.
    pub(crate) by_schema: BTreeSet<(Pointer, String)>,
}

/// A statement of a deviation that does not apply (any more).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Stale {
    pub(crate) place: String,
    pub(crate) statement: String,
}

impl Deviations {
    /// Reads the file below `root`; if it does not exist, nothing is explained.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Deviations> {
        let path = root.join(PATH);
        if !path.exists() {
            return Ok(Deviations::default());
        }
        let json = fs::read_to_string(path).context(PATH)?;
        Deviations::parse(&json).context(PATH)
    }

    pub(crate) fn parse(json: &str) -> anyhow::Result<Deviations> {
        let file: File = serde_json::from_str(json)?;
        let mut explained = BTreeSet::new();
        for (index, entry) in file.deviations.iter().enumerate() {
            if entry.why.trim().is_empty() {
                bail!("#/deviations/{index}/why is empty; write the reason");
            }
            let has_statement = |it: &Group| !it.at.is_empty() && !it.is.is_empty();
            if !entry.differences.iter().any(has_statement) {
                bail!("#/deviations/{index}/differences lists no difference");
            }
            for group in &entry.differences {
                for place in &group.at {
                    for statement in &group.is {
                        if !explained.insert((place.clone(), statement.clone())) {
                            bail!("{place}: {statement:?} is explained twice; keep one of them");
                        }
                    }
                }
            }
        }
        let count = file.deviations.len();
        Ok(Deviations { explained, count })
    }

    /// Returns the document's side of a deviation, if one explains that the contract has `other` at
    /// this place.
    pub(crate) fn base(&self, place: &Place, other: &str) -> Option<String> {
        let place = place.to_string();
        let suffix = difference::changed("", other);
        let from = (place.clone(), String::new());
        let mut statements = self.explained.range(from..).take_while(|it| it.0 == place);
        statements.find_map(|(_, statement)| Some(statement.strip_suffix(&suffix)?.to_owned()))
    }

    /// Returns `true` if a deviation lists this statement at this place.
    pub(crate) fn contains(&self, place: &Place, statement: &str) -> bool {
        let key = (place.to_string(), statement.to_owned());
        self.explained.contains(&key)
    }

    /// Returns `true` if the document may have a response with this status in every operation.
    pub(crate) fn explains_everywhere(&self, status: &str) -> bool {
        let statement = difference::only_in_document("the response");
        let place = format!("{EVERYWHERE}{status}");
        self.explained.contains(&(place, statement))
    }

    /// Separates unexplained from explained differences, and finds stale statements.
    ///
    /// A deviation explains the same difference at every place that the same schema of `document`
    /// describes: its reason is about the schema.
    pub(crate) fn explain(&self, differences: Vec<Difference>, document: &Value) -> Explanation {
        let mut stale: BTreeSet<&(String, String)> = self.explained.iter().collect();
        let total = differences.len();
        let mut by_schema = BTreeSet::new();
        let at_schema = |it: &Difference| Some((described(document, &it.place)?, it.statement()));
        let mut unexplained: Vec<Difference> = differences
            .into_iter()
            .filter(|difference| {
                let statement = difference.statement();
                let everywhere = format!("{EVERYWHERE}{}", difference.place.in_operation());
                let mut is_explained = false;
                for place in [difference.place.to_string(), everywhere] {
                    let key = (place, statement.clone());
                    is_explained |= self.explained.contains(&key);
                    stale.remove(&key);
                }
                if is_explained {
                    by_schema.extend(at_schema(difference));
                }
                !is_explained
            })
            .collect();
        unexplained.retain(|it| at_schema(it).is_none_or(|key| !by_schema.contains(&key)));
        // Below something that is missing or another type, no deviation can apply.
        let replaced = unexplained
            .iter()
            .filter(|it| it.kind.hides_inner_differences());
        let replaced: Vec<String> = replaced.map(|it| it.place.to_string()).collect();
        let is_inside = |place: &str, outer: &String| {
            let rest = place.strip_prefix(outer.as_str());
            rest.is_some_and(|rest| rest.starts_with([' ', '.', '[']))
        };
        stale.retain(|(place, _)| !replaced.iter().any(|outer| is_inside(place, outer)));
        let stale = stale.into_iter().map(|(place, statement)| Stale {
            place: place.clone(),
            statement: statement.clone(),
        });
        Explanation {
            explained: total - unexplained.len(),
            unexplained,
            stale: stale.collect(),
            by_schema,
        }
    }
}
