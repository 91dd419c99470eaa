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
    assert_both_ways(
        document(json!({"/v3/chats": {"get": {}}})),
        document(json!({"/v1/chats": {"get": {}}})),
        "breaking  GET /v3/chats: moved to GET /v1/chats",
        "breaking  GET /v1/chats: moved to GET /v3/chats",
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
        "harmless  POST /chats → security: bearer in the document, no authorization in the contract",
    );
    assert_both_ways(
        secured(json!([{"name": []}])),
        secured(json!([{"name": []}, {"any": ["chat.read"]}])),
        "harmless  POST /chats → security: bearer in the document, bearer or oauth2 with chat.read in the contract",
        "harmless  POST /chats → security: bearer or oauth2 with chat.read in the document, bearer in the contract",
    );
    // A contract without security requirements leaves them to its gateway.
    assert_differences(operation(json!({})), secured(json!([{"name": []}])), &[]);
}

/// Returns a document with these security requirements and schemes of several types.
fn with_schemes(security: serde_json::Value) -> serde_json::Value {
    let mut document = operation(json!({"security": security}));
    document["components"] = json!({"securitySchemes": {
        "oauth": {"type": "oauth2"}, "bearer": {"type": "http", "scheme": "bearer"},
        "login": {"type": "openIdConnect"}, "basic": {"type": "http", "scheme": "basic"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"}
    }});
    document
}

#[test]
fn equal_credentials_of_other_security_schemes() {
    for (base, other) in [
        (json!([{"bearer": []}]), json!([{"oauth": ["read"]}])),
        (json!([{"oauth": ["read"]}]), json!([{"bearer": []}])),
        (json!([{"bearer": []}]), json!([{"login": []}])),
        (
            json!([{"oauth": ["read", "write"]}]),
            json!([{"oauth": ["read"]}]),
        ),
        (json!([{"bearer": [], "key": []}]), json!([{"bearer": []}])),
        (json!([{"bearer": []}]), json!([{}, {"basic": []}])),
    ] {
        let found = crate::documents::differences(&with_schemes(base), &with_schemes(other));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("harmless"), "{found:?}");
    }
}

#[test]
fn other_credentials_are_required() {
    for (base, other) in [
        (json!([{"bearer": []}]), json!([{"basic": []}])),
        (json!([{"bearer": []}]), json!([{"bearer": [], "key": []}])),
        (
            json!([{"oauth": ["read"]}]),
            json!([{"oauth": ["read", "write"]}]),
        ),
        (
            json!([{"bearer": []}, {"key": []}]),
            json!([{"bearer": []}]),
        ),
        (json!([{}]), json!([{"oauth": []}])),
    ] {
        let found = crate::documents::differences(&with_schemes(base), &with_schemes(other));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("breaking"), "{found:?}");
    }
}
