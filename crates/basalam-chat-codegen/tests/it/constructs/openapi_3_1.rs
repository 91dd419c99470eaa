//! Constructs of OpenAPI 3.1 that have an equivalent in 3.0.

use serde_json::{Value, json};

use crate::test_document::{
    GET_NOTE, LIST_NOTES, REQUEST_PROPERTY, RESPONSE_PROPERTY, TestDocument, small_document,
};

fn document(label: impl Into<String>) -> TestDocument {
    small_document(label).set("/openapi", json!("3.1.0"))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn schemas_are_generated_like_their_equivalents() {
    let null = json!({ "type": "null" });
    let cases = [
        (json!(true), json!({})),
        (
            json!({ "type": ["string", "null"] }),
            json!({ "type": "string", "nullable": true }),
        ),
        (json!({ "type": ["integer"] }), json!({ "type": "integer" })),
        (
            json!({ "type": "array", "items": { "type": ["null", "number"] } }),
            json!({ "type": "array", "items": { "type": "number", "nullable": true } }),
        ),
        (
            json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, null], "title": "Id" }),
            json!({ "type": "integer", "nullable": true }),
        ),
        (
            json!({ "oneOf": [null, { "type": "array", "items": { "type": "string" } }] }),
            json!({ "type": "array", "items": { "type": "string" }, "nullable": true }),
        ),
        (json!({ "anyOf": [{}, null] }), json!({ "nullable": true })),
        (
            json!({ "anyOf": [reference("Link"), { "const": null }], "description": "A link." }),
            json!({ "allOf": [reference("Link")], "nullable": true, "description": "A link." }),
        ),
        (
            json!({ "anyOf": [reference("NoteKind"), { "type": "string" }, null] }),
            json!({ "anyOf": [reference("NoteKind"), { "type": "string" }], "nullable": true }),
        ),
        (
            json!({ "$ref": "#/components/schemas/NoteId", "description": "Which." }),
            json!({ "allOf": [reference("NoteId")], "description": "Which." }),
        ),
        (
            json!({ "const": "a" }),
            json!({ "type": "string", "enum": ["a"] }),
        ),
        (
            json!({ "type": ["string", "null"], "enum": ["a", "b", null] }),
            json!({ "type": "string", "enum": ["a", "b"], "nullable": true }),
        ),
        (
            json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 9.5 }),
            json!({ "type": "number" }),
        ),
        (
            json!({ "type": "string", "examples": ["a"], "$comment": "Why." }),
            json!({ "type": "string" }),
        ),
        (
            json!({ "type": "string", "contentMediaType": "application/octet-stream" }),
            json!({ "type": "string", "format": "binary" }),
        ),
        (
            json!({ "type": "string", "contentEncoding": "base64" }),
            json!({ "type": "string", "format": "byte" }),
        ),
    ];
    for (schema, equivalent) in cases {
        let schema = replace_null_schema(schema, &null);
        for at in [RESPONSE_PROPERTY, REQUEST_PROPERTY] {
            let found = document(schema.to_string())
                .set(at, schema.clone())
                .expect_generated();
            let expected = small_document("3.0")
                .set(at, equivalent.clone())
                .expect_generated();
            assert_eq!(found.sources, expected.sources, "{schema}");
        }
    }
}

/// Replaces null in `anyOf` and `oneOf` by the schema of null.
fn replace_null_schema(mut schema: Value, null: &Value) -> Value {
    for keyword in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get_mut(keyword).and_then(Value::as_array_mut) {
            choices
                .iter_mut()
                .filter(|choice| choice.is_null())
                .for_each(|it| *it = null.clone());
        }
    }
    schema
}

#[test]
fn nullable_optional_parameters_are_optional() {
    let schema = json!({ "anyOf": [{ "type": "integer" }, { "type": "null" }], "default": 1 });
    let generated = document("a nullable parameter")
        .set(&format!("{LIST_NOTES}/parameters/1/schema"), schema)
        .expect_generated();
    let arguments = generated.operation_arguments("list_notes");
    assert!(arguments.contains("limit:Option<i64>"), "{arguments}");
}

#[test]
fn reports_constructs_without_an_equivalent_at_their_places() {
    for (schema, place) in [
        (json!(false), ""),
        (json!({ "type": ["string", "integer"] }), "/type"),
        (json!({ "type": ["string", "integer", "null"] }), "/type"),
        (json!({ "type": "null" }), "/type"),
        (json!({ "const": 1 }), "/const"),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
            "/anyOf",
        ),
        (
            json!({ "anyOf": [{ "type": "string", "patternProperties": {} }, { "type": "null" }] }),
            "/anyOf/0/patternProperties",
        ),
        (
            json!({ "oneOf": [{ "type": "null" }, { "type": "array", "items": { "type": "file" } }] }),
            "/oneOf/1/items/type",
        ),
        (
            json!({ "type": "array", "prefixItems": [{}], "items": {} }),
            "/prefixItems",
        ),
        (
            json!({ "type": "string", "contentMediaType": "image/png" }),
            "/contentMediaType",
        ),
        (json!({ "if": {}, "then": {} }), "/if"),
    ] {
        document(schema.to_string())
            .set(RESPONSE_PROPERTY, schema)
            .expect_diagnostic_among_others_at(&format!("{RESPONSE_PROPERTY}{place}"));
    }
}

#[test]
fn lists_all_problems_sorted_by_place_with_their_count() {
    let error = document("problems in every part")
        .set("/servers", json!([{ "url": "https://notes.example/a?b" }]))
        .set(&format!("{LIST_NOTES}/parameters/0/in"), json!("body"))
        .set(&format!("{LIST_NOTES}/parameters/2/required"), json!("no"))
        .set(&format!("{GET_NOTE}/responses/2000"), json!({}))
        .set(&format!("{GET_NOTE}/operationId"), json!("get"))
        .set(&format!("{GET_NOTE}/x-idempotent"), json!(1))
        .set(RESPONSE_PROPERTY, json!({ "const": 1 }))
        .generate()
        .err()
        .unwrap();
    let places: Vec<&str> = error
        .diagnostics()
        .iter()
        .map(|it| it.pointer.as_str())
        .collect();
    assert_eq!(
        places,
        [
            "/components/schemas/Note/properties/probe/const",
            "/paths/~1v1~1notes/get/parameters/0/in",
            "/paths/~1v1~1notes/get/parameters/2/required",
            "/paths/~1v1~1notes~1{note_id}/get/responses/2000",
            "/paths/~1v1~1notes~1{note_id}/get/x-idempotent",
            "/servers/0/url",
        ]
    );
    assert!(
        error.to_string().contains(": 6 problems\n  /components/"),
        "{error}"
    );
}
