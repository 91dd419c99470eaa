//! Request bodies.

use serde_json::{Value, json};

use crate::test_document::{CREATE_NOTE, small_document};

fn content(media_type: &str) -> Value {
    json!({ media_type: { "schema": { "$ref": "#/components/schemas/NewNote" } } })
}

#[test]
fn json_body_becomes_an_argument() {
    let generated = small_document("a body").expect_generated();
    assert_eq!(
        generated.operation_arguments("create_note"),
        "&'aself,body:&'atypes::NewNote"
    );
    assert!(generated.client_contains(".json(&body)"));
}

#[test]
fn sends_and_mocks_bodies_of_every_json_type() {
    let link = json!({ "$ref": "#/components/schemas/Link" });
    let cases = [
        (json!({}), "&'a::serde_json::Value", false),
        (json!({ "type": "string" }), "&'astr", false),
        (json!({ "type": "integer" }), "i64", true),
        (json!({ "type": "boolean" }), "bool", true),
        (
            json!({ "type": "array", "items": link }),
            "&'a::std::vec::Vec<types::Link>",
            false,
        ),
        (
            json!({ "allOf": [link], "nullable": true }),
            "::std::option::Option<&'atypes::Link>",
            true,
        ),
    ];
    for (schema, argument, is_owned) in cases {
        let generated = small_document(schema.to_string())
            .set(
                &format!("{CREATE_NOTE}/requestBody/content"),
                json!({ "application/json": { "schema": schema } }),
            )
            .expect_generated();
        let arguments = generated.operation_arguments("create_note");
        assert_eq!(
            arguments
                .replace("Option<", "::std::option::Option<")
                .replace("::std::option::::std::option::", "::std::option::",),
            format!("&'aself,body:{argument}")
        );
        assert_eq!(
            generated.mock_contains("Self(self.0.json_body_obj(&value))"),
            is_owned
        );
    }
}

#[test]
fn rejects_bodies_of_other_media_types() {
    for media_type in [
        "application/merge-patch+json",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "text/plain",
        "*/*",
    ] {
        let at = format!("{CREATE_NOTE}/requestBody/content");
        small_document(media_type)
            .set(&at, content(media_type))
            .expect_diagnostic_at(&format!("{at}/{}", media_type.replace('/', "~1")));
    }
}

#[test]
fn multipart_operations_are_in_the_table_but_not_in_the_client() {
    let generated = small_document("multipart")
        .set(
            &format!("{CREATE_NOTE}/requestBody/content"),
            content("multipart/form-data"),
        )
        .expect_generated();
    assert!(!generated.client_contains("fn create_note"));
    assert!(!generated.mock_contains("CreateNoteWhen"));
    assert!(generated.operations_contain(r#"id: "create_note", method: ::reqwest::Method::POST"#));
    assert!(
        generated.has_struct("Note"),
        "its response type is generated"
    );
}

#[test]
fn rejects_bodies_without_exactly_one_media_type() {
    let at = format!("{CREATE_NOTE}/requestBody/content");
    small_document("no media type")
        .set(&at, json!({}))
        .expect_diagnostic_at(&at);
    let mut two = content("application/json");
    for media_type in ["multipart/form-data", "application/x-www-form-urlencoded"] {
        two[media_type] = json!({ "schema": {} });
        small_document(media_type)
            .set(&at, two.clone())
            .expect_diagnostic_at(&at);
    }
}

#[test]
fn rejects_optional_bodies() {
    let at = format!("{CREATE_NOTE}/requestBody/required");
    small_document("an optional body")
        .set(&at, json!(false))
        .expect_diagnostic_at(&at);
    small_document("a body without `required`")
        .remove(&at)
        .expect_diagnostic_at(&at);
}

#[test]
fn rejects_bodies_without_a_schema_or_with_an_encoding() {
    let at = format!("{CREATE_NOTE}/requestBody/content/application~1json");
    small_document("no schema")
        .set(&at, json!({}))
        .expect_diagnostic_at(&at);
    small_document("an encoding")
        .set(&format!("{at}/encoding"), json!({}))
        .expect_diagnostic_at(&format!("{at}/encoding"));
    small_document("examples")
        .set(&format!("{at}/examples"), json!({}))
        .expect_generated();
    small_document("a schema that is true")
        .set(&format!("{at}/schema"), json!(true))
        .expect_diagnostic_at(&format!("{at}/schema"));
}

#[test]
fn resolves_references_to_bodies() {
    let body = json!({ "required": true, "content": content("application/json") });
    let generated = small_document("a shared body")
        .set("/components/requestBodies", json!({ "New": body }))
        .set(
            &format!("{CREATE_NOTE}/requestBody"),
            json!({ "$ref": "#/components/requestBodies/New" }),
        )
        .expect_generated();
    assert_eq!(
        generated.operation_arguments("create_note"),
        "&'aself,body:&'atypes::NewNote"
    );
    small_document("a reference to a missing body")
        .set(
            &format!("{CREATE_NOTE}/requestBody"),
            json!({ "$ref": "#/components/requestBodies/New" }),
        )
        .expect_diagnostic_among_others_at(&format!("{CREATE_NOTE}/requestBody/$ref"));
}
