//! The many ways to say the same thing are the same.

use serde_json::{Value, json};

use crate::documents::{answer, document, lines, operation, parameter, sent};

/// Documents that mean the same wire.
fn same(spellings: &[Value]) {
    for one in spellings {
        for two in spellings {
            assert_eq!(lines(one, two), Vec::<String>::new(), "{one} and {two}");
        }
    }
}

fn in_3_0(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.3");
    document
}

/// A document that gives `schema`, with `Name` to refer to.
fn named(schema: Value, name: Value) -> Value {
    let mut document = answer(schema);
    document["components"] = json!({"schemas": {"Name": name}});
    document
}

#[test]
fn null_in_both_styles() {
    let text = json!({"type": "string", "maxLength": 5});
    same(&[
        sent(json!({"type": ["string", "null"], "maxLength": 5})),
        sent(json!({"anyOf": [{"type": "null"}, text]})),
        sent(json!({"oneOf": [text, {"type": "null"}]})),
        sent(json!({"oneOf": [text, {"const": null}]})),
        in_3_0(sent(
            json!({"type": "string", "maxLength": 5, "nullable": true}),
        )),
        in_3_0(sent(json!({"allOf": [text], "nullable": true}))),
    ]);
    same(&[
        sent(json!({"enum": ["a", null]})),
        sent(json!({"anyOf": [{"const": "a"}, {"type": "null"}]})),
        in_3_0(sent(
            json!({"type": "string", "enum": ["a"], "nullable": true}),
        )),
        in_3_0(sent(
            json!({"type": "string", "enum": ["a", null], "nullable": true}),
        )),
    ]);
}

#[test]
fn references_and_what_stands_beside_them() {
    let id = json!({"type": "integer"});
    same(&[
        named(json!({"$ref": "#/components/schemas/Name"}), id.clone()),
        named(
            json!({"allOf": [{"$ref": "#/components/schemas/Name"}]}),
            id.clone(),
        ),
        named(
            json!({"type": "integer", "title": "Id", "description": "An id.", "format": "int64"}),
            json!({}),
        ),
    ]);
    same(&[
        named(
            json!({"$ref": "#/components/schemas/Name", "minimum": 1}),
            id.clone(),
        ),
        in_3_0(named(
            json!({"allOf": [{"$ref": "#/components/schemas/Name"}], "minimum": 1}),
            id,
        )),
        named(json!({"type": "integer", "exclusiveMinimum": 0}), json!({})),
        in_3_0(named(
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            json!({}),
        )),
        named(json!({"type": "integer", "minimum": 1.0}), json!({})),
    ]);
}

#[test]
fn bounds_of_whole_numbers() {
    same(&[
        sent(json!({"type": "integer", "exclusiveMaximum": 10_000_000_000_u64})),
        sent(json!({"type": "integer", "maximum": 9_999_999_999_u64})),
        sent(json!({"type": "integer", "maximum": 9999999999.5})),
        in_3_0(sent(
            json!({"type": "integer", "maximum": 10_000_000_000_u64, "exclusiveMaximum": true}),
        )),
    ]);
}

#[test]
fn objects_in_pieces() {
    same(&[
        sent(
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}),
        ),
        sent(json!({"allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["a"]}
        ]})),
        sent(
            json!({"type": "object", "additionalProperties": {}, "required": ["a"], "minProperties": 0,
            "properties": {"b": {"type": "integer", "title": "B"}, "a": {"type": "string", "minLength": 0}}}),
        ),
        sent(
            json!({"type": "object", "additionalProperties": true, "required": ["a"],
            "properties": {"b": {"type": "integer", "default": null}, "a": {"type": "string", "examples": ["x"]}}}),
        ),
        sent(
            json!({"type": "object", "additionalProperties": {"title": "Whatever"}, "required": ["a"],
            "properties": {"b": {"type": "integer"}, "a": {"type": "string"}}}),
        ),
    ]);
}

#[test]
fn open_vocabularies_are_texts() {
    same(&[
        sent(json!({"anyOf": [{"enum": ["a", "b"]}, {"type": "string"}]})),
        sent(json!({"type": "string"})),
    ]);
}

#[test]
fn names_prose_and_order() {
    let one = document(json!({"/chats/{chat_id}": {
        "parameters": [{"name": "chat_id", "in": "path", "required": true, "schema": {"type": "integer"}}],
        "get": {
            "operationId": "get_chat", "summary": "One.", "tags": ["a"],
            "parameters": [{"name": "X-Mark", "in": "header", "schema": {"type": "string"}}],
            "responses": {"200": {"description": "One.", "content": {"application/json; charset=utf-8": {"schema": {"type": "string"}}}}}
        }
    }}));
    let two = document(json!({"/chats/{id}": {"get": {
        "operationId": "other",
        "parameters": [
            {"name": "x-mark", "in": "header", "description": "Two.", "schema": {"title": "X-Mark", "type": "string"}},
            {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "title": "Id"}}
        ],
        "responses": {"200": {"description": "Two.", "content": {"application/json": {"schema": {"type": ["string"]}}}}}
    }}}));
    same(&[one, two]);
}

#[test]
fn files_in_both_styles() {
    same(&[
        in_3_0(sent(json!({"type": "string", "format": "binary"}))),
        sent(json!({"type": "string", "contentMediaType": "application/octet-stream"})),
    ]);
}

#[test]
fn recursion_spelled_out_for_a_while() {
    let tree = |inner: Value| json!({"type": "object", "properties": {"inner": {"type": "array", "items": inner}}});
    let mut named = answer(json!({"$ref": "#/components/schemas/Tree"}));
    named["components"] =
        json!({"schemas": {"Tree": tree(json!({"$ref": "#/components/schemas/Tree"}))}});
    let mut longer = answer(tree(tree(tree(json!({"$ref": "#/components/schemas/A"})))));
    longer["components"] = json!({"schemas": {
        "A": tree(json!({"$ref": "#/components/schemas/B"})),
        "B": tree(json!({"$ref": "#/components/schemas/A"}))
    }});
    same(&[named, longer]);
}

#[test]
fn ways_of_writing_a_parameter() {
    same(&[
        parameter(
            json!({"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}),
        ),
        parameter(
            json!({"name": "ids", "in": "query", "style": "form", "explode": true, "schema": {"type": "array", "items": {"type": "string"}}}),
        ),
    ]);
    same(&[
        parameter(json!({"name": "id", "in": "query", "schema": {"type": "string"}})),
        parameter(
            json!({"name": "id", "in": "query", "explode": false, "schema": {"type": "string"}}),
        ),
    ]);
    same(&[
        operation(json!({})),
        operation(json!({"deprecated": false, "parameters": []})),
    ]);
}
