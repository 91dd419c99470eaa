//! The document being edited and its existing schemas.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::Pointer;
use serde_json::{Value, json};

use super::Source;
use super::components::Components;
use crate::locate::schemas;
use crate::needs::NEEDS;
use crate::shape::ShapeId;

/// The result of an edit, or the reason why it is skipped.
pub(super) type EditResult<T> = Result<T, String>;

/// A document that is edited to match a contract.
pub(super) struct DocumentEditor<'a> {
    pub(super) document: &'a mut Value,
    pub(super) source: &'a Source<'a>,
    /// The named schemas as they were before the edit.
    pub(super) components: Components,
    /// The explained differences, by schema of the document and statement.
    pub(super) explained: &'a BTreeSet<(Pointer, String)>,
    /// The named schemas that were found for values of the contract.
    pub(super) known: BTreeMap<ShapeId, String>,
    /// The named schemas that are being written for values of the contract.
    pub(super) started: BTreeMap<ShapeId, String>,
    /// The named schema whose property is being written.
    pub(super) owner: String,
}

impl<'a> DocumentEditor<'a> {
    pub(super) fn new(
        document: &'a mut Value,
        source: &'a Source<'a>,
        components: Components,
        explained: &'a BTreeSet<(Pointer, String)>,
    ) -> DocumentEditor<'a> {
        DocumentEditor {
            document,
            source,
            components,
            explained,
            known: BTreeMap::new(),
            started: BTreeMap::new(),
            owner: String::new(),
        }
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
}

/// Extends the list of what a person still has to write for a named schema or an operation.
pub(super) fn add_needs(owner: &mut Value, needs: &[String]) {
    let known = owner[NEEDS].as_array().into_iter().flatten().cloned();
    owner[NEEDS] = known.chain(needs.iter().map(|it| json!(it))).collect();
}

/// Wraps a reference in `allOf`, so that it can have other keywords beside it.
pub(super) fn wrap_reference(schema: &mut Value) {
    if schema.get("$ref").is_some() {
        *schema = json!({ "allOf": [schema.take()] });
    }
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
    let document = include_str!("named_schema.json").replace("NAME", name);
    basalam_chat_codegen::generate(&document).is_ok()
}
