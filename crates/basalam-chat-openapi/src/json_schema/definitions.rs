//! The schemas that a schema refers to.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{Pointer, Version};

/// What RFC 3986 does not allow in a fragment, and `%` itself.
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

/// The schemas that a schema refers to, directly or not, under names of their own.
pub(super) struct Definitions {
    version: Version,
    taken: BTreeSet<String>,
    known: BTreeMap<Pointer, Definition>,
    pending: Vec<Pointer>,
    finished: BTreeMap<String, Value>,
}

struct Definition {
    name: String,
    first_use: Pointer,
}

impl Definitions {
    pub(super) fn new(version: Version, taken: impl Iterator<Item = String>) -> Self {
        Self {
            version,
            taken: taken.collect(),
            known: BTreeMap::new(),
            pending: Vec::new(),
            finished: BTreeMap::new(),
        }
    }

    /// The version whose dialect the schemas are written in.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Gives the reference, valid in the finished schema, to what stands at `target`.
    pub(super) fn reference(&mut self, target: &Pointer, used_at: &Pointer) -> String {
        if !self.known.contains_key(target) {
            let name = self.new_name(target);
            let first_use = used_at.clone();
            self.known
                .insert(target.clone(), Definition { name, first_use });
            self.pending.push(target.clone());
        }
        let name = self.known.get(target).map(|it| it.name.as_str());
        reference_to(name.unwrap_or_default())
    }

    /// Where `target` was first referred to.
    pub(super) fn first_use<'a>(&'a self, target: &'a Pointer) -> &'a Pointer {
        self.known.get(target).map_or(target, |it| &it.first_use)
    }

    /// Gives a schema that was referred to and is not translated yet.
    pub(super) fn next_pending(&mut self) -> Option<(String, Pointer)> {
        let target = self.pending.pop()?;
        let name = self.known.get(&target)?.name.clone();
        Some((name, target))
    }

    pub(super) fn insert(&mut self, name: String, schema: Value) {
        self.finished.insert(name, schema);
    }

    /// Gives every finished schema with its name and its place in the document.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Pointer)> {
        self.known.iter().filter_map(|(target, definition)| {
            let schema = self.finished.get(&definition.name)?;
            Some((definition.name.as_str(), schema, target))
        })
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.finished.into_iter().collect()
    }

    fn new_name(&mut self, target: &Pointer) -> String {
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
        while !self.taken.insert(name.clone()) {
            suffix += 1;
            name = format!("{base}_{suffix}");
        }
        name
    }
}

/// Writes the reference to a definition.
pub(super) fn reference_to(name: &str) -> String {
    let pointer = Pointer::default().child("$defs").child(name);
    let fragment = utf8_percent_encode(pointer.as_str(), NOT_IN_FRAGMENT);
    format!("#{fragment}")
}
