//! The document being edited and its existing schemas.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::Pointer;
use serde_json::{Value, json};

use super::Source;
use super::known_types::Components;
use crate::checklist::NEEDS;
use crate::difference::equivalent_pairs;
use crate::locate::schemas;
use crate::place::Place;
use crate::shape::{ShapeId, ValueShape};

/// The result of an edit, or the reason why it is skipped.
pub(super) type EditResult<T> = Result<T, String>;

/// A document that is edited to match a contract.
pub(super) struct DocumentEditor<'a> {
    pub(super) document: &'a mut Value,
    pub(super) source: &'a Source<'a>,
    /// The values of the document's named schemas.
    pub(super) named: BTreeMap<String, ValueShape>,
    /// The named schemas as they were before the edit.
    pub(super) components: Components,
    /// The explained differences, by schema of the document and statement.
    pub(super) explained: &'a BTreeSet<(Pointer, String)>,
    /// The named schemas that are equivalent to values of the contract, except null and default.
    pub(super) equivalent: BTreeMap<ShapeId, String>,
    /// The named schemas that are being written for values of the contract.
    pub(super) started: BTreeMap<ShapeId, String>,
    /// The named schema whose property is being written.
    pub(super) owner: String,
}

impl<'a> DocumentEditor<'a> {
    pub(super) fn new(
        document: &'a mut Value,
        source: &'a Source<'a>,
        explained: &'a BTreeSet<(Pointer, String)>,
    ) -> anyhow::Result<DocumentEditor<'a>> {
        let components = Components::read(document)?;
        let mut names: BTreeMap<ShapeId, String> = BTreeMap::new();
        let mut named = BTreeMap::new();
        for (name, id) in &components.ids {
            named.insert(name.clone(), components.shape.value(*id).clone());
            names.entry(*id).or_insert_with(|| name.clone());
        }
        let mut equivalent = BTreeMap::new();
        for (ours, theirs) in equivalent_pairs(&components.shape, source.shape) {
            if let Some(name) = names.get(&ours) {
                equivalent.entry(theirs).or_insert_with(|| name.clone());
            }
        }
        Ok(DocumentEditor {
            document,
            source,
            named,
            components,
            explained,
            equivalent,
            started: BTreeMap::new(),
            owner: String::new(),
        })
    }

    /// Writes a named schema, after all others if it is new.
    pub(super) fn set_schema(&mut self, name: &str, schema: Value) -> EditResult<()> {
        let schemas = self.document.pointer_mut(schemas().as_str());
        let schemas = schemas.and_then(Value::as_object_mut);
        let schemas = schemas.ok_or("the document has no `components.schemas`")?;
        schemas.insert(name.to_owned(), schema);
        Ok(())
    }

    /// Returns a name that no schema of the document has yet and that the generator accepts.
    pub(super) fn unused_name(&self, wanted: &str) -> String {
        let is_unused = |name: &String| {
            let is_started = self.started.values().any(|it| it == name);
            !is_started
                && schemas().child(name).find(self.document).is_none()
                && is_accepted_by_generator(name)
        };
        let numbered = (2..10).map(|number| format!("{wanted}{number}"));
        let names = [wanted.to_owned(), format!("{wanted}Value")];
        let mut names = names.into_iter().chain(numbered);
        names.find(is_unused).unwrap_or_else(|| wanted.to_owned())
    }

    /// Returns the document's side of a known deviation, if a deviation explains that the contract
    /// has `other` at this place.
    pub(super) fn known_deviation(&self, place: &Place, other: &str) -> Option<String> {
        self.source.deviations.base(place, other)
    }
}

/// Extends the list of what a person still has to write for a named schema or an operation.
pub(super) fn add_needs(owner: &mut Value, needs: &[String]) {
    let mut all = owner
        .get(NEEDS)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    all.extend(needs.iter().map(|it| json!(it)));
    owner[NEEDS] = Value::Array(all);
}

/// Wraps a reference in `allOf`, so that it can have other keywords beside it.
pub(super) fn wrap_reference(schema: &mut Value) {
    if schema.get("$ref").is_some() {
        *schema = json!({ "allOf": [schema.take()] });
    }
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub(super) fn set_limits(schema: &mut Value, limits: [(&str, Option<u64>); 2]) {
    for (keyword, limit) in limits {
        if let Some(limit) = limit {
            schema[keyword] = limit.into();
        }
    }
}

/// Returns `true` if a small document with a schema of this name can be generated.
fn is_accepted_by_generator(name: &str) -> bool {
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Names", "version": "1" },
        "servers": [{ "url": "https://example.org" }],
        "paths": { "/a": { "get": {
            "operationId": "get_a",
            "summary": "Returns a value.",
            "security": [],
            "x-idempotent": true,
            "responses": { "200": { "description": "The value.", "content": {
                "application/json": { "schema": reference("Holder") }
            } } },
        } } },
        "components": { "schemas": {
            "Holder": { "type": "object", "properties": { "a": reference(name) } },
            name: { "type": "string", "enum": ["a"] },
        } },
    });
    basalam_chat_codegen::generate(&document.to_string()).is_ok()
}
