use serde_json::{Value, json};

use super::{told, told_both};
use crate::documents::{operation, request, sent};

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
    told_both(
        none.clone(),
        body(true, &["application/json"]),
        "breaking  POST /chats → body: only there: required application/json",
        "breaking  POST /chats → body: only here: required application/json",
    );
    told(
        none,
        body(false, &["application/json"]),
        &["additive  POST /chats → body: only there: optional application/json"],
    );
}

#[test]
fn request_body_became_required() {
    told_both(
        body(false, &["application/json"]),
        body(true, &["application/json"]),
        "breaking  POST /chats → body: optional here, required there",
        "harmless  POST /chats → body: required here, optional there",
    );
}

#[test]
fn request_body_media_type_removed_and_added() {
    told_both(
        body(true, &["application/json", "multipart/form-data"]),
        body(true, &["application/json"]),
        "breaking  POST /chats → body: only here: multipart/form-data",
        "harmless  POST /chats → body: only there: multipart/form-data",
    );
}

#[test]
fn new_request_property() {
    let without = request(json!({"type": "object"}));
    told_both(
        without.clone(),
        sent(json!({"type": "string", "maxLength": 10})),
        "additive  POST /chats → body → text: only there: optional text of at most 10 characters",
        "breaking  POST /chats → body → text: only here: optional text of at most 10 characters",
    );
    told_both(
        without,
        request(
            json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}),
        ),
        "breaking  POST /chats → body → text: only there: required text",
        "breaking  POST /chats → body → text: only here: required text",
    );
}

#[test]
fn request_property_became_required() {
    told_both(
        sent(json!({"type": "string"})),
        request(
            json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}),
        ),
        "breaking  POST /chats → body → text: optional here, required there",
        "harmless  POST /chats → body → text: required here, optional there",
    );
}

#[test]
fn request_property_became_not_nullable_and_nullable() {
    told_both(
        sent(json!({"type": ["string", "null"]})),
        sent(json!({"type": "string"})),
        "breaking  POST /chats → body → text: may be null here, never null there",
        "harmless  POST /chats → body → text: never null here, may be null there",
    );
}

#[test]
fn request_property_type_changed() {
    told_both(
        sent(json!({"type": "object", "properties": {"a": {}}})),
        sent(json!({"type": "array", "items": {"type": "boolean"}})),
        "breaking  POST /chats → body → text: object with a here, array of boolean there",
        "breaking  POST /chats → body → text: array of boolean here, object with a there",
    );
}

#[test]
fn request_property_enum_value_removed_and_added() {
    told_both(
        sent(json!({"type": "string", "enum": ["a", "b"]})),
        sent(json!({"type": "string", "const": "a"})),
        "breaking  POST /chats → body → text: only here: the value b",
        "additive  POST /chats → body → text: only there: the value b",
    );
    told(
        sent(json!({"enum": [1, 2]})),
        sent(json!({"enum": [1, 3]})),
        &[
            "breaking  POST /chats → body → text: only here: the value 2",
            "additive  POST /chats → body → text: only there: the value 3",
        ],
    );
}

#[test]
fn request_property_length_limited() {
    told_both(
        sent(json!({"type": "string", "maxLength": 100})),
        sent(json!({"type": "string", "maxLength": 50})),
        "breaking  POST /chats → body → text: at most 100 characters here, at most 50 characters there",
        "harmless  POST /chats → body → text: at most 50 characters here, at most 100 characters there",
    );
    told_both(
        sent(json!({"type": "string"})),
        sent(json!({"type": "string", "minLength": 2})),
        "breaking  POST /chats → body → text: no min-length here, at least 2 characters there",
        "harmless  POST /chats → body → text: at least 2 characters here, no min-length there",
    );
}

#[test]
fn request_property_one_of_removed_and_added() {
    told_both(
        sent(json!({"oneOf": [{"type": "string"}, {"type": "integer"}]})),
        sent(json!({"type": "string"})),
        "breaking  POST /chats → body → text: integer or text here, text there",
        "harmless  POST /chats → body → text: text here, integer or text there",
    );
}

#[test]
fn request_property_items_limited() {
    told_both(
        sent(json!({"type": "array", "items": {"type": "integer"}, "maxItems": 30})),
        sent(json!({"type": "array", "items": {"type": "integer"}, "maxItems": 20})),
        "breaking  POST /chats → body → text: at most 30 items here, at most 20 items there",
        "harmless  POST /chats → body → text: at most 20 items here, at most 30 items there",
    );
    told(
        sent(json!({"type": "array", "items": {"type": "integer"}})),
        sent(json!({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1})),
        &[
            "breaking  POST /chats → body → text: no min-items here, at least 1 items there",
            "breaking  POST /chats → body → text[]: no minimum here, from 1 there",
        ],
    );
}

#[test]
fn request_property_members_limited() {
    told_both(
        sent(json!({"type": "object"})),
        sent(json!({"type": "object", "maxProperties": 5})),
        "breaking  POST /chats → body → text: no max-members here, at most 5 members there",
        "harmless  POST /chats → body → text: at most 5 members here, no max-members there",
    );
    told(
        sent(json!({"type": "object"})),
        sent(json!({"type": "object", "minProperties": 1})),
        &["breaking  POST /chats → body → text: no min-members here, at least 1 members there"],
    );
}

#[test]
fn request_property_additional_properties_closed_and_typed() {
    told_both(
        sent(json!({"type": "object"})),
        sent(json!({"type": "object", "additionalProperties": false})),
        "breaking  POST /chats → body → text: any other members here, no other members there",
        "harmless  POST /chats → body → text: no other members here, any other members there",
    );
    told(
        sent(json!({"type": "object", "additionalProperties": {"type": "string"}})),
        sent(json!({"type": "object", "additionalProperties": {"type": "integer"}})),
        &["breaking  POST /chats → body → text.*: text here, integer there"],
    );
}

#[test]
fn request_property_became_a_file() {
    told(
        sent(json!({"type": "string"})),
        sent(json!({"type": "string", "format": "binary"})),
        &["breaking  POST /chats → body → text: text here, bytes there"],
    );
}

#[test]
fn request_property_rule_added_and_removed() {
    told_both(
        sent(json!({"type": "integer"})),
        sent(json!({"type": "integer", "multipleOf": 5})),
        "breaking  POST /chats → body → text: only there: the rule multipleOf 5",
        "harmless  POST /chats → body → text: only here: the rule multipleOf 5",
    );
    told_both(
        sent(json!({"type": "string"})),
        sent(json!({"type": "string", "not": {"const": "root"}})),
        "breaking  POST /chats → body → text: only there: the rule not",
        "harmless  POST /chats → body → text: only here: the rule not",
    );
}
