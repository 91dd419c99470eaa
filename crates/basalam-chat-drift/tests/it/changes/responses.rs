use serde_json::{Value, json};

use super::{assert_both_ways, assert_differences};
use crate::documents::{response, response_property, responses};

#[test]
fn response_success_status_removed_and_added() {
    assert_both_ways(
        responses(json!({"200": {"description": ""}, "202": {"description": ""}})),
        responses(json!({"200": {"description": ""}})),
        "breaking  POST /chats → 202: only in the document: the response",
        "breaking  POST /chats → 202: only in the contract: the response",
    );
}

#[test]
fn response_non_success_status_removed_and_added() {
    assert_both_ways(
        responses(json!({"200": {"description": ""}, "404": {"description": ""}})),
        responses(json!({"200": {"description": ""}})),
        "harmless  POST /chats → 404: only in the document: the response",
        "harmless  POST /chats → 404: only in the contract: the response",
    );
}

fn content(media_types: &[&str]) -> Value {
    let content: serde_json::Map<String, Value> = media_types
        .iter()
        .map(|it| ((*it).to_owned(), json!({"schema": {}})))
        .collect();
    responses(json!({"200": {"description": "", "content": content}}))
}

#[test]
fn response_media_type_removed_and_added() {
    assert_both_ways(
        content(&["application/json", "text/plain"]),
        content(&["application/json"]),
        "breaking  POST /chats → 200: only in the document: text/plain",
        "breaking  POST /chats → 200: only in the contract: text/plain",
    );
}

#[test]
fn response_property_removed_and_added() {
    let none = response(json!({"type": "object"}));
    assert_both_ways(
        response(
            json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}),
        ),
        none.clone(),
        "breaking  POST /chats → 200 → text: only in the document: required string",
        "additive  POST /chats → 200 → text: only in the contract: required string",
    );
    assert_both_ways(
        response_property(json!({"type": "boolean"})),
        none,
        "breaking  POST /chats → 200 → text: only in the document: optional boolean",
        "additive  POST /chats → 200 → text: only in the contract: optional boolean",
    );
}

#[test]
fn response_property_became_optional_and_required() {
    assert_both_ways(
        response(json!({"type": "object", "required": ["text"], "properties": {"text": {}}})),
        response_property(json!({})),
        "breaking  POST /chats → 200 → text: required in the document, optional in the contract",
        "harmless  POST /chats → 200 → text: optional in the document, required in the contract",
    );
}

#[test]
fn response_property_became_nullable_and_not_nullable() {
    assert_both_ways(
        response_property(json!({"type": "string"})),
        response_property(json!({"anyOf": [{"type": "string"}, {"type": "null"}]})),
        "breaking  POST /chats → 200 → text: not nullable in the document, nullable in the contract",
        "harmless  POST /chats → 200 → text: nullable in the document, not nullable in the contract",
    );
}

#[test]
fn response_property_type_changed() {
    assert_both_ways(
        response_property(json!({"type": "integer"})),
        response_property(json!({"type": "number"})),
        "breaking  POST /chats → 200 → text: integer in the document, number in the contract",
        "harmless  POST /chats → 200 → text: number in the document, integer in the contract",
    );
    assert_differences(
        response_property(json!({"type": "boolean"})),
        response_property(json!({"type": "string"})),
        &["breaking  POST /chats → 200 → text: boolean in the document, string in the contract"],
    );
}

#[test]
fn response_property_became_anything() {
    assert_both_ways(
        response_property(json!({"type": ["object", "null"]})),
        response_property(json!({})),
        "breaking  POST /chats → 200 → text: object in the document, anything in the contract",
        "harmless  POST /chats → 200 → text: anything in the document, object in the contract",
    );
}

#[test]
fn response_property_one_of_added_and_removed() {
    assert_both_ways(
        response_property(json!({"type": "integer"})),
        response_property(
            json!({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+$"}]}),
        ),
        "breaking  POST /chats → 200 → text: integer in the document, integer or string matching ^[0-9]+$ in the contract",
        "harmless  POST /chats → 200 → text: integer or string matching ^[0-9]+$ in the document, integer in the contract",
    );
}

#[test]
fn response_property_one_of_objects_added() {
    let user =
        json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}});
    let shop = json!({"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}});
    assert_differences(
        response_property(user.clone()),
        response_property(json!({"oneOf": [user, shop]})),
        &[
            "breaking  POST /chats → 200 → text.id: required in the document, optional in the contract",
            "additive  POST /chats → 200 → text.title: only in the contract: optional string",
        ],
    );
}

#[test]
fn response_property_enum_value_added_and_removed() {
    assert_both_ways(
        response_property(json!({"enum": ["private"]})),
        response_property(json!({"enum": ["private", "group"]})),
        "additive  POST /chats → 200 → text: only in the contract: enum value group",
        "harmless  POST /chats → 200 → text: only in the document: enum value group",
    );
}

#[test]
fn response_property_enum_opened() {
    assert_both_ways(
        response_property(json!({"enum": ["private"]})),
        response_property(json!({"anyOf": [{"enum": ["private"]}, {"type": "string"}]})),
        "breaking  POST /chats → 200 → text: one of private in the document, any value in the contract",
        "harmless  POST /chats → 200 → text: any value in the document, one of private in the contract",
    );
}

#[test]
fn response_property_default_removed_and_added() {
    assert_both_ways(
        response_property(json!({"type": "boolean", "default": false})),
        response_property(json!({"type": "boolean"})),
        "breaking  POST /chats → 200 → text: default false in the document, no default in the contract",
        "harmless  POST /chats → 200 → text: no default in the document, default false in the contract",
    );
}

#[test]
fn response_property_limits_changed() {
    assert_both_ways(
        response_property(json!({"type": "string", "maxLength": 10})),
        response_property(json!({"type": "string"})),
        "breaking  POST /chats → 200 → text: maxLength 10 in the document, no maxLength in the contract",
        "harmless  POST /chats → 200 → text: no maxLength in the document, maxLength 10 in the contract",
    );
    assert_both_ways(
        response_property(json!({"type": "integer", "minimum": 1})),
        response_property(json!({"type": "integer", "minimum": 0})),
        "breaking  POST /chats → 200 → text: minimum 1 in the document, minimum 0 in the contract",
        "harmless  POST /chats → 200 → text: minimum 0 in the document, minimum 1 in the contract",
    );
}

#[test]
fn response_header_removed_and_added() {
    let headers =
        |headers: Value| responses(json!({"200": {"description": "", "headers": headers}}));
    assert_both_ways(
        headers(json!({"X-Id": {"required": true, "schema": {"type": "string"}}})),
        headers(json!({})),
        "breaking  POST /chats → 200 → header → X-Id: only in the document: required string",
        "harmless  POST /chats → 200 → header → X-Id: only in the contract: required string",
    );
    assert_differences(
        headers(json!({"X-Id": {"schema": {"type": "string"}}})),
        headers(json!({"x-id": {"schema": {"type": "integer"}}})),
        &[
            "breaking  POST /chats → 200 → header → X-Id: string in the document, integer in the contract",
        ],
    );
    assert_differences(
        headers(json!({"X-Id": {"schema": {"type": "string"}}})),
        headers(json!({})),
        &["harmless  POST /chats → 200 → header → X-Id: only in the document: optional string"],
    );
}

#[test]
fn change_in_recursive_response_is_reported_once() {
    let tree = |name: Value| {
        let mut document = response(json!({"$ref": "#/components/schemas/Tree"}));
        document["components"] = json!({"schemas": {"Tree": {"type": "object", "properties": {
            "name": name, "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        }}}});
        document
    };
    assert_differences(
        tree(json!({"type": "string"})),
        tree(json!({"type": "integer"})),
        &["breaking  POST /chats → 200 → name: string in the document, integer in the contract"],
    );
}
