//! Schemas at places of use.

use serde_json::{Value, json};

use crate::test_document::{REQUEST_PROPERTY, RESPONSE_PROPERTY, small_document};

const VEC: &str = "::std::vec::Vec";
const OPTION: &str = "::std::option::Option";
const MAP: &str = "::serde_json::Map<::std::string::String,::serde_json::Value>";
const STRING: &str = "::std::string::String";
const VALUE: &str = "::serde_json::Value";

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn supported_schemas_become_the_expected_types() {
    let nullable = json!({ "nullable": true, "allOf": [reference("Link")] });
    let array = json!({ "type": "array", "items": nullable });
    let described =
        json!({ "allOf": [reference("NoteId")], "description": "Which.", "minimum": 1 });
    let bounded = json!({
        "type": "integer", "format": "int32", "minimum": 0, "exclusiveMaximum": true,
        "maximum": 9, "multipleOf": 3, "default": 3, "example": 6,
    });
    let string_map = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let map_of = format!("::std::collections::BTreeMap<{STRING},{STRING}>");
    let cases = [
        (json!({}), format!("{OPTION}<{VALUE}>")),
        (json!({ "nullable": true }), format!("{OPTION}<{VALUE}>")),
        (
            json!({ "type": "string", "nullable": true }),
            format!("{OPTION}<{STRING}>"),
        ),
        (
            json!({ "type": "string", "format": "date-time" }),
            format!("{OPTION}<{STRING}>"),
        ),
        (
            json!({ "type": "string", "maxLength": 3 }),
            format!("{OPTION}<{STRING}>"),
        ),
        (bounded, format!("{OPTION}<i64>")),
        (
            json!({ "type": "number", "format": "float" }),
            format!("{OPTION}<f64>"),
        ),
        (
            json!({ "type": "boolean", "default": false }),
            format!("{OPTION}<bool>"),
        ),
        (
            json!({ "type": "array", "items": {} }),
            format!("{VEC}<{VALUE}>"),
        ),
        (
            json!({ "type": "array", "items": { "type": "string" }, "nullable": true }),
            format!("{OPTION}<{VEC}<{STRING}>>"),
        ),
        (array, format!("{VEC}<{OPTION}<Link>>")),
        (json!({ "type": "object" }), MAP.to_owned()),
        (
            json!({ "type": "object", "additionalProperties": false }),
            MAP.to_owned(),
        ),
        (
            json!({ "type": "object", "additionalProperties": {} }),
            MAP.to_owned(),
        ),
        (string_map, map_of),
        (reference("Link"), format!("{OPTION}<Link>")),
        (
            reference("NoteKind"),
            format!("{OPTION}<super::super::newtypes::NoteKind>"),
        ),
        (
            reference("Links"),
            format!("{OPTION}<super::super::newtypes::Links>"),
        ),
        (
            reference("ReceivedNoteId"),
            format!("{OPTION}<super::super::newtypes::NoteId>"),
        ),
        (nullable, format!("{OPTION}<Link>")),
        (
            described,
            format!("{OPTION}<super::super::newtypes::NoteId>"),
        ),
        (
            json!({ "anyOf": [reference("NoteKind"), { "type": "string" }], "nullable": true }),
            format!("{OPTION}<super::super::newtypes::NoteKind>"),
        ),
    ];
    for (schema, expected) in cases {
        let generated = small_document(schema.to_string())
            .set(RESPONSE_PROPERTY, schema.clone())
            .set(REQUEST_PROPERTY, schema.clone())
            .expect_generated();
        for structure in ["Note", "NewNote"] {
            assert_eq!(
                generated.field_type(structure, "probe"),
                expected,
                "{schema}"
            );
            let serde = generated.serde_attributes(structure, "probe");
            assert!(serde.contains("skip_serializing_if"), "{schema}: {serde}");
        }
    }
}

#[test]
fn required_nullable_properties_are_optional_in_responses() {
    let schema = json!({ "type": "string", "nullable": true });
    let required = json!(["kind", "text", "probe"]);
    let generated = small_document("required and nullable in a request")
        .set(REQUEST_PROPERTY, schema.clone())
        .set("/components/schemas/NewNote/required", required)
        .expect_generated();
    assert_eq!(
        generated.field_type("NewNote", "probe"),
        format!("{OPTION}<{STRING}>")
    );
    assert_eq!(
        generated.constructor_arguments("NewNote").unwrap(),
        format!("kind:super::super::newtypes::NoteKind,probe:{OPTION}<{STRING}>,text:{STRING}")
    );
    for schema in [
        schema,
        json!({ "nullable": true, "allOf": [reference("Link")] }),
    ] {
        let document = small_document("required and nullable in a response")
            .set(RESPONSE_PROPERTY, schema)
            .set("/components/schemas/Note/required", json!(["id", "probe"]));
        let generated = document.expect_generated();
        assert!(generated.field_type("Note", "probe").starts_with(OPTION));
        let serde = generated.serde_attributes("Note", "probe");
        assert!(serde.contains("skip_serializing_if"), "{serde}");
        // Also in a request, which must contain it.
        document
            .set(REQUEST_PROPERTY, reference("Note"))
            .expect_diagnostic_at(RESPONSE_PROPERTY);
    }
}

#[test]
fn rejects_unsupported_schemas() {
    let cases = [
        (json!(true), ""),
        (json!(null), ""),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }),
            "/anyOf",
        ),
        (
            json!({ "anyOf": [reference("Link"), reference("Note")] }),
            "/anyOf",
        ),
        (json!({ "anyOf": [] }), "/anyOf"),
        (
            json!({ "anyOf": [reference("Link"), { "type": "string" }] }),
            "/anyOf",
        ),
        (
            json!({ "anyOf": [reference("NoteId"), { "type": "string", "nullable": true }] }),
            "/anyOf",
        ),
        (json!({ "oneOf": [reference("Link")] }), "/oneOf"),
        (
            json!({ "oneOf": [], "discriminator": { "propertyName": "a" } }),
            "/oneOf",
        ),
        (json!({ "not": {} }), "/not"),
        (
            json!({ "allOf": [reference("Link"), reference("Note")] }),
            "/allOf",
        ),
        (json!({ "allOf": [{ "type": "object" }] }), "/allOf"),
        (json!({ "allOf": [] }), "/allOf"),
        (json!({ "allOf": {} }), "/allOf"),
        (json!({ "type": ["string", "null"] }), "/type"),
        (json!({ "type": "null" }), "/type"),
        (json!({ "type": "file" }), "/type"),
        (json!({ "type": 3 }), "/type"),
        (
            json!({ "type": "integer", "exclusiveMinimum": 1 }),
            "/exclusiveMinimum",
        ),
        (json!({ "type": "integer", "minimum": "1" }), "/minimum"),
        (json!({ "type": "integer", "enum": [1, 2] }), "/enum"),
        (json!({ "enum": [null] }), "/enum"),
        (json!({ "type": "string", "enum": ["a", null] }), "/enum"),
        (json!({ "type": "string", "const": "a" }), "/const"),
        (json!({ "const": "a" }), "/const"),
        (
            json!({ "type": "array", "items": { "type": "string", "format": "password" } }),
            "/items/format",
        ),
        (
            json!({ "$ref": "#/components/schemas/Colour", "format": "password" }),
            "",
        ),
        (json!({ "type": "string", "maxLength": -1 }), "/maxLength"),
        (json!({ "type": "string", "nullable": "yes" }), "/nullable"),
        (
            json!({ "type": "string", "description": 3 }),
            "/description",
        ),
        (json!({ "type": "string", "readOnly": true }), "/readOnly"),
        (
            json!({ "type": "string", "contentEncoding": "base64" }),
            "/contentEncoding",
        ),
        (json!({ "type": "array" }), ""),
        (json!({ "type": "array", "items": [{}] }), "/items"),
        (
            json!({ "type": "array", "prefixItems": [], "items": {} }),
            "/prefixItems",
        ),
        (json!({ "type": "object", "properties": {} }), "/properties"),
        (
            json!({ "type": "object", "additionalProperties": 3 }),
            "/additionalProperties",
        ),
        (
            json!({ "type": "object", "patternProperties": {} }),
            "/patternProperties",
        ),
        (json!({ "properties": { "a": {} } }), "/properties"),
        (json!({ "type": "object", "xml": {} }), "/xml"),
        (
            json!({ "$ref": "#/components/schemas/Link", "nullable": true }),
            "",
        ),
        (json!({ "$ref": "#/components/schemas/Nowhere" }), "/$ref"),
        (
            json!({ "$ref": "#/components/schemas/Note/properties/id" }),
            "/$ref",
        ),
        (json!({ "$ref": "#/components/responses/Invalid" }), "/$ref"),
        (
            json!({ "$ref": "other.json#/components/schemas/Link" }),
            "/$ref",
        ),
        (
            json!({ "$ref": "https://notes.example/link.json" }),
            "/$ref",
        ),
        (json!({ "$ref": "#Link" }), "/$ref"),
        (json!({ "$ref": 3 }), "/$ref"),
        (
            json!({ "allOf": [{ "$ref": "#/components/schemas/Nowhere" }] }),
            "/allOf/0/$ref",
        ),
        (reference("ShareToken"), "/$ref"),
        (
            json!({ "allOf": [reference("ShareToken")] }),
            "/allOf/0/$ref",
        ),
        (
            json!({ "type": "array", "items": reference("ShareToken") }),
            "/items/$ref",
        ),
    ];
    for (schema, place) in cases {
        for at in [RESPONSE_PROPERTY, REQUEST_PROPERTY] {
            let document = small_document(schema.to_string()).set(at, schema.clone());
            match document.generate() {
                // An unsupported schema must not be a parse error.
                Err(error) if error.is_parse() => panic!("{schema}: {error}"),
                _ => document.expect_diagnostic_among_others_at(&format!("{at}{place}")),
            };
        }
    }
}

#[test]
fn ignores_extensions_but_not_unknown_keywords() {
    small_document("an extension")
        .set(
            RESPONSE_PROPERTY,
            json!({ "type": "string", "x-rust-type": { "crate": "std" } }),
        )
        .expect_generated();
    small_document("an unknown keyword")
        .set(RESPONSE_PROPERTY, json!({ "type": "string", "sort-of": 1 }))
        .expect_diagnostic_at(&format!("{RESPONSE_PROPERTY}/sort-of"));
}
