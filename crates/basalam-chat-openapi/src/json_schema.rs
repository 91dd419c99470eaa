//! Conversion of a document's schemas into self-contained JSON Schemas.
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

mod check;
mod convert;
mod cycles;
mod definitions;
mod keywords;

use serde_json::{Map, Value};

use crate::document::{MAX_DEPTH, is_deeper_than, too_deep};
use crate::{Document, Error, Pointer};
pub use check::check_keywords;
use definitions::Definitions;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const OPENAPI_3_1_DIALECT: &str = "https://spec.openapis.org/oas/3.1/dialect/base";

/// Converts `schema` into a self-contained JSON Schema, draft 2020-12.
///
/// The result accepts the same values. Every schema that it references, directly or
/// indirectly, is included under `$defs`, named after its component; references are kept, so
/// recursive schemas work. `schema` is in the dialect of `document`, and `at` is its
/// location, which errors report.
///
/// - OpenAPI 3.0: `nullable: true` becomes a schema that also accepts null, next to any
///   keyword (`type`, `enum`, `allOf`, `anyOf`, `oneOf`, `not`); boolean `exclusiveMinimum`
///   and `exclusiveMaximum` become numbers.
/// - OpenAPI 3.1: only references change.
/// - Both: `format` is kept; extensions (`x-…`), `example`, `discriminator`, `xml` and
///   `externalDocs` are removed. `readOnly` and `writeOnly` are kept as annotations that do
///   not affect validation.
///
/// # Errors
///
/// - [`Error::is_structure`]: a keyword has a value of the wrong type.
/// - [`Error::is_reference`]: a reference has no target, points outside the document, or
///   leads back to its own schema for the same value (such as `A: {allOf: [A]}`), so that
///   validation would not terminate.
/// - [`Error::is_unsupported`]: a keyword that OpenAPI 3.0 does not have or ignores (such as
///   `nullable` next to `$ref`), a keyword that changes how references resolve (such as
///   `$id`, `$anchor` or `$dynamicRef`), an unknown dialect, or a schema that is nested
///   deeper than [`MAX_DEPTH`].
pub fn to_json_schema(document: &Document, schema: &Value, at: &Pointer) -> Result<Value, Error> {
    if is_deeper_than(schema, MAX_DEPTH) {
        return Err(too_deep(at));
    }
    if let Some(dialect) = document.root().get("jsonSchemaDialect") {
        expect_known_dialect(dialect, &Pointer::default().child("jsonSchemaDialect"))?;
    }
    let mut definitions = Definitions::new(document.version(), local_definition_names(schema));
    let root = convert::schema(&mut definitions, schema, at)?;
    while let Some((name, target)) = definitions.next_pending() {
        let Some(schema) = target.find(document.root()) else {
            return Err(Error::reference(
                definitions.first_use(&target),
                format!("\"#{target}\" does not exist; correct the reference or add its target"),
            ));
        };
        let schema = convert::schema(&mut definitions, schema, &target)?;
        definitions.insert(name, schema);
    }
    cycles::check(&root, at, &definitions)?;
    Ok(assemble(root, definitions))
}

fn assemble(root: Value, definitions: Definitions) -> Value {
    let mut schema = Map::from_iter([("$schema".to_owned(), Value::from(DRAFT))]);
    match root {
        Value::Object(keywords) => schema.extend(keywords),
        // The schema `false`; the schema `true` needs no keywords.
        Value::Bool(false) => schema.extend([("not".to_owned(), Value::Object(Map::new()))]),
        _ => {}
    }
    let definitions = definitions.into_map();
    if !definitions.is_empty() {
        let mut all = match schema.remove("$defs") {
            Some(Value::Object(local)) => local,
            _ => Map::new(),
        };
        all.extend(definitions);
        schema.insert("$defs".to_owned(), Value::Object(all));
    }
    Value::Object(schema)
}

/// Returns the names under `$defs` of the schema itself, which are reserved.
fn local_definition_names(schema: &Value) -> impl Iterator<Item = String> + '_ {
    let local = schema.get("$defs").and_then(Value::as_object);
    local.into_iter().flat_map(|local| local.keys().cloned())
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
        format!("the dialect {dialect:?} is not supported; use {DRAFT:?}"),
    ))
}

#[cfg(test)]
mod tests;
