//! Equivalent spellings have no differences.

use serde_json::{Value, json};

use crate::documents::{
    differences, document, operation, parameter, request_property, response, responses,
};

/// Asserts that the documents are pairwise equal on the wire.
fn assert_equivalent(spellings: &[Value]) {
    for left in spellings {
        for right in spellings {
            assert_eq!(
                differences(left, right),
                Vec::<String>::new(),
                "{left} and {right}"
            );
        }
    }
}

fn in_3_0(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.3");
    document
}

/// Returns a document whose response has `schema`, with the component `Name`.
fn with_component(schema: Value, name: Value) -> Value {
    let mut document = response(schema);
    document["components"] = json!({"schemas": {"Name": name}});
    document
}

#[test]
fn nullable_and_null_types() {
    let text = json!({"type": "string", "maxLength": 5});
    assert_equivalent(&[
        request_property(json!({"type": ["string", "null"], "maxLength": 5})),
        request_property(json!({"anyOf": [{"type": "null"}, text]})),
        request_property(json!({"oneOf": [text, {"type": "null"}]})),
        request_property(json!({"oneOf": [text, {"const": null}]})),
        in_3_0(request_property(
            json!({"type": "string", "maxLength": 5, "nullable": true}),
        )),
        in_3_0(request_property(json!({"allOf": [text], "nullable": true}))),
    ]);
    assert_equivalent(&[
        request_property(json!({"enum": ["a", null]})),
        request_property(json!({"anyOf": [{"const": "a"}, {"type": "null"}]})),
        in_3_0(request_property(
            json!({"type": "string", "enum": ["a"], "nullable": true}),
        )),
        in_3_0(request_property(
            json!({"type": "string", "enum": ["a", null], "nullable": true}),
        )),
    ]);
}

#[test]
fn references_with_and_without_siblings() {
    let id = json!({"type": "integer"});
    assert_equivalent(&[
        with_component(json!({"$ref": "#/components/schemas/Name"}), id.clone()),
        with_component(
            json!({"allOf": [{"$ref": "#/components/schemas/Name"}]}),
            id.clone(),
        ),
        with_component(
            json!({"type": "integer", "title": "Id", "description": "An id.", "format": "int64"}),
            json!({}),
        ),
    ]);
    assert_equivalent(&[
        with_component(
            json!({"$ref": "#/components/schemas/Name", "minimum": 1}),
            id.clone(),
        ),
        in_3_0(with_component(
            json!({"allOf": [{"$ref": "#/components/schemas/Name"}], "minimum": 1}),
            id,
        )),
        with_component(json!({"type": "integer", "exclusiveMinimum": 0}), json!({})),
        in_3_0(with_component(
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            json!({}),
        )),
        with_component(json!({"type": "integer", "minimum": 1.0}), json!({})),
    ]);
}

#[test]
fn bounds_of_integers() {
    assert_equivalent(&[
        request_property(json!({"type": "integer", "exclusiveMaximum": 10_000_000_000_u64})),
        request_property(json!({"type": "integer", "maximum": 9_999_999_999_u64})),
        request_property(json!({"type": "integer", "maximum": 9999999999.5})),
        in_3_0(request_property(
            json!({"type": "integer", "maximum": 10_000_000_000_u64, "exclusiveMaximum": true}),
        )),
    ]);
}

#[test]
fn objects_split_by_all_of() {
    assert_equivalent(&[
        request_property(
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}),
        ),
        request_property(json!({"allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["a"]}
        ]})),
        request_property(
            json!({"type": "object", "additionalProperties": {}, "required": ["a"], "minProperties": 0,
            "properties": {"b": {"type": "integer", "title": "B"}, "a": {"type": "string", "minLength": 0}}}),
        ),
        request_property(
            json!({"type": "object", "additionalProperties": true, "required": ["a"],
            "properties": {"b": {"type": "integer", "default": null}, "a": {"type": "string", "examples": ["x"]}}}),
        ),
        request_property(
            json!({"type": "object", "additionalProperties": {"title": "Whatever"}, "required": ["a"],
            "properties": {"b": {"type": "integer"}, "a": {"type": "string"}}}),
        ),
    ]);
}

#[test]
fn open_enums_are_strings() {
    assert_equivalent(&[
        request_property(json!({"anyOf": [{"enum": ["a", "b"]}, {"type": "string"}]})),
        request_property(json!({"type": "string"})),
    ]);
}

#[test]
fn names_prose_and_order_are_ignored() {
    let first = document(json!({"/chats/{chat_id}": {
        "parameters": [{"name": "chat_id", "in": "path", "required": true, "schema": {"type": "integer"}}],
        "get": {
            "operationId": "get_chat", "summary": "First.", "tags": ["a"],
            "parameters": [{"name": "X-Mark", "in": "header", "schema": {"type": "string"}}],
            "responses": {"200": {"description": "First.", "content": {"application/json; charset=utf-8": {"schema": {"type": "string"}}}}}
        }
    }}));
    let second = document(json!({"/chats/{id}": {"get": {
        "operationId": "other",
        "parameters": [
            {"name": "x-mark", "in": "header", "description": "Second.", "schema": {"title": "X-Mark", "type": "string"}},
            {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "title": "Id"}}
        ],
        "responses": {"200": {"description": "Second.", "content": {"application/json": {"schema": {"type": ["string"]}}}}}
    }}}));
    assert_equivalent(&[first, second]);
}

#[test]
fn binary_strings() {
    assert_equivalent(&[
        in_3_0(request_property(
            json!({"type": "string", "format": "binary"}),
        )),
        request_property(json!({"type": "string", "contentMediaType": "application/octet-stream"})),
    ]);
}

#[test]
fn partly_inlined_recursion() {
    let tree = |inner: Value| json!({"type": "object", "properties": {"inner": {"type": "array", "items": inner}}});
    let mut named = response(json!({"$ref": "#/components/schemas/Tree"}));
    named["components"] =
        json!({"schemas": {"Tree": tree(json!({"$ref": "#/components/schemas/Tree"}))}});
    let mut longer = response(tree(tree(tree(json!({"$ref": "#/components/schemas/A"})))));
    longer["components"] = json!({"schemas": {
        "A": tree(json!({"$ref": "#/components/schemas/B"})),
        "B": tree(json!({"$ref": "#/components/schemas/A"}))
    }});
    assert_equivalent(&[named, longer]);
}

#[test]
fn default_style_of_parameters() {
    assert_equivalent(&[
        parameter(
            json!({"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}),
        ),
        parameter(
            json!({"name": "ids", "in": "query", "style": "form", "explode": true, "schema": {"type": "array", "items": {"type": "string"}}}),
        ),
    ]);
    assert_equivalent(&[
        parameter(json!({"name": "id", "in": "query", "schema": {"type": "string"}})),
        parameter(
            json!({"name": "id", "in": "query", "explode": false, "schema": {"type": "string"}}),
        ),
    ]);
    assert_equivalent(&[
        operation(json!({})),
        operation(json!({"deprecated": false, "parameters": []})),
    ]);
}

#[test]
fn order_of_alternatives() {
    let (a, b, c) = (
        json!({"type": "string", "default": "a", "pattern": "^a$"}),
        json!({"type": "string", "default": "b", "pattern": "^b$"}),
        json!({"type": "integer", "default": 3}),
    );
    for keyword in ["anyOf", "oneOf"] {
        let orders = [
            [&a, &b, &c],
            [&a, &c, &b],
            [&b, &a, &c],
            [&b, &c, &a],
            [&c, &a, &b],
            [&c, &b, &a],
        ];
        assert_equivalent(&orders.map(|order| request_property(json!({keyword: order}))));
    }
    let patterns = ["^a$", "^b$", "^c$"].map(|it| json!({"type": "string", "pattern": it}));
    let [a, b, c] = &patterns;
    assert_equivalent(&[
        request_property(json!({"anyOf": [a, b, c]})),
        request_property(json!({"anyOf": [c, a, b]})),
        request_property(json!({"anyOf": [b, {"anyOf": [c, a]}]})),
    ]);
}

#[test]
fn default_of_an_alternative_is_compared() {
    let with = |default: &str| {
        let other = json!({"type": "string", "default": default});
        request_property(json!({"anyOf": [{"type": "integer", "default": 1}, other]}))
    };
    assert_eq!(
        differences(&with("a"), &with("b")),
        [
            r#"breaking  POST /chats → body → text: default "a" or 1 in the document, default "b" or 1 in the contract"#
        ]
    );
}

#[test]
fn parameters_of_media_types() {
    let with = |name: &str| {
        responses(
            json!({"200": {"description": "", "content": {name: {"schema": {"type": "string"}}}}}),
        )
    };
    assert_equivalent(&[
        with("application/json"),
        with("Application/JSON; charset=UTF-8"),
        with("application/json;charset=\"utf-8\""),
    ]);
    assert_equivalent(&[
        with("application/json;v=2;profile=a"),
        with("application/json; profile=\"a\"; V=2"),
    ]);
}

#[test]
fn ignored_headers() {
    let with = |name: &str, required: bool| {
        parameter(
            json!({"name": name, "in": "header", "required": required, "schema": {"type": "string"}}),
        )
    };
    let none = operation(json!({}));
    for name in ["Authorization", "authorization", "Accept", "CONTENT-TYPE"] {
        assert_equivalent(&[none.clone(), with(name, false), with(name, true)]);
    }
    let header = json!({"Content-Type": {"schema": {"type": "string"}}});
    assert_equivalent(&[
        responses(json!({"200": {"description": "", "headers": header}})),
        responses(json!({"200": {"description": ""}})),
    ]);
    // A query parameter of this name is not ignored.
    let query = parameter(json!({"name": "accept", "in": "query", "schema": {}}));
    assert_eq!(differences(&none, &query).len(), 1);
    assert_eq!(differences(&none, &with("Accept-Language", false)).len(), 1);
}
