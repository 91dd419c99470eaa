use serde_json::json;

use super::{assert_both_ways, assert_differences};
use crate::documents::{document, operation};

#[test]
fn api_path_removed_and_added() {
    assert_both_ways(
        document(json!({"/chats": {"get": {}}, "/bots": {"get": {}}})),
        document(json!({"/chats": {"get": {}}})),
        "breaking  GET /bots: only in the document: the operation",
        "additive  GET /bots: only in the contract: the operation",
    );
}

#[test]
fn api_removed_and_added() {
    assert_both_ways(
        document(json!({"/chats": {"get": {}, "post": {}}})),
        document(json!({"/chats": {"get": {}}})),
        "breaking  POST /chats: only in the document: the operation",
        "additive  POST /chats: only in the contract: the operation",
    );
}

#[test]
fn api_path_moved() {
    assert_differences(
        document(json!({"/v3/chats": {"get": {}}})),
        document(json!({"/v1/chats": {"get": {}}})),
        &[
            "additive  GET /v1/chats: only in the contract: the operation",
            "breaking  GET /v3/chats: only in the document: the operation",
        ],
    );
}

#[test]
fn api_deprecated() {
    assert_both_ways(
        operation(json!({})),
        operation(json!({"deprecated": true})),
        "harmless  POST /chats: not deprecated in the document, deprecated in the contract",
        "harmless  POST /chats: deprecated in the document, not deprecated in the contract",
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
    assert_both_ways(
        secured(json!([])),
        secured(json!([{"name": []}])),
        "breaking  POST /chats → security: no authorization in the document, bearer in the contract",
        "breaking  POST /chats → security: bearer in the document, no authorization in the contract",
    );
    assert_both_ways(
        secured(json!([{"name": []}])),
        secured(json!([{"name": []}, {"any": ["chat.read"]}])),
        "harmless  POST /chats → security: bearer in the document, bearer or oauth2 with chat.read in the contract",
        "breaking  POST /chats → security: bearer or oauth2 with chat.read in the document, bearer in the contract",
    );
    // A contract without security requirements leaves them to its gateway.
    assert_differences(operation(json!({})), secured(json!([{"name": []}])), &[]);
}
