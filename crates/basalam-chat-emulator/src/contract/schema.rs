//! Compilation of the document's schemas.

use std::sync::Arc;

use basalam_chat_openapi::json_schema::to_json_schema;
use basalam_chat_openapi::{Document, Pointer};
use jsonschema::Validator;
use serde_json::Value;

use crate::error::Error;

/// Compiles the validator of a schema of the document.
pub(super) fn validator(
    document: &Document,
    schema: &Value,
    at: &Pointer,
) -> Result<Arc<Validator>, Error> {
    let schema = to_json_schema(document, schema, at).map_err(unusable)?;
    let validator = jsonschema::draft202012::new(&schema);
    validator
        .map(Arc::new)
        .map_err(|error| unusable(format!("#{at}: {error}")))
}

/// Creates the error for a document that cannot be used.
pub(super) fn unusable(error: impl std::fmt::Display) -> Error {
    Error::document(format!(
        "the OpenAPI document in the crate cannot be used: {error}"
    ))
}

/// Returns `true` if a media type is JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
