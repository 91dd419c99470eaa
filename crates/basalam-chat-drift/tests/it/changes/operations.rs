use serde_json::json;

use super::{told, told_both};
use crate::documents::{document, operation};

#[test]
fn api_path_removed_and_added() {
    told_both(
        document(json!({"/chats": {"get": {}}, "/bots": {"get": {}}})),
        document(json!({"/chats": {"get": {}}})),
        "breaking  GET /bots: only here: the operation",
        "additive  GET /bots: only there: the operation",
    );
}

#[test]
fn api_removed_and_added() {
    told_both(
        document(json!({"/chats": {"get": {}, "post": {}}})),
        document(json!({"/chats": {"get": {}}})),
        "breaking  POST /chats: only here: the operation",
        "additive  POST /chats: only there: the operation",
    );
}

#[test]
fn api_path_moved() {
    told(
        document(json!({"/v3/chats": {"get": {}}})),
        document(json!({"/v1/chats": {"get": {}}})),
        &[
            "additive  GET /v1/chats: only there: the operation",
            "breaking  GET /v3/chats: only here: the operation",
        ],
    );
}

#[test]
fn api_deprecated() {
    told_both(
        operation(json!({})),
        operation(json!({"deprecated": true})),
        "harmless  POST /chats: not deprecated here, deprecated there",
        "harmless  POST /chats: deprecated here, not deprecated there",
    );
}

#[test]
fn api_security_changed() {
    let secured = |security: serde_json::Value| {
        let mut document = operation(json!({"security": security}));
        document["components"] = json!({"securitySchemes": {
            "any": {"type": "oauth2"}, "name": {"type": "http", "scheme": "Bearer"}
        }});
        document
    };
    told_both(
        secured(json!([])),
        secured(json!([{"name": []}])),
        "breaking  POST /chats → security: nothing here, bearer there",
        "breaking  POST /chats → security: bearer here, nothing there",
    );
    told_both(
        secured(json!([{"name": []}])),
        secured(json!([{"name": []}, {"any": ["chat.read"]}])),
        "harmless  POST /chats → security: bearer here, bearer or oauth2 with chat.read there",
        "breaking  POST /chats → security: bearer or oauth2 with chat.read here, bearer there",
    );
    // A contract that says nothing of it leaves it to its gateway.
    told(operation(json!({})), secured(json!([{"name": []}])), &[]);
}
