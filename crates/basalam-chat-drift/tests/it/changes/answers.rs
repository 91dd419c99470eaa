use serde_json::{Value, json};

use super::{told, told_both};
use crate::documents::{answer, answers, received};

#[test]
fn response_success_status_removed_and_added() {
    told_both(
        answers(json!({"200": {"description": ""}, "202": {"description": ""}})),
        answers(json!({"200": {"description": ""}})),
        "breaking  POST /chats → 202: only here: the answer",
        "breaking  POST /chats → 202: only there: the answer",
    );
}

#[test]
fn response_non_success_status_removed_and_added() {
    told_both(
        answers(json!({"200": {"description": ""}, "404": {"description": ""}})),
        answers(json!({"200": {"description": ""}})),
        "harmless  POST /chats → 404: only here: the answer",
        "harmless  POST /chats → 404: only there: the answer",
    );
}

fn content(media_types: &[&str]) -> Value {
    let content: serde_json::Map<String, Value> = media_types
        .iter()
        .map(|it| ((*it).to_owned(), json!({"schema": {}})))
        .collect();
    answers(json!({"200": {"description": "", "content": content}}))
}

#[test]
fn response_media_type_removed_and_added() {
    told_both(
        content(&["application/json", "text/plain"]),
        content(&["application/json"]),
        "breaking  POST /chats → 200: only here: text/plain",
        "breaking  POST /chats → 200: only there: text/plain",
    );
}

#[test]
fn response_property_removed_and_added() {
    let none = answer(json!({"type": "object"}));
    told_both(
        answer(
            json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}),
        ),
        none.clone(),
        "breaking  POST /chats → 200 → text: only here: required text",
        "additive  POST /chats → 200 → text: only there: required text",
    );
    told_both(
        received(json!({"type": "boolean"})),
        none,
        "breaking  POST /chats → 200 → text: only here: optional boolean",
        "additive  POST /chats → 200 → text: only there: optional boolean",
    );
}

#[test]
fn response_property_became_optional_and_required() {
    told_both(
        answer(json!({"type": "object", "required": ["text"], "properties": {"text": {}}})),
        received(json!({})),
        "breaking  POST /chats → 200 → text: required here, optional there",
        "harmless  POST /chats → 200 → text: optional here, required there",
    );
}

#[test]
fn response_property_became_nullable_and_not_nullable() {
    told_both(
        received(json!({"type": "string"})),
        received(json!({"anyOf": [{"type": "string"}, {"type": "null"}]})),
        "breaking  POST /chats → 200 → text: never null here, may be null there",
        "harmless  POST /chats → 200 → text: may be null here, never null there",
    );
}

#[test]
fn response_property_type_changed() {
    told_both(
        received(json!({"type": "integer"})),
        received(json!({"type": "number"})),
        "breaking  POST /chats → 200 → text: integer here, number there",
        "harmless  POST /chats → 200 → text: number here, integer there",
    );
    told(
        received(json!({"type": "boolean"})),
        received(json!({"type": "string"})),
        &["breaking  POST /chats → 200 → text: boolean here, text there"],
    );
}

#[test]
fn response_property_became_anything() {
    told_both(
        received(json!({"type": ["object", "null"]})),
        received(json!({})),
        "breaking  POST /chats → 200 → text: object here, anything there",
        "harmless  POST /chats → 200 → text: anything here, object there",
    );
}

#[test]
fn response_property_one_of_added_and_removed() {
    told_both(
        received(json!({"type": "integer"})),
        received(
            json!({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+$"}]}),
        ),
        "breaking  POST /chats → 200 → text: integer here, integer or text matching ^[0-9]+$ there",
        "harmless  POST /chats → 200 → text: integer or text matching ^[0-9]+$ here, integer there",
    );
}

#[test]
fn response_property_one_of_objects_added() {
    let user =
        json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}});
    let shop = json!({"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}});
    told(
        received(user.clone()),
        received(json!({"oneOf": [user, shop]})),
        &[
            "breaking  POST /chats → 200 → text.id: required here, optional there",
            "additive  POST /chats → 200 → text.title: only there: optional text",
        ],
    );
}

#[test]
fn response_property_enum_value_added_and_removed() {
    told_both(
        received(json!({"enum": ["private"]})),
        received(json!({"enum": ["private", "group"]})),
        "additive  POST /chats → 200 → text: only there: the value group",
        "harmless  POST /chats → 200 → text: only here: the value group",
    );
}

#[test]
fn response_property_enum_opened() {
    told_both(
        received(json!({"enum": ["private"]})),
        received(json!({"anyOf": [{"enum": ["private"]}, {"type": "string"}]})),
        "breaking  POST /chats → 200 → text: one of private here, any value there",
        "harmless  POST /chats → 200 → text: any value here, one of private there",
    );
}

#[test]
fn response_property_default_removed_and_added() {
    told_both(
        received(json!({"type": "boolean", "default": false})),
        received(json!({"type": "boolean"})),
        "breaking  POST /chats → 200 → text: default false here, no default there",
        "harmless  POST /chats → 200 → text: no default here, default false there",
    );
}

#[test]
fn response_property_limits_changed() {
    told_both(
        received(json!({"type": "string", "maxLength": 10})),
        received(json!({"type": "string"})),
        "breaking  POST /chats → 200 → text: at most 10 characters here, no max-length there",
        "harmless  POST /chats → 200 → text: no max-length here, at most 10 characters there",
    );
    told_both(
        received(json!({"type": "integer", "minimum": 1})),
        received(json!({"type": "integer", "minimum": 0})),
        "breaking  POST /chats → 200 → text: from 1 here, from 0 there",
        "harmless  POST /chats → 200 → text: from 0 here, from 1 there",
    );
}

#[test]
fn response_header_removed_and_added() {
    let headers = |headers: Value| answers(json!({"200": {"description": "", "headers": headers}}));
    told_both(
        headers(json!({"X-Id": {"required": true, "schema": {"type": "string"}}})),
        headers(json!({})),
        "breaking  POST /chats → 200 → header → X-Id: only here: required text",
        "harmless  POST /chats → 200 → header → X-Id: only there: required text",
    );
    told(
        headers(json!({"X-Id": {"schema": {"type": "string"}}})),
        headers(json!({"x-id": {"schema": {"type": "integer"}}})),
        &["breaking  POST /chats → 200 → header → X-Id: text here, integer there"],
    );
    told(
        headers(json!({"X-Id": {"schema": {"type": "string"}}})),
        headers(json!({})),
        &["harmless  POST /chats → 200 → header → X-Id: only here: optional text"],
    );
}

#[test]
fn a_change_in_a_recursive_answer_is_told_once() {
    let tree = |name: Value| {
        let mut document = answer(json!({"$ref": "#/components/schemas/Tree"}));
        document["components"] = json!({"schemas": {"Tree": {"type": "object", "properties": {
            "name": name, "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        }}}});
        document
    };
    told(
        tree(json!({"type": "string"})),
        tree(json!({"type": "integer"})),
        &["breaking  POST /chats → 200 → name: text here, integer there"],
    );
}
