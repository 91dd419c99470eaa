//! `openapi/vendor-shape.json`: the wire shape of the vendor's newest contracts.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::contract::Contract;
use crate::difference::follow;
use crate::file;
use crate::shape::{OperationKey, WireShape, join};

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
    contracts: Vec<Contract>,
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

    /// Replaces the recorded contract that shares most operations with this one, or the one called
    /// `name`, or adds the contract if the name is not recorded.
    ///
    /// The name of the file has no effect on what is replaced: files can be renamed.
    ///
    /// # Errors
    ///
    /// If the contract shares no operation with the recorded ones or with `document`, and `name`
    /// does not say which one it is.
    pub(crate) fn insert(
        &mut self,
        contract: Contract,
        name: Option<&str>,
        document: &WireShape,
    ) -> anyhow::Result<()> {
        let position = |name: &str| self.contracts.iter().position(|it| it.name == name);
        let replaced = match name {
            Some(name) => position(name),
            None => self.closest(&contract.shape),
        };
        let is_new = position(&contract.name).is_none();
        let is_known = || shared_operations(document, &contract.shape) > 0;
        let name = match (replaced, name) {
            (Some(index), _) => self.contracts.remove(index).name,
            (None, Some(name)) => name.to_owned(),
            (None, None) if is_new && is_known() => contract.name,
            (None, None) => bail!(
                "it is unclear which contract this is, because it shares no operation with {} or \
                 the recorded contracts ({}); pass the name of the one that it replaces, or a new \
                 name, with --contract",
                crate::DOCUMENT,
                join(self.contracts.iter().map(|it| &it.name), ", ", "")
            ),
        };
        self.contracts.push(Contract { name, ..contract });
        self.contracts
            .sort_by(|left, right| left.name.cmp(&right.name));
        Ok(())
    }

    /// Returns the contract that shares most operations with `shape`, if one does.
    fn closest(&self, shape: &WireShape) -> Option<usize> {
        let contracts = self.contracts.iter();
        let shared = contracts.map(|it| shared_operations(&it.shape, shape));
        let (index, shared) = shared.enumerate().max_by_key(|(_, shared)| *shared)?;
        (shared > 0).then_some(index)
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

/// Returns the number of operations that both sides have, including moved ones.
fn shared_operations(left: &WireShape, right: &WireShape) -> usize {
    let right = follow(left, right.clone());
    let is_shared = |it: &&OperationKey| right.operations.contains_key(it);
    left.operations.keys().filter(is_shared).count()
}
