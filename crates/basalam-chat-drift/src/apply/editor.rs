//! The document being edited and its existing schemas.

use std::collections::BTreeMap;

use basalam_chat_openapi::Document;
use serde_json::{Map, Value, json};

use super::Source;
use super::locate::schemas;
use crate::difference::equivalent_pairs;
use crate::place::Place;
use crate::shape::{ShapeId, ValueShape, WireShape};

/// The extension that lists what a person still has to write or decide.
pub(super) const NEEDS: &str = "x-needs";

/// The result of an edit, or the reason why it is skipped.
pub(super) type EditResult<T> = Result<T, String>;

/// A document that is edited to match a contract.
pub(super) struct DocumentEditor<'a> {
    pub(super) document: &'a mut Value,
    pub(super) source: &'a Source<'a>,
    /// The values of the document's named schemas.
    pub(super) named: BTreeMap<String, ValueShape>,
    /// The named schemas that are equivalent to values of the contract, except null and default.
    pub(super) equivalent: BTreeMap<ShapeId, String>,
    /// The named schemas that are being written for values of the contract.
    pub(super) started: BTreeMap<ShapeId, String>,
}

impl<'a> DocumentEditor<'a> {
    pub(super) fn new(
        document: &'a mut Value,
        source: &'a Source<'a>,
    ) -> anyhow::Result<DocumentEditor<'a>> {
        let shape = shape_of_components(document)?;
        let mut names: BTreeMap<ShapeId, String> = BTreeMap::new();
        let mut named = BTreeMap::new();
        for response in shape.operations().flat_map(|it| it.responses.values()) {
            for (name, id) in &response.content {
                let name = component_name(document, name);
                named.insert(name.clone(), shape.value(*id).clone());
                names.entry(*id).or_insert(name);
            }
        }
        let mut equivalent = BTreeMap::new();
        for (ours, theirs) in equivalent_pairs(&shape, source.shape) {
            if let Some(name) = names.get(&ours) {
                equivalent.entry(theirs).or_insert_with(|| name.clone());
            }
        }
        Ok(DocumentEditor {
            document,
            source,
            named,
            equivalent,
            started: BTreeMap::new(),
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

    /// Returns a name that no schema of the document has yet.
    pub(super) fn unused_name(&self, wanted: &str) -> String {
        let is_unused = |name: &String| {
            let is_started = self.started.values().any(|it| it == name);
            !is_started && schemas().child(name).find(self.document).is_none()
        };
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(is_unused).unwrap_or_else(|| wanted.to_owned())
    }

    /// Returns the document's side of a known deviation, if a deviation explains that the contract
    /// has `other` at this place.
    pub(super) fn known_deviation(&self, place: &Place, other: &str) -> Option<String> {
        self.source.deviations.base(place, other)
    }
}

/// Sets the list of what a person still has to write for a schema. A reference is wrapped, because
/// it cannot have extensions.
pub(super) fn set_needs(schema: &mut Value, needs: &[&str]) {
    wrap_reference(schema);
    schema[NEEDS] = json!(needs);
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

/// Reads the named schemas of a document as if each were a media type of one response.
fn shape_of_components(document: &Value) -> anyhow::Result<WireShape> {
    let mut root = document.clone();
    let content: Map<String, Value> = component_names(document)
        .map(|name| {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            (name.clone(), json!({ "schema": reference(&escaped) }))
        })
        .collect();
    root["paths"] = json!({ "/": { "get": { "responses": { "200": { "content": content } } } } });
    Ok(WireShape::read(&Document::from_value(root)?)?)
}

/// Returns the name of the schema that was read as a media type, which is in lower case.
fn component_name(document: &Value, media_type: &str) -> String {
    let found = component_names(document).find(|it| it.eq_ignore_ascii_case(media_type));
    found.map_or_else(|| media_type.to_owned(), String::clone)
}

fn component_names(document: &Value) -> impl Iterator<Item = &String> {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object);
    schemas.into_iter().flat_map(Map::keys)
}
