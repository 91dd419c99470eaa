use serde_json::json;

use super::{told, told_both};
use crate::documents::{document, operation, parameter, query};

#[test]
fn new_required_request_parameter() {
    told_both(
        operation(json!({})),
        parameter(
            json!({"name": "X-Mark", "in": "header", "required": true, "schema": {"type": "string"}}),
        ),
        "breaking  POST /chats → header → X-Mark: only there: required text",
        "breaking  POST /chats → header → X-Mark: only here: required text",
    );
}

#[test]
fn new_optional_request_parameter_and_request_parameter_removed() {
    told_both(
        operation(json!({})),
        query(json!({"type": "integer", "minimum": 1})),
        "additive  POST /chats → query → limit: only there: optional integer from 1",
        "breaking  POST /chats → query → limit: only here: optional integer from 1",
    );
}

#[test]
fn new_request_path_parameter() {
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    told(
        document(json!({"/chats": {"get": {}}})),
        document(json!({"/chats/{id}": {"get": {"parameters": [id]}}})),
        &[
            "breaking  GET /chats: only here: the operation",
            "additive  GET /chats/{id}: only there: the operation",
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
    told_both(
        limit(false),
        limit(true),
        "breaking  POST /chats → query → limit: optional here, required there",
        "harmless  POST /chats → query → limit: required here, optional there",
    );
}

#[test]
fn request_parameter_type_changed() {
    told_both(
        query(json!({"type": "integer"})),
        query(json!({"type": "string"})),
        "breaking  POST /chats → query → limit: integer here, text there",
        "breaking  POST /chats → query → limit: text here, integer there",
    );
}

#[test]
fn request_parameter_type_generalized() {
    told_both(
        query(json!({"type": "integer"})),
        query(json!({"type": "number"})),
        "harmless  POST /chats → query → limit: integer here, number there",
        "breaking  POST /chats → query → limit: number here, integer there",
    );
}

#[test]
fn request_parameter_enum_value_added_and_removed() {
    told_both(
        query(json!({"enum": ["asc", "desc"]})),
        query(json!({"enum": ["asc", "desc", "none"]})),
        "additive  POST /chats → query → limit: only there: the value none",
        "breaking  POST /chats → query → limit: only here: the value none",
    );
}

#[test]
fn request_parameter_became_enum() {
    told_both(
        query(json!({"type": "string"})),
        query(json!({"type": "string", "enum": ["asc", "desc"]})),
        "breaking  POST /chats → query → limit: any value here, one of asc, desc there",
        "harmless  POST /chats → query → limit: one of asc, desc here, any value there",
    );
}

#[test]
fn request_parameter_default_value_changed_added_and_removed() {
    told(
        query(json!({"type": "integer", "default": 20})),
        query(json!({"type": "integer", "default": 30})),
        &["breaking  POST /chats → query → limit: default 20 here, default 30 there"],
    );
    told_both(
        query(json!({"type": "integer"})),
        query(json!({"type": "integer", "default": 30})),
        "breaking  POST /chats → query → limit: no default here, default 30 there",
        "breaking  POST /chats → query → limit: default 30 here, no default there",
    );
}

#[test]
fn request_parameter_max_decreased_and_increased() {
    told_both(
        query(json!({"type": "integer", "maximum": 100})),
        query(json!({"type": "integer", "maximum": 50})),
        "breaking  POST /chats → query → limit: up to 100 here, up to 50 there",
        "harmless  POST /chats → query → limit: up to 50 here, up to 100 there",
    );
}

#[test]
fn request_parameter_min_set_and_increased() {
    told_both(
        query(json!({"type": "number"})),
        query(json!({"type": "number", "exclusiveMinimum": 0})),
        "breaking  POST /chats → query → limit: no minimum here, above 0 there",
        "harmless  POST /chats → query → limit: above 0 here, no minimum there",
    );
    told_both(
        query(json!({"type": "integer", "minimum": 1})),
        query(json!({"type": "integer", "minimum": 2})),
        "breaking  POST /chats → query → limit: from 1 here, from 2 there",
        "harmless  POST /chats → query → limit: from 2 here, from 1 there",
    );
}

#[test]
fn request_parameter_pattern_added_and_changed() {
    told_both(
        query(json!({"type": "string"})),
        query(json!({"type": "string", "pattern": "^[0-9]+$"})),
        "breaking  POST /chats → query → limit: no pattern here, ^[0-9]+$ there",
        "harmless  POST /chats → query → limit: ^[0-9]+$ here, no pattern there",
    );
    told(
        query(json!({"type": "string", "pattern": "^[a-z]+$"})),
        query(json!({"type": "string", "pattern": "^[0-9]+$"})),
        &["breaking  POST /chats → query → limit: ^[a-z]+$ here, ^[0-9]+$ there"],
    );
}

#[test]
fn request_parameter_style_changed() {
    let ids = |explode: bool| {
        parameter(
            json!({"name": "ids", "in": "query", "explode": explode, "schema": {"type": "array", "items": {"type": "integer"}}}),
        )
    };
    told(
        ids(true),
        ids(false),
        &["breaking  POST /chats → query → ids: form, exploded here, form there"],
    );
}

#[test]
fn request_parameter_moved() {
    let id = |location: &str| {
        parameter(json!({"name": "id", "in": location, "schema": {"type": "integer"}}))
    };
    told(
        id("query"),
        id("cookie"),
        &[
            "breaking  POST /chats → query → id: only here: optional integer",
            "additive  POST /chats → cookie → id: only there: optional integer",
        ],
    );
}

#[test]
fn request_parameter_deprecated() {
    let limit = |deprecated: bool| {
        parameter(json!({"name": "limit", "in": "query", "deprecated": deprecated, "schema": {}}))
    };
    told(
        limit(false),
        limit(true),
        &["harmless  POST /chats → query → limit: not deprecated here, deprecated there"],
    );
}
