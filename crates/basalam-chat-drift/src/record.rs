//! `openapi/vendor-shape.json`: the wire shape of the vendor's newest contracts.

use std::fs;
use std::path::Path;

use crate::WireShape;
use anyhow::{Context, bail};
use basalam_chat_openapi::Pointer;
use serde_json::{Value, json};

use super::contract::Contract;

pub(super) const PATH: &str = "openapi/vendor-shape.json";

const ABOUT: &str = "The wire shape of the vendor's newest contracts, written by `cargo xtask drift \
VENDOR.json --record`. Names of schemas and operations, titles and sentences are left out. `listed` \
refers to a place in `values`, which is the first one where such a value is met; `{}` is anything.";

/// The contracts that are kept, by name.
#[derive(Default)]
pub(super) struct Record {
    contracts: Vec<Kept>,
}

struct Kept {
    name: String,
    date: Option<String>,
    sha256: String,
    shape: WireShape,
}

impl Record {
    /// Reads the record below `root`, which may not be there yet.
    pub(super) fn read(root: &Path) -> anyhow::Result<Record> {
        let path = root.join(PATH);
        if !path.exists() {
            return Ok(Record::default());
        }
        let text = fs::read_to_string(path).context(PATH)?;
        let value: Value = serde_json::from_str(&text).context(PATH)?;
        let list = value.get("contracts").and_then(Value::as_array);
        let list = list.with_context(|| format!("{PATH}: has no list of `contracts`"))?;
        let at = Pointer::default().child("contracts");
        let kept = list.iter().enumerate().map(|(index, value)| {
            let at = at.child(index);
            let text = |member: &str| {
                let text = value.get(member).and_then(Value::as_str).map(str::to_owned);
                text.with_context(|| format!("{PATH}: #{at} has no text in `{member}`"))
            };
            let shape = value.get("shape").unwrap_or(&Value::Null);
            Ok(Kept {
                name: text("name")?,
                date: Some(text("date")?),
                sha256: text("sha256")?,
                shape: WireShape::from_value(shape, &at.child("shape")).context(PATH)?,
            })
        });
        Ok(Record {
            contracts: kept.collect::<anyhow::Result<_>>()?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.contracts.is_empty()
    }

    /// Puts a contract in the place of the one with its name, else of the one that it shares most
    /// operations with, else beside those that are there.
    pub(super) fn put(&mut self, contract: Contract) {
        let named = |it: &Kept| Some(&it.name) == contract.name.as_ref();
        let place = self.contracts.iter().position(named).or_else(|| {
            let shared = |kept: &Kept| shared(&kept.shape, &contract.shape);
            let most = self
                .contracts
                .iter()
                .enumerate()
                .max_by_key(|(_, it)| shared(it));
            most.filter(|(_, it)| shared(it) > 0)
                .map(|(index, _)| index)
        });
        let kept = Kept {
            name: match place {
                Some(place) => self.contracts[place].name.clone(),
                None => contract.name.unwrap_or_else(|| "chat".to_owned()),
            },
            date: contract.date,
            sha256: contract.sha256,
            shape: contract.shape,
        };
        match place {
            Some(place) => self.contracts[place] = kept,
            None => self.contracts.push(kept),
        }
        self.contracts.sort_by(|one, two| one.name.cmp(&two.name));
    }

    /// All contracts as one.
    pub(super) fn shape(&self) -> WireShape {
        let shapes = self.contracts.iter().map(|it| &it.shape);
        shapes.fold(WireShape::default(), |all, shape| all.or(shape))
    }

    /// The text of the file, for which every contract needs a date.
    pub(super) fn text(&self) -> anyhow::Result<String> {
        let mut contracts = Vec::new();
        for kept in &self.contracts {
            let Some(date) = &kept.date else {
                bail!(
                    "nobody knows the date of the contract {}; give it with --date YYYY-MM-DD",
                    kept.name
                );
            };
            contracts.push(json!({
                "name": kept.name,
                "date": date,
                "sha256": kept.sha256,
                "shape": kept.shape.to_value(),
            }));
        }
        let value = json!({ "about": ABOUT, "contracts": contracts });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    pub(super) fn write(&self, root: &Path) -> anyhow::Result<()> {
        super::write(&root.join(PATH), &self.text()?)
    }
}

fn shared(one: &WireShape, two: &WireShape) -> usize {
    let is_shared =
        |it: &&crate::shape::OperationShape| two.operation(it.method, &it.path).is_some();
    one.operations().filter(is_shared).count()
}
