//! Small documents, and the differences between two of them.

use basalam_chat_drift::difference::compare;
use basalam_chat_drift::shape::WireShape;
use basalam_chat_openapi::{Document, Error};
use serde_json::{Value, json};

pub(crate) fn shape(document: &Value) -> Result<WireShape, Error> {
    WireShape::read(&Document::from_value(document.clone())?)
}

/// Returns the differences from `base` to `other`, one line each.
pub(crate) fn differences(base: &Value, other: &Value) -> Vec<String> {
    let differences = compare(&shape(base).unwrap(), &shape(other).unwrap());
    differences.iter().map(ToString::to_string).collect()
}

pub(crate) fn document(paths: Value) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "Chats", "version": "1"}, "paths": paths})
}

/// Returns a document with one operation.
pub(crate) fn operation(operation: Value) -> Value {
    document(json!({"/chats": {"post": operation}}))
}

/// Returns a document whose operation has one parameter.
pub(crate) fn parameter(parameter: Value) -> Value {
    operation(json!({"parameters": [parameter]}))
}

/// Returns a document whose operation has a query parameter with this schema.
pub(crate) fn query(schema: Value) -> Value {
    parameter(json!({"name": "limit", "in": "query", "schema": schema}))
}

/// Returns a document whose request body is an object with this property.
pub(crate) fn request_property(schema: Value) -> Value {
    request_body(json!({"type": "object", "properties": {"text": schema}}))
}

/// Returns a document whose request body has this schema.
pub(crate) fn request_body(schema: Value) -> Value {
    operation(
        json!({"requestBody": {"required": true, "content": {"application/json": {"schema": schema}}}}),
    )
}

/// Returns a document whose response has this schema.
pub(crate) fn response(schema: Value) -> Value {
    operation(
        json!({"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}),
    )
}

/// Returns a document whose response is an object with this property.
pub(crate) fn response_property(schema: Value) -> Value {
    response(json!({"type": "object", "properties": {"text": schema}}))
}

/// Returns a document whose operation has these responses.
pub(crate) fn responses(responses: Value) -> Value {
    operation(json!({"responses": responses}))
}
