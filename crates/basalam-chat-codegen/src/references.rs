//! References to named schemas.

use serde_json::{Value, json};

pub(crate) const SCHEMA_PREFIX: &str = "#/components/schemas/";

/// Returns the name of the component that `schema` refers to.
pub(crate) fn target_name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(SCHEMA_PREFIX)
}

/// Returns the name of the component that `schema` refers to if it has no keyword but `$ref`.
pub(crate) fn sole_target_name(schema: &Value) -> Option<&str> {
    (schema.as_object()?.len() == 1).then(|| target_name(schema))?
}

pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMA_PREFIX}{name}") })
}
