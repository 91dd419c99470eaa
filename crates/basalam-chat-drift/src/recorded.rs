//! `openapi/vendor-shape.json`: the wire shape of the vendor's newest contracts.

mod shape;

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::contract::Contract;
use crate::file;
use crate::shape::{OperationShape, WireShape};

pub(crate) const PATH: &str = "openapi/vendor-shape.json";

const ABOUT: &str = "The wire shape of the vendor's newest contracts, written by `cargo xtask drift \
VENDOR.json --record`. Names of schemas and operations, titles and descriptions are left out. \
`values` maps the first place of each value to the values that are valid there; other values and \
operations refer to it by that place.";

/// The recorded contracts, sorted by name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedContracts {
    about: String,
    contracts: Vec<RecordedContract>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedContract {
    name: String,
    /// The field is required in the file, but can be null.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    date: Option<String>,
    sha256: String,
    #[serde(with = "shape")]
    shape: WireShape,
}

impl RecordedContracts {
    /// Reads the file below `root`; if it does not exist, nothing is recorded.
    pub(crate) fn read(root: &Path) -> anyhow::Result<RecordedContracts> {
        let path = root.join(PATH);
        if !path.exists() {
            return Ok(RecordedContracts {
                about: ABOUT.to_owned(),
                contracts: Vec::new(),
            });
        }
        let json = fs::read_to_string(path).context(PATH)?;
        RecordedContracts::parse(&json).context(PATH)
    }

    fn parse(json: &str) -> anyhow::Result<RecordedContracts> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let recorded: RecordedContracts = serde_path_to_error::deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(recorded)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.contracts.is_empty()
    }

    /// Replaces the contract with the same name, or else the one that shares most operations; if
    /// none does, adds the contract.
    pub(crate) fn insert(&mut self, contract: Contract) {
        let is_named = |it: &RecordedContract| Some(&it.name) == contract.name.as_ref();
        let index = self.contracts.iter().position(is_named).or_else(|| {
            let shared = |it: &RecordedContract| shared_operations(&it.shape, &contract.shape);
            let indexed = self.contracts.iter().enumerate();
            let closest = indexed.max_by_key(|(_, it)| shared(it));
            closest
                .filter(|(_, it)| shared(it) > 0)
                .map(|(index, _)| index)
        });
        let recorded = RecordedContract {
            name: match index {
                Some(index) => self.contracts[index].name.clone(),
                None => contract.name.unwrap_or_else(|| "chat".to_owned()),
            },
            date: contract.date,
            sha256: contract.sha256,
            shape: contract.shape,
        };
        match index {
            Some(index) => self.contracts[index] = recorded,
            None => self.contracts.push(recorded),
        }
        self.contracts
            .sort_by(|left, right| left.name.cmp(&right.name));
    }

    /// Returns the wire shape of all contracts together.
    pub(crate) fn shape(&self) -> WireShape {
        let shapes = self.contracts.iter().map(|it| &it.shape);
        shapes.fold(WireShape::default(), |all, shape| all.merge(shape))
    }

    /// Checks that every contract has a date.
    pub(crate) fn check_dates(&self) -> anyhow::Result<()> {
        if let Some(undated) = self.contracts.iter().find(|it| it.date.is_none()) {
            bail!(
                "the date of the contract {} is unknown; pass it with --date YYYY-MM-DD",
                undated.name
            );
        }
        Ok(())
    }

    pub(crate) fn write(&mut self, root: &Path) -> anyhow::Result<()> {
        self.check_dates()?;
        ABOUT.clone_into(&mut self.about);
        let json = serde_json::to_string_pretty(self)? + "\n";
        file::write(&root.join(PATH), &json)
    }
}

fn shared_operations(left: &WireShape, right: &WireShape) -> usize {
    let is_shared = |it: &&OperationShape| right.operation(it.method, &it.path).is_some();
    left.operations().filter(is_shared).count()
}
