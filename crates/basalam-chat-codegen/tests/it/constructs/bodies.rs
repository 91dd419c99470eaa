//! Request bodies.

use serde_json::{Value, json};

use crate::change::{CREATE, small_with};

fn content(media_type: &str) -> Value {
    json!({ media_type: { "schema": { "$ref": "#/components/schemas/NewNote" } } })
}

#[test]
fn a_body_in_json_is_an_argument() {
    let generated = small_with("a body").is_accepted();
    assert_eq!(
        generated.arguments("create_note"),
        "&'aself,body:&'atypes::NewNote"
    );
    assert!(generated.client_has(".json(&body)"));
}

#[test]
fn a_body_of_any_json_type_can_be_sent_and_mocked() {
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
    for (schema, argument, by_value) in cases {
        let generated = small_with(schema.to_string())
            .set(
                &format!("{CREATE}/requestBody/content"),
                json!({ "application/json": { "schema": schema } }),
            )
            .is_accepted();
        let arguments = generated.arguments("create_note");
        assert_eq!(
            arguments
                .replace("Option<", "::std::option::Option<")
                .replace("::std::option::::std::option::", "::std::option::",),
            format!("&'aself,body:{argument}")
        );
        assert_eq!(
            generated.mock_has("Self(self.0.json_body_obj(&value))"),
            by_value
        );
    }
}

#[test]
fn bodies_in_other_media_types_are_refused() {
    for media_type in [
        "application/merge-patch+json",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "text/plain",
        "*/*",
    ] {
        let at = format!("{CREATE}/requestBody/content");
        small_with(media_type)
            .set(&at, content(media_type))
            .is_refused_at(&format!("{at}/{}", media_type.replace('/', "~1")));
    }
}

#[test]
fn a_body_in_multipart_is_left_to_be_sent_by_hand_and_is_in_the_table() {
    let generated = small_with("multipart")
        .set(
            &format!("{CREATE}/requestBody/content"),
            content("multipart/form-data"),
        )
        .is_accepted();
    assert!(!generated.client_has("fn create_note"));
    assert!(!generated.mock_has("CreateNoteWhen"));
    assert!(generated.operations_have(r#"id: "create_note", method: ::reqwest::Method::POST"#));
    assert!(generated.has_structure("Note"), "its answer is still read");
}

#[test]
fn a_body_in_no_or_several_media_types_is_refused() {
    let at = format!("{CREATE}/requestBody/content");
    small_with("no media type")
        .set(&at, json!({}))
        .is_refused_at(&at);
    let mut two = content("application/json");
    for media_type in ["multipart/form-data", "application/x-www-form-urlencoded"] {
        two[media_type] = json!({ "schema": {} });
        small_with(media_type)
            .set(&at, two.clone())
            .is_refused_at(&at);
    }
}

#[test]
fn a_body_that_may_be_left_out_is_refused() {
    let at = format!("{CREATE}/requestBody/required");
    small_with("an optional body")
        .set(&at, json!(false))
        .is_refused_at(&at);
    small_with("a body that says nothing of it")
        .remove(&at)
        .is_refused_at(&at);
}

#[test]
fn a_body_without_a_schema_or_with_more_than_one_is_refused() {
    let at = format!("{CREATE}/requestBody/content/application~1json");
    small_with("no schema")
        .set(&at, json!({}))
        .is_refused_at(&at);
    small_with("an encoding")
        .set(&format!("{at}/encoding"), json!({}))
        .is_refused_at(&format!("{at}/encoding"));
    small_with("examples")
        .set(&format!("{at}/examples"), json!({}))
        .is_accepted();
    small_with("a schema that is true")
        .set(&format!("{at}/schema"), json!(true))
        .is_refused_at(&format!("{at}/schema"));
}

#[test]
fn a_body_that_is_a_reference_is_followed() {
    let body = json!({ "required": true, "content": content("application/json") });
    let generated = small_with("a shared body")
        .set("/components/requestBodies", json!({ "New": body }))
        .set(
            &format!("{CREATE}/requestBody"),
            json!({ "$ref": "#/components/requestBodies/New" }),
        )
        .is_accepted();
    assert_eq!(
        generated.arguments("create_note"),
        "&'aself,body:&'atypes::NewNote"
    );
    small_with("a body that is not there")
        .set(
            &format!("{CREATE}/requestBody"),
            json!({ "$ref": "#/components/requestBodies/New" }),
        )
        .is_unreadable_at(&format!("{CREATE}/requestBody/$ref"));
}
