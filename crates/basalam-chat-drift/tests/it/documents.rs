//! Small documents and their differences.

use basalam_chat_drift::WireShape;
use basalam_chat_drift::difference::compare;
use basalam_chat_openapi::{Document, Error};
use serde_json::{Value, json};

pub(crate) fn shape(document: &Value) -> Result<WireShape, Error> {
    WireShape::read(&Document::from_value(document.clone())?)
}

/// Returns the differences of `there` from `here`, one per line.
pub(crate) fn lines(here: &Value, there: &Value) -> Vec<String> {
    let found = compare(&shape(here).unwrap(), &shape(there).unwrap());
    found.iter().map(ToString::to_string).collect()
}

pub(crate) fn document(paths: Value) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "Chats", "version": "1"}, "paths": paths})
}

/// A document with one operation.
pub(crate) fn operation(operation: Value) -> Value {
    document(json!({"/chats": {"post": operation}}))
}

/// A document whose operation has this parameter and nothing else.
pub(crate) fn parameter(parameter: Value) -> Value {
    operation(json!({"parameters": [parameter]}))
}

/// A document whose operation has a query parameter with this schema.
pub(crate) fn query(schema: Value) -> Value {
    parameter(json!({"name": "limit", "in": "query", "schema": schema}))
}

/// A document whose request body is an object with this property.
pub(crate) fn sent(member: Value) -> Value {
    request(json!({"type": "object", "properties": {"text": member}}))
}

/// A document whose request body has this schema.
pub(crate) fn request(schema: Value) -> Value {
    operation(
        json!({"requestBody": {"required": true, "content": {"application/json": {"schema": schema}}}}),
    )
}

/// A document whose response has this schema.
pub(crate) fn answer(schema: Value) -> Value {
    operation(
        json!({"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}),
    )
}

/// A document whose response is an object with this property.
pub(crate) fn received(member: Value) -> Value {
    answer(json!({"type": "object", "properties": {"text": member}}))
}

/// A document whose operation has these responses.
pub(crate) fn answers(responses: Value) -> Value {
    operation(json!({"responses": responses}))
}
