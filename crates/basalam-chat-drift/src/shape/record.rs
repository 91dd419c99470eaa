//! Wire shapes as JSON, to be kept in a file.
//!
//! Values with named members stand in one flat list, under the first place where they are met:
//! so the file needs no names of the document's own, nests little, and changes where the wire does.

mod load;
mod save;

use serde_json::Value;

use super::WireShape;
use basalam_chat_openapi::{Error, Pointer};

impl WireShape {
    /// Gives the wire shape as JSON, the same for the same wire.
    #[must_use]
    pub fn to_value(&self) -> Value {
        save::save(self)
    }

    /// Reads what [`WireShape::to_value`] gave, and which stands at `at`.
    ///
    /// # Errors
    ///
    /// [`Error::is_structure`] naming the first place that is not as it was given.
    pub fn from_value(value: &Value, at: &Pointer) -> Result<WireShape, Error> {
        load::load(value, at)
    }
}

/// The name of the member that stands for a value of the flat list.
const LISTED: &str = "listed";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::difference::compare;
    use basalam_chat_openapi::Document;

    fn shape() -> WireShape {
        let document = json!({
            "openapi": "3.1.0",
            "paths": {"/a/{id}": {"post": {
                "deprecated": true,
                "security": [{"key": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "exclusiveMaximum": 10}},
                    {"name": "X-Mark", "in": "header", "schema": {"enum": ["a", "b"], "default": "a"}}
                ],
                "requestBody": {"content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Tree"}},
                    "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}
                }},
                "responses": {
                    "200": {"description": "", "content": {"application/json": {"schema": {"anyOf": [
                        {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "minItems": 1},
                        {"type": "number", "minimum": 0.5, "exclusiveMinimum": true},
                        {"type": "boolean", "const": true},
                        {"type": "null"}
                    ]}}}},
                    "4XX": {"description": "", "headers": {"Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$", "maxLength": 4}}}},
                    "default": {"description": "", "content": {"application/json": {"schema": {}}}}
                }
            }}},
            "components": {
                "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
                "schemas": {"Tree": {
                    "type": "object", "required": ["name"], "maxProperties": 9,
                    "properties": {
                        "name": {"type": "string", "minLength": 1, "not": {"const": "root"}},
                        "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "maxItems": 5, "uniqueItems": true},
                        "marks": {"type": "object", "additionalProperties": {"type": "integer", "enum": [1, 2]}}
                    },
                    "additionalProperties": false
                }}
            }
        });
        WireShape::read(&Document::from_value(document).unwrap()).unwrap()
    }

    #[test]
    fn a_shape_comes_back_from_its_record_unchanged() {
        let shape = shape();
        let record = shape.to_value();
        let text = record.to_string();
        let read: Value = serde_json::from_str(&text).unwrap();
        let back = WireShape::from_value(&read, &Pointer::default()).unwrap();
        assert_eq!(compare(&shape, &back), []);
        assert_eq!(compare(&back, &shape), []);
        assert_eq!(back.to_value(), record);
        assert!(!text.contains("Tree"), "{text}");
    }

    #[test]
    fn a_record_that_was_tampered_with_is_refused_by_its_place() {
        let record = shape().to_value();
        for (place, value, wanted) in [
            ("/operations", json!([]), "/operations"),
            (
                "/operations/POST ~1a~1{id}/answers/200",
                json!(7),
                "/answers/200",
            ),
            (
                "/operations/POST ~1a~1{id}/body/content/application~1json",
                json!({"listed": "elsewhere"}),
                "application~1json",
            ),
            (
                "/operations/POST ~1a~1{id}/answers/default/content/application~1json",
                json!({"texts": {}}),
                "/texts",
            ),
        ] {
            let mut record = record.clone();
            *record.pointer_mut(place).unwrap() = value;
            let error = WireShape::from_value(&record, &Pointer::default()).unwrap_err();
            assert!(error.is_structure(), "{error}");
            assert!(error.to_string().contains(wanted), "{error}");
        }
    }
}
