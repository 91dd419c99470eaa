use serde_json::json;

use super::{assert_both_ways, assert_differences};
use crate::documents::{document, operation, parameter, query};

#[test]
fn new_required_request_parameter() {
    assert_both_ways(
        operation(json!({})),
        parameter(
            json!({"name": "X-Mark", "in": "header", "required": true, "schema": {"type": "string"}}),
        ),
        "breaking  POST /chats → header → X-Mark: only in the contract: required string",
        "breaking  POST /chats → header → X-Mark: only in the document: required string",
    );
}

#[test]
fn new_optional_request_parameter_and_request_parameter_removed() {
    assert_both_ways(
        operation(json!({})),
        query(json!({"type": "integer", "minimum": 1})),
        "additive  POST /chats → query → limit: only in the contract: optional integer (minimum 1)",
        "breaking  POST /chats → query → limit: only in the document: optional integer (minimum 1)",
    );
}

#[test]
fn new_request_path_parameter() {
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    assert_differences(
        document(json!({"/chats": {"get": {}}})),
        document(json!({"/chats/{id}": {"get": {"parameters": [id]}}})),
        &[
            "breaking  GET /chats: only in the document: the operation",
            "additive  GET /chats/{id}: only in the contract: the operation",
        ],
    );
}

#[test]
fn request_parameter_became_required() {
    let limit = |required: bool| {
        parameter(
            json!({"name": "limit", "in": "query", "required": required, "schema": {"type": "integer"}}),
        )
    };
    assert_both_ways(
        limit(false),
        limit(true),
        "breaking  POST /chats → query → limit: optional in the document, required in the contract",
        "harmless  POST /chats → query → limit: required in the document, optional in the contract",
    );
}

#[test]
fn request_parameter_type_changed() {
    assert_both_ways(
        query(json!({"type": "integer"})),
        query(json!({"type": "string"})),
        "breaking  POST /chats → query → limit: integer in the document, string in the contract",
        "breaking  POST /chats → query → limit: string in the document, integer in the contract",
    );
}

#[test]
fn request_parameter_type_generalized() {
    assert_both_ways(
        query(json!({"type": "integer"})),
        query(json!({"type": "number"})),
        "harmless  POST /chats → query → limit: integer in the document, number in the contract",
        "breaking  POST /chats → query → limit: number in the document, integer in the contract",
    );
}

#[test]
fn request_parameter_enum_value_added_and_removed() {
    assert_both_ways(
        query(json!({"enum": ["asc", "desc"]})),
        query(json!({"enum": ["asc", "desc", "none"]})),
        "additive  POST /chats → query → limit: only in the contract: enum value none",
        "breaking  POST /chats → query → limit: only in the document: enum value none",
    );
}

#[test]
fn request_parameter_became_enum() {
    assert_both_ways(
        query(json!({"type": "string"})),
        query(json!({"type": "string", "enum": ["asc", "desc"]})),
        "breaking  POST /chats → query → limit: any value in the document, one of asc, desc in the contract",
        "harmless  POST /chats → query → limit: one of asc, desc in the document, any value in the contract",
    );
}

#[test]
fn request_parameter_default_value_changed_added_and_removed() {
    assert_differences(
        query(json!({"type": "integer", "default": 20})),
        query(json!({"type": "integer", "default": 30})),
        &[
            "breaking  POST /chats → query → limit: default 20 in the document, default 30 in the contract",
        ],
    );
    assert_both_ways(
        query(json!({"type": "integer"})),
        query(json!({"type": "integer", "default": 30})),
        "breaking  POST /chats → query → limit: no default in the document, default 30 in the contract",
        "breaking  POST /chats → query → limit: default 30 in the document, no default in the contract",
    );
}

#[test]
fn request_parameter_max_decreased_and_increased() {
    assert_both_ways(
        query(json!({"type": "integer", "maximum": 100})),
        query(json!({"type": "integer", "maximum": 50})),
        "breaking  POST /chats → query → limit: maximum 100 in the document, maximum 50 in the contract",
        "harmless  POST /chats → query → limit: maximum 50 in the document, maximum 100 in the contract",
    );
}

#[test]
fn request_parameter_min_set_and_increased() {
    assert_both_ways(
        query(json!({"type": "number"})),
        query(json!({"type": "number", "exclusiveMinimum": 0})),
        "breaking  POST /chats → query → limit: no minimum in the document, exclusive minimum 0 in the contract",
        "harmless  POST /chats → query → limit: exclusive minimum 0 in the document, no minimum in the contract",
    );
    assert_both_ways(
        query(json!({"type": "integer", "minimum": 1})),
        query(json!({"type": "integer", "minimum": 2})),
        "breaking  POST /chats → query → limit: minimum 1 in the document, minimum 2 in the contract",
        "harmless  POST /chats → query → limit: minimum 2 in the document, minimum 1 in the contract",
    );
}

#[test]
fn request_parameter_pattern_added_and_changed() {
    assert_both_ways(
        query(json!({"type": "string"})),
        query(json!({"type": "string", "pattern": "^[0-9]+$"})),
        "breaking  POST /chats → query → limit: no pattern in the document, ^[0-9]+$ in the contract",
        "harmless  POST /chats → query → limit: ^[0-9]+$ in the document, no pattern in the contract",
    );
    assert_differences(
        query(json!({"type": "string", "pattern": "^[a-z]+$"})),
        query(json!({"type": "string", "pattern": "^[0-9]+$"})),
        &[
            "breaking  POST /chats → query → limit: ^[a-z]+$ in the document, ^[0-9]+$ in the contract",
        ],
    );
}

#[test]
fn request_parameter_style_changed() {
    let ids = |explode: bool| {
        parameter(
            json!({"name": "ids", "in": "query", "explode": explode, "schema": {"type": "array", "items": {"type": "integer"}}}),
        )
    };
    assert_differences(
        ids(true),
        ids(false),
        &[
            "breaking  POST /chats → query → ids: form, exploded in the document, form in the contract",
        ],
    );
}

#[test]
fn request_parameter_moved() {
    let id = |location: &str| {
        parameter(json!({"name": "id", "in": location, "schema": {"type": "integer"}}))
    };
    assert_differences(
        id("query"),
        id("cookie"),
        &[
            "breaking  POST /chats → query → id: only in the document: optional integer",
            "additive  POST /chats → cookie → id: only in the contract: optional integer",
        ],
    );
}

#[test]
fn request_parameter_deprecated() {
    let limit = |deprecated: bool| {
        parameter(json!({"name": "limit", "in": "query", "deprecated": deprecated, "schema": {}}))
    };
    assert_differences(
        limit(false),
        limit(true),
        &[
            "harmless  POST /chats → query → limit: not deprecated in the document, deprecated in the contract",
        ],
    );
}
