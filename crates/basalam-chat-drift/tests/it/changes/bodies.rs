use serde_json::{Value, json};

use super::{assert_both_ways, assert_differences};
use crate::documents::{operation, request_body, request_property};

fn body(required: bool, media_types: &[&str]) -> Value {
    let content: serde_json::Map<String, Value> = media_types
        .iter()
        .map(|it| ((*it).to_owned(), json!({"schema": {"type": "object"}})))
        .collect();
    operation(json!({"requestBody": {"required": required, "content": content}}))
}

#[test]
fn request_body_added_and_removed() {
    let none = operation(json!({}));
    assert_both_ways(
        none.clone(),
        body(true, &["application/json"]),
        "breaking  POST /chats → body: only in the contract: required application/json",
        "breaking  POST /chats → body: only in the document: required application/json",
    );
    assert_differences(
        none,
        body(false, &["application/json"]),
        &["additive  POST /chats → body: only in the contract: optional application/json"],
    );
}

#[test]
fn request_body_became_required() {
    assert_both_ways(
        body(false, &["application/json"]),
        body(true, &["application/json"]),
        "breaking  POST /chats → body: optional in the document, required in the contract",
        "harmless  POST /chats → body: required in the document, optional in the contract",
    );
}

#[test]
fn request_body_media_type_removed_and_added() {
    assert_both_ways(
        body(true, &["application/json", "multipart/form-data"]),
        body(true, &["application/json"]),
        "breaking  POST /chats → body: only in the document: multipart/form-data",
        "harmless  POST /chats → body: only in the contract: multipart/form-data",
    );
}

#[test]
fn new_request_property() {
    let without = request_body(json!({"type": "object"}));
    assert_both_ways(
        without.clone(),
        request_property(json!({"type": "string", "maxLength": 10})),
        "additive  POST /chats → body → text: only in the contract: optional string (maxLength 10)",
        "breaking  POST /chats → body → text: only in the document: optional string (maxLength 10)",
    );
    assert_both_ways(
        without,
        request_body(
            json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}),
        ),
        "breaking  POST /chats → body → text: only in the contract: required string",
        "breaking  POST /chats → body → text: only in the document: required string",
    );
}

#[test]
fn request_property_became_required() {
    assert_both_ways(
        request_property(json!({"type": "string"})),
        request_body(
            json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}),
        ),
        "breaking  POST /chats → body → text: optional in the document, required in the contract",
        "harmless  POST /chats → body → text: required in the document, optional in the contract",
    );
}

#[test]
fn request_property_became_not_nullable_and_nullable() {
    assert_both_ways(
        request_property(json!({"type": ["string", "null"]})),
        request_property(json!({"type": "string"})),
        "breaking  POST /chats → body → text: nullable in the document, not nullable in the contract",
        "harmless  POST /chats → body → text: not nullable in the document, nullable in the contract",
    );
}

#[test]
fn request_property_type_changed() {
    assert_both_ways(
        request_property(json!({"type": "object", "properties": {"a": {}}})),
        request_property(json!({"type": "array", "items": {"type": "boolean"}})),
        "breaking  POST /chats → body → text: object with a in the document, array of boolean in the contract",
        "breaking  POST /chats → body → text: array of boolean in the document, object with a in the contract",
    );
}

#[test]
fn request_property_enum_value_removed_and_added() {
    assert_both_ways(
        request_property(json!({"type": "string", "enum": ["a", "b"]})),
        request_property(json!({"type": "string", "const": "a"})),
        "breaking  POST /chats → body → text: only in the document: enum value b",
        "additive  POST /chats → body → text: only in the contract: enum value b",
    );
    assert_differences(
        request_property(json!({"enum": [1, 2]})),
        request_property(json!({"enum": [1, 3]})),
        &[
            "breaking  POST /chats → body → text: only in the document: enum value 2",
            "additive  POST /chats → body → text: only in the contract: enum value 3",
        ],
    );
}

#[test]
fn request_property_length_limited() {
    assert_both_ways(
        request_property(json!({"type": "string", "maxLength": 100})),
        request_property(json!({"type": "string", "maxLength": 50})),
        "breaking  POST /chats → body → text: maxLength 100 in the document, maxLength 50 in the contract",
        "harmless  POST /chats → body → text: maxLength 50 in the document, maxLength 100 in the contract",
    );
    assert_both_ways(
        request_property(json!({"type": "string"})),
        request_property(json!({"type": "string", "minLength": 2})),
        "breaking  POST /chats → body → text: no minLength in the document, minLength 2 in the contract",
        "harmless  POST /chats → body → text: minLength 2 in the document, no minLength in the contract",
    );
}

#[test]
fn request_property_one_of_removed_and_added() {
    assert_both_ways(
        request_property(json!({"oneOf": [{"type": "string"}, {"type": "integer"}]})),
        request_property(json!({"type": "string"})),
        "breaking  POST /chats → body → text: integer or string in the document, string in the contract",
        "harmless  POST /chats → body → text: string in the document, integer or string in the contract",
    );
}

#[test]
fn request_property_items_limited() {
    assert_both_ways(
        request_property(json!({"type": "array", "items": {"type": "integer"}, "maxItems": 30})),
        request_property(json!({"type": "array", "items": {"type": "integer"}, "maxItems": 20})),
        "breaking  POST /chats → body → text: maxItems 30 in the document, maxItems 20 in the contract",
        "harmless  POST /chats → body → text: maxItems 20 in the document, maxItems 30 in the contract",
    );
    assert_differences(
        request_property(json!({"type": "array", "items": {"type": "integer"}})),
        request_property(
            json!({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1}),
        ),
        &[
            "breaking  POST /chats → body → text: no minItems in the document, minItems 1 in the contract",
            "breaking  POST /chats → body → text[]: no minimum in the document, minimum 1 in the contract",
        ],
    );
}

#[test]
fn request_property_members_limited() {
    assert_both_ways(
        request_property(json!({"type": "object"})),
        request_property(json!({"type": "object", "maxProperties": 5})),
        "breaking  POST /chats → body → text: no maxProperties in the document, maxProperties 5 in the contract",
        "harmless  POST /chats → body → text: maxProperties 5 in the document, no maxProperties in the contract",
    );
    assert_differences(
        request_property(json!({"type": "object"})),
        request_property(json!({"type": "object", "minProperties": 1})),
        &[
            "breaking  POST /chats → body → text: no minProperties in the document, minProperties 1 in the contract",
        ],
    );
}

#[test]
fn request_property_additional_properties_closed_and_typed() {
    assert_both_ways(
        request_property(json!({"type": "object"})),
        request_property(json!({"type": "object", "additionalProperties": false})),
        "breaking  POST /chats → body → text: any additional properties in the document, no additional properties in the contract",
        "harmless  POST /chats → body → text: no additional properties in the document, any additional properties in the contract",
    );
    assert_differences(
        request_property(json!({"type": "object", "additionalProperties": {"type": "string"}})),
        request_property(json!({"type": "object", "additionalProperties": {"type": "integer"}})),
        &["breaking  POST /chats → body → text.*: string in the document, integer in the contract"],
    );
}

#[test]
fn request_property_became_a_file() {
    assert_differences(
        request_property(json!({"type": "string"})),
        request_property(json!({"type": "string", "format": "binary"})),
        &["breaking  POST /chats → body → text: string in the document, binary in the contract"],
    );
}

#[test]
fn request_property_rule_added_and_removed() {
    assert_both_ways(
        request_property(json!({"type": "integer"})),
        request_property(json!({"type": "integer", "multipleOf": 5})),
        "breaking  POST /chats → body → text: only in the contract: keyword multipleOf 5",
        "harmless  POST /chats → body → text: only in the document: keyword multipleOf 5",
    );
    assert_both_ways(
        request_property(json!({"type": "string"})),
        request_property(json!({"type": "string", "not": {"const": "root"}})),
        "breaking  POST /chats → body → text: only in the contract: keyword not",
        "harmless  POST /chats → body → text: only in the document: keyword not",
    );
}

#[test]
fn media_types_with_other_parameters_are_compared_separately() {
    let with = |first: &str, second: &str| {
        let content = json!({
            "application/json": {"schema": {"type": first}},
            "application/json;v=2": {"schema": {"type": second}}
        });
        crate::documents::responses(json!({"200": {"description": "", "content": content}}))
    };
    assert_differences(
        with("string", "string"),
        with("integer", "string"),
        &["breaking  POST /chats → 200: string in the document, integer in the contract"],
    );
    assert_differences(
        with("string", "string"),
        with("string", "integer"),
        &[
            "breaking  POST /chats → 200 → application/json; v=2: string in the document, integer in the contract",
        ],
    );
}

#[test]
fn media_type_with_a_parameter_removed() {
    let with = |name: &str| {
        let content = json!({"application/json": {}, name: {}});
        crate::documents::operation(json!({"requestBody": {"content": content}}))
    };
    assert_differences(
        with("application/json; v=2"),
        with("application/json; v=3"),
        &[
            "breaking  POST /chats → body: only in the document: application/json; v=2",
            "harmless  POST /chats → body: only in the contract: application/json; v=3",
        ],
    );
}

#[test]
fn deprecated_values() {
    let (current, old) = (
        json!({"type": "string"}),
        json!({"type": "string", "deprecated": true}),
    );
    for (with, place) in [
        (
            crate::documents::request_property as fn(_) -> _,
            "body → text",
        ),
        (crate::documents::response_property, "200 → text"),
        (crate::documents::query, "query → limit"),
    ] {
        let line = format!(
            "harmless  POST /chats → {place}: not deprecated in the document, deprecated in the contract"
        );
        assert_differences(with(current.clone()), with(old.clone()), &[&line]);
        let nullable = json!({"anyOf": [current, {"type": "null"}], "deprecated": true});
        let found = crate::documents::differences(&with(old.clone()), &with(nullable));
        assert!(
            found.iter().all(|it| !it.contains("deprecated")),
            "{found:?}"
        );
    }
}
