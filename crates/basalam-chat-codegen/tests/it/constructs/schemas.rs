//! Schemas at their places of use.

use serde_json::{Value, json};

use crate::change::{ANSWERED, SENT, small_with};

const VEC: &str = "::std::vec::Vec";
const OPTION: &str = "::std::option::Option";
const MAP: &str = "::serde_json::Map<::std::string::String,::serde_json::Value>";
const STRING: &str = "::std::string::String";
const VALUE: &str = "::serde_json::Value";

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn every_accepted_schema_becomes_the_type_it_should() {
    let nullable = json!({ "nullable": true, "allOf": [reference("Link")] });
    let listed = json!({ "type": "array", "items": nullable });
    let described =
        json!({ "allOf": [reference("NoteId")], "description": "Which.", "minimum": 1 });
    let bounded = json!({
        "type": "integer", "format": "int32", "minimum": 0, "exclusiveMaximum": true,
        "maximum": 9, "multipleOf": 3, "default": 3, "example": 6,
    });
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
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
        (listed, format!("{VEC}<{OPTION}<Link>>")),
        (json!({ "type": "object" }), MAP.to_owned()),
        (
            json!({ "type": "object", "additionalProperties": false }),
            MAP.to_owned(),
        ),
        (
            json!({ "type": "object", "additionalProperties": {} }),
            MAP.to_owned(),
        ),
        (texts, map_of),
        (reference("Link"), format!("{OPTION}<Link>")),
        (
            reference("NoteKind"),
            format!("{OPTION}<crate::newtypes::NoteKind>"),
        ),
        (
            reference("Links"),
            format!("{OPTION}<crate::newtypes::Links>"),
        ),
        (
            reference("ReceivedNoteId"),
            format!("{OPTION}<crate::newtypes::NoteId>"),
        ),
        (nullable, format!("{OPTION}<Link>")),
        (described, format!("{OPTION}<crate::newtypes::NoteId>")),
        (
            json!({ "anyOf": [reference("NoteKind"), { "type": "string" }], "nullable": true }),
            format!("{OPTION}<crate::newtypes::NoteKind>"),
        ),
    ];
    for (schema, expected) in cases {
        let generated = small_with(schema.to_string())
            .set(ANSWERED, schema.clone())
            .set(SENT, schema.clone())
            .is_accepted();
        for structure in ["Note", "NewNote"] {
            assert_eq!(generated.field(structure, "odd"), expected, "{schema}");
            let serde = generated.serde(structure, "odd");
            assert!(serde.contains("skip_serializing_if"), "{schema}: {serde}");
        }
    }
}

#[test]
fn a_required_field_that_may_be_null_is_sent_as_an_option_and_refused_in_answers() {
    let schema = json!({ "type": "string", "nullable": true });
    let required = json!(["kind", "text", "odd"]);
    let generated = small_with("required and nullable, sent")
        .set(SENT, schema.clone())
        .set("/components/schemas/NewNote/required", required)
        .is_accepted();
    assert_eq!(
        generated.field("NewNote", "odd"),
        format!("{OPTION}<{STRING}>")
    );
    assert_eq!(
        generated.new_of("NewNote").unwrap(),
        format!("kind:crate::newtypes::NoteKind,odd:{OPTION}<{STRING}>,text:{STRING}")
    );
    for schema in [
        schema,
        json!({ "nullable": true, "allOf": [reference("Link")] }),
    ] {
        small_with("required and nullable, answered")
            .set(ANSWERED, schema)
            .set("/components/schemas/Note/required", json!(["id", "odd"]))
            .is_refused_at(ANSWERED);
    }
}

#[test]
fn every_refused_schema_is_refused_where_it_stands() {
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
        (json!({ "enum": ["a"] }), "/enum"),
        (json!({ "enum": [null] }), "/enum"),
        (json!({ "type": "string", "enum": ["a", null] }), "/enum"),
        (json!({ "type": "string", "const": "a" }), "/const"),
        (json!({ "const": "a" }), "/const"),
        (json!({ "type": "string", "format": "password" }), "/format"),
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
        (json!({ "type": "object", "properties": {} }), ""),
        (json!({ "type": "object", "properties": { "a": {} } }), ""),
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
        for at in [ANSWERED, SENT] {
            let changed = small_with(schema.to_string()).set(at, schema.clone());
            match changed.generate() {
                // The reader of documents is the first to see a wrong form that it knows.
                Err(error) if error.is_unreadable() => panic!("{schema}: {error}"),
                _ => changed.is_refused_also_at(&format!("{at}{place}")),
            };
        }
    }
}

#[test]
fn what_openapi_does_not_name_is_passed_over_only_as_an_extension() {
    small_with("an extension")
        .set(
            ANSWERED,
            json!({ "type": "string", "x-rust-type": { "crate": "std" } }),
        )
        .is_accepted();
    small_with("a keyword that nobody knows")
        .set(ANSWERED, json!({ "type": "string", "sort-of": 1 }))
        .is_refused_at(&format!("{ANSWERED}/sort-of"));
}
