//! Operations and responses that only moved.

use serde_json::{Value, json};

use super::assert_differences;
use crate::documents::{document, responses};

/// An operation with a response of its own.
fn get(properties: &[&str]) -> Value {
    let properties: serde_json::Map<String, Value> = properties
        .iter()
        .map(|it| ((*it).to_owned(), json!({"type": "string"})))
        .collect();
    let schema = json!({"type": "object", "properties": properties});
    json!({"get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}})
}

#[test]
fn renamed_operation_is_recognized_by_its_content() {
    assert_differences(
        document(json!({"/chats/unseen": get(&["count", "more"]), "/bots": get(&["id", "name"])})),
        document(
            json!({"/chats/unread-count": get(&["count", "more"]), "/bots": get(&["id", "name"])}),
        ),
        &["breaking  GET /chats/unseen: moved to GET /chats/unread-count"],
    );
}

#[test]
fn differences_of_a_moved_operation_are_at_its_old_place() {
    assert_differences(
        document(json!({"/v1/chats": get(&["count", "more"])})),
        document(json!({"/v2/chats": get(&["count", "less"])})),
        &[
            "breaking  GET /v1/chats: moved to GET /v2/chats",
            "additive  GET /v1/chats → 200 → less: only in the contract: optional string",
            "breaking  GET /v1/chats → 200 → more: only in the document: optional string",
        ],
    );
}

#[test]
fn operation_with_another_method_is_recognized() {
    let mut other = json!({"/chats": get(&["count", "more"])});
    other["/chats"]["post"] = other["/chats"]["get"].take();
    other["/chats"].as_object_mut().unwrap().remove("get");
    assert_differences(
        document(json!({"/chats": get(&["count", "more"])})),
        document(other),
        &["breaking  GET /chats: moved to POST /chats"],
    );
}

#[test]
fn operations_with_other_content_are_removed_and_added() {
    assert_differences(
        document(json!({"/chats/unseen": get(&["count", "more"])})),
        document(json!({"/chats/latest": get(&["text", "sender"])})),
        &[
            "additive  GET /chats/latest: only in the contract: the operation",
            "breaking  GET /chats/unseen: only in the document: the operation",
        ],
    );
}

#[test]
fn success_with_another_status_is_compared() {
    let text = |schema: Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
    let string = text(json!({"type": "string"}));
    for (base, other, line) in [
        (
            json!({"200": string}),
            json!({"201": string}),
            "200: moved to 201",
        ),
        (
            json!({"201": string}),
            json!({"2XX": string}),
            "201: moved to 2XX",
        ),
        (
            json!({"200": {"description": ""}}),
            json!({"204": {"description": ""}}),
            "200: moved to 204",
        ),
    ] {
        let line = format!("breaking  POST /chats → {line}");
        assert_differences(responses(base), responses(other), &[&line]);
    }
    assert_differences(
        responses(json!({"200": text(json!({"type": "string"}))})),
        responses(json!({"201": text(json!({"type": "integer"}))})),
        &[
            "breaking  POST /chats → 200: moved to 201",
            "breaking  POST /chats → 200: string in the document, integer in the contract",
        ],
    );
}
