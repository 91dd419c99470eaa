//! The schemas that a schema references.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{Pointer, Version};

/// The characters that RFC 3986 does not allow in a fragment, and `%`.
const NOT_IN_FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The schemas that a schema references, directly or indirectly, under unique names.
pub(super) struct Definitions {
    version: Version,
    used_names: BTreeSet<String>,
    targets: BTreeMap<Pointer, Definition>,
    pending: Vec<Pointer>,
    converted: BTreeMap<String, Value>,
}

struct Definition {
    name: String,
    first_use: Pointer,
}

impl Definitions {
    pub(super) fn new(version: Version, reserved_names: impl Iterator<Item = String>) -> Self {
        Self {
            version,
            used_names: reserved_names.collect(),
            targets: BTreeMap::new(),
            pending: Vec::new(),
            converted: BTreeMap::new(),
        }
    }

    /// Returns the OpenAPI version that defines the dialect of the schemas.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Returns the reference to use for `target` in the converted schema.
    pub(super) fn reference(&mut self, target: &Pointer, used_at: &Pointer) -> String {
        if !self.targets.contains_key(target) {
            let name = self.unique_name(target);
            let first_use = used_at.clone();
            self.targets
                .insert(target.clone(), Definition { name, first_use });
            self.pending.push(target.clone());
        }
        let name = self.targets.get(target).map(|it| it.name.as_str());
        reference_to(name.unwrap_or_default())
    }

    /// Returns the location of the first reference to `target`.
    pub(super) fn first_use<'a>(&'a self, target: &'a Pointer) -> &'a Pointer {
        self.targets.get(target).map_or(target, |it| &it.first_use)
    }

    /// Returns a referenced schema that is not converted yet.
    pub(super) fn next_pending(&mut self) -> Option<(String, Pointer)> {
        let target = self.pending.pop()?;
        let name = self.targets.get(&target)?.name.clone();
        Some((name, target))
    }

    pub(super) fn insert(&mut self, name: String, schema: Value) {
        self.converted.insert(name, schema);
    }

    /// Returns every converted schema with its name and its location in the document.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Pointer)> {
        self.targets.iter().filter_map(|(target, definition)| {
            let schema = self.converted.get(&definition.name)?;
            Some((definition.name.as_str(), schema, target))
        })
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.converted.into_iter().collect()
    }

    fn unique_name(&mut self, target: &Pointer) -> String {
        let segments: Vec<_> = target.segments().collect();
        let base = match segments.as_slice() {
            [components, schemas, name] if components == "components" && schemas == "schemas" => {
                name.clone()
            }
            [] => "document".to_owned(),
            segments => segments.join("/"),
        };
        let mut name = base.clone();
        let mut suffix = 1;
        while !self.used_names.insert(name.clone()) {
            suffix += 1;
            name = format!("{base}_{suffix}");
        }
        name
    }
}

/// Returns the reference to a definition.
pub(super) fn reference_to(name: &str) -> String {
    let pointer = Pointer::default().child("$defs").child(name);
    let fragment = utf8_percent_encode(pointer.as_str(), NOT_IN_FRAGMENT);
    format!("#{fragment}")
}
