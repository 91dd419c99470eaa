//! Turning schemas of a document into JSON Schemas that stand alone.
//!
//! ```
//! use basalam_chat_openapi::{Document, Pointer, json_schema::to_json_schema};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), basalam_chat_openapi::Error> {
//! let document = Document::from_value(json!({
//!     "openapi": "3.0.3",
//!     "paths": {},
//!     "components": {"schemas": {
//!         "Name": {"type": "string", "nullable": true, "example": "Sara"}
//!     }}
//! }))?;
//! let schema = json!({"type": "array", "items": {"$ref": "#/components/schemas/Name"}});
//! assert_eq!(
//!     to_json_schema(&document, &schema, &Pointer::default())?,
//!     json!({
//!         "$schema": "https://json-schema.org/draft/2020-12/schema",
//!         "type": "array",
//!         "items": {"$ref": "#/$defs/Name"},
//!         "$defs": {"Name": {"type": ["string", "null"]}}
//!     })
//! );
//! # Ok(())
//! # }
//! ```

mod cycles;
mod definitions;
pub(crate) mod keywords;
mod translate;

use serde_json::{Map, Value};

use crate::document::{MAX_DEPTH, nests_deeper_than, too_deep};
use crate::{Document, Error, Pointer};
use definitions::Definitions;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const OPENAPI_3_1_DIALECT: &str = "https://spec.openapis.org/oas/3.1/dialect/base";

/// Gives a JSON Schema of draft 2020-12 that accepts what `schema` accepts and needs
/// nothing else: all it refers to, directly or not, stands under `$defs`.
///
/// `schema` is read in the dialect of `document`, and `at` is its place, for errors.
///
/// - OpenAPI 3.0: `nullable: true` becomes a schema that takes null too, whatever
///   stands beside it (`type`, `enum`, `allOf`, `anyOf`, `oneOf`, `not`); boolean
///   `exclusiveMinimum` and `exclusiveMaximum` become numbers.
/// - OpenAPI 3.1: taken over as it stands, but for the references.
/// - Both: `format` stays; extensions (`x-…`), `example`, `discriminator`, `xml` and
///   `externalDocs` go. `readOnly` and `writeOnly` stay as notes: they do not change
///   what is accepted.
///
/// A definition is named after the component it was, and keeps its reference, so that
/// recursive schemas work.
///
/// # Errors
///
/// - [`Error::is_structure`]: a keyword has a value of the wrong type.
/// - [`Error::is_reference`]: a reference leads nowhere, out of the document, or back to
///   its own schema without going into the value (`A` is all of `A`), which no
///   validator could finish.
/// - [`Error::is_unsupported`]: a keyword that OpenAPI 3.0 does not have or would ignore
///   (such as `nullable` beside `$ref`), keywords that give a schema another base
///   (`$id`, `$anchor`, `$dynamicRef` and their like), another dialect than the two,
///   or a schema nested deeper than [`MAX_DEPTH`].
pub fn to_json_schema(document: &Document, schema: &Value, at: &Pointer) -> Result<Value, Error> {
    if nests_deeper_than(schema, MAX_DEPTH) {
        return Err(too_deep(at));
    }
    if let Some(dialect) = document.root().get("jsonSchemaDialect") {
        expect_known_dialect(dialect, &Pointer::default().child("jsonSchemaDialect"))?;
    }
    let mut definitions = Definitions::new(document.version(), own_names(schema));
    let root = translate::schema(&mut definitions, schema, at)?;
    while let Some((name, target)) = definitions.next_pending() {
        let Some(schema) = target.find(document.root()) else {
            return Err(Error::reference(
                definitions.first_use(&target),
                format!(
                    "nothing is found at \"#{target}\"; correct the reference or add its target"
                ),
            ));
        };
        let schema = translate::schema(&mut definitions, schema, &target)?;
        definitions.insert(name, schema);
    }
    cycles::refuse(&root, at, &definitions)?;
    Ok(assemble(root, definitions))
}

fn assemble(root: Value, definitions: Definitions) -> Value {
    let mut schema = Map::from_iter([("$schema".to_owned(), Value::from(DRAFT))]);
    match root {
        Value::Object(keywords) => schema.extend(keywords),
        // The schema `false`; there is nothing to say for `true`.
        Value::Bool(false) => schema.extend([("not".to_owned(), Value::Object(Map::new()))]),
        _ => {}
    }
    let definitions = definitions.into_map();
    if !definitions.is_empty() {
        let own = schema.remove("$defs");
        let mut all = match own {
            Some(Value::Object(own)) => own,
            _ => Map::new(),
        };
        all.extend(definitions);
        schema.insert("$defs".to_owned(), Value::Object(all));
    }
    Value::Object(schema)
}

/// Names that definitions may not take, since the schema has them already.
fn own_names(schema: &Value) -> impl Iterator<Item = String> + '_ {
    let own = schema.get("$defs").and_then(Value::as_object);
    own.into_iter().flat_map(|own| own.keys().cloned())
}

fn expect_known_dialect(dialect: &Value, at: &Pointer) -> Result<(), Error> {
    let dialect = dialect
        .as_str()
        .ok_or_else(|| Error::structure(at, "must be a string"))?;
    if [DRAFT, OPENAPI_3_1_DIALECT].contains(&dialect.trim_end_matches('#')) {
        return Ok(());
    }
    Err(Error::unsupported(
        at,
        format!("the dialect {dialect:?} is not read; use {DRAFT:?}"),
    ))
}

#[cfg(test)]
mod tests;
