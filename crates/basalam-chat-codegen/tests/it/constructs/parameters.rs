//! Parameters.

use serde_json::{Value, json};

use crate::test_document::{GET_NOTE, LIST_NOTES, small_document};

/// Appends a fourth parameter to `list_notes`.
const APPEND: &str = "/paths/~1v1~1notes/get/parameters/-";
const FOURTH: &str = "/paths/~1v1~1notes/get/parameters/3";

fn parameter(location: &str, schema: Value) -> Value {
    json!({ "name": "probe", "in": location, "schema": schema })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn optional_parameters_become_optional_arguments() {
    let cases = [
        (json!({ "type": "string", "maxLength": 3 }), "&'astr"),
        (json!({ "type": "string", "format": "date" }), "&'astr"),
        (
            json!({ "type": "integer", "minimum": 1, "default": 2 }),
            "i64",
        ),
        (json!({ "type": "number" }), "f64"),
        (json!({ "type": "boolean" }), "bool"),
        (reference("NoteId"), "&'asuper::newtypes::NoteId"),
        (reference("NoteKind"), "&'asuper::newtypes::NoteKind"),
        (reference("Colour"), "&'asuper::newtypes::Colour"),
        (reference("ReceivedNoteId"), "&'asuper::newtypes::NoteId"),
        (
            json!({ "allOf": [reference("NoteId")], "description": "Which." }),
            "&'asuper::newtypes::NoteId",
        ),
    ];
    for (schema, argument) in cases {
        for location in ["query", "header"] {
            let generated = small_document(format!("{location} {schema}"))
                .set(APPEND, parameter(location, schema.clone()))
                .expect_generated();
            let arguments = generated.operation_arguments("list_notes");
            assert!(
                arguments.contains(&format!("probe:Option<{argument}>")),
                "{arguments}"
            );
            assert!(generated.client_contains(".headers(header_map)"));

            let generated = small_document(format!("{location} {schema}, required"))
                .set(APPEND, parameter(location, schema.clone()))
                .set(&format!("{FOURTH}/required"), json!(true))
                .expect_generated();
            let arguments = generated.operation_arguments("list_notes");
            assert!(
                arguments.contains(&format!("probe:{argument}")),
                "{arguments}"
            );
        }
        let generated = small_document(format!("path {schema}"))
            .set("/components/parameters/NoteId/schema", schema)
            .expect_generated();
        assert_eq!(
            generated.operation_arguments("get_note"),
            format!("&'aself,note_id:{argument}")
        );
    }
}

#[test]
fn requests_without_header_parameters_build_no_headers() {
    let generated = small_document("no header")
        .set(&format!("{LIST_NOTES}/parameters"), json!([]))
        .expect_generated();
    assert!(!generated.client_contains("header_map"));
}

#[test]
fn rejects_object_and_nullable_parameters_and_arrays_outside_queries() {
    for schema in [
        json!({}),
        json!({ "type": "array", "items": {} }),
        json!({ "type": "array", "items": { "type": "array", "items": { "type": "string" } } }),
        json!({ "type": "array", "items": { "type": "string", "nullable": true } }),
        json!({ "type": "array", "items": reference("Note") }),
        json!({ "type": "object" }),
        reference("Links"),
        reference("Link"),
    ] {
        for location in ["query", "header"] {
            small_document(format!("{location} {schema}"))
                .set(APPEND, parameter(location, schema.clone()))
                .expect_diagnostic_at(&format!("{FOURTH}/schema"));
        }
    }
    small_document("an array in a header")
        .set(
            APPEND,
            parameter(
                "header",
                json!({ "type": "array", "items": { "type": "string" } }),
            ),
        )
        .expect_diagnostic_at(&format!("{FOURTH}/schema"));
    let nullable = parameter("query", json!({ "type": "string", "nullable": true }));
    let document = small_document("a nullable parameter").set(APPEND, nullable);
    let arguments = document
        .expect_generated()
        .operation_arguments("list_notes");
    assert!(arguments.contains("probe:Option<&'astr>"), "{arguments}");
    document
        .set(&format!("{FOURTH}/required"), json!(true))
        .expect_diagnostic_at(&format!("{FOURTH}/schema/nullable"));
}

#[test]
fn query_parameters_may_be_arrays() {
    for (items, item_type) in [
        (json!({ "type": "string" }), "::std::string::String"),
        (json!({ "type": "integer" }), "i64"),
        (reference("NoteKind"), "super::newtypes::NoteKind"),
        (reference("NoteId"), "super::newtypes::NoteId"),
        (
            json!({ "type": "string", "enum": ["a"] }),
            "super::newtypes::ListNotesProbeItem",
        ),
    ] {
        let array = json!({ "type": "array", "items": items, "minItems": 1 });
        for (explode, is_exploded) in [(None, true), (Some(true), true), (Some(false), false)] {
            let mut document =
                small_document(array.to_string()).set(APPEND, parameter("query", array.clone()));
            if let Some(explode) = explode {
                document = document.set(&format!("{FOURTH}/explode"), json!(explode));
            }
            let generated = document.expect_generated();
            let arguments = generated.operation_arguments("list_notes");
            let expected = format!("probe:Option<&'a::std::vec::Vec<{item_type}>>");
            assert!(arguments.contains(&expected), "{arguments}");
            let repeated = r#"progenitor_client::QueryParam::new("probe", &probe)"#;
            let joined = r#"::basalam_chat_api::query::CommaSeparated::new("probe", probe)"#;
            assert_eq!(generated.client_contains(repeated), is_exploded);
            assert_eq!(generated.client_contains(joined), !is_exploded);
            let joined = r#"query_param("probe", ::basalam_chat_api::query::join(value))"#;
            assert_eq!(generated.mock_contains(joined), !is_exploded);
        }
    }
}

#[test]
fn headers_that_openapi_ignores_are_no_arguments() {
    let expected = small_document("none").expect_generated().sources;
    for name in ["Accept", "content-type", "Authorization", "AUTHORIZATION"] {
        let header = json!({ "name": name, "in": "header", "schema": { "type": "object" } });
        let generated = small_document(name).set(APPEND, header).expect_generated();
        assert_eq!(generated.sources.client, expected.client, "{name}");
        assert_eq!(generated.sources.mock, expected.mock, "{name}");
    }
    let query = json!({ "name": "authorization", "in": "query", "schema": { "type": "string" } });
    let generated = small_document("a query")
        .set(APPEND, query)
        .expect_generated();
    assert!(
        generated
            .operation_arguments("list_notes")
            .contains("authorization:Option<")
    );
}

#[test]
fn secrets_are_allowed_in_paths_only() {
    for location in ["query", "header"] {
        small_document(format!("a secret in a {location}"))
            .set(APPEND, parameter(location, reference("ShareToken")))
            .expect_diagnostic_at(&format!("{FOURTH}/schema/$ref"));
    }
    small_document("an inline secret")
        .set(
            APPEND,
            parameter("query", json!({ "type": "string", "format": "password" })),
        )
        .expect_diagnostic_at(&format!("{FOURTH}/schema/format"));
    let generated = small_document("a secret in a path").expect_generated();
    assert_eq!(
        generated.operation_arguments("get_shared_note"),
        "&'aself,share_token:&'asuper::newtypes::ShareToken"
    );
    assert!(generated.newtypes_contain("::basalam_chat_api::define::secret! {"));
    assert!(generated.operations_contain(
        r#"path: "/v1/shared/{share_token}", idempotent: true,
           authorization: Authorization::None, success: 200u16, secret_path: true,"#
    ));
}

#[test]
fn rejects_other_styles_and_fields() {
    let at = |field: &str| format!("{FOURTH}/{field}");
    let string = json!({ "type": "string" });
    small_document("a cookie")
        .set(APPEND, parameter("cookie", string.clone()))
        .expect_diagnostic_at(&at("in"));
    for style in [
        "deepObject",
        "spaceDelimited",
        "pipeDelimited",
        "simple",
        "sideways",
    ] {
        small_document(style)
            .set(APPEND, parameter("query", string.clone()))
            .set(&at("style"), json!(style))
            .expect_diagnostic_at(&at("style"));
    }
    for style in ["label", "matrix"] {
        small_document(style)
            .set("/components/parameters/NoteId/style", json!(style))
            .expect_diagnostic_at("/components/parameters/NoteId/style");
    }
    small_document("form")
        .set(APPEND, parameter("query", string.clone()))
        .set(&at("style"), json!("form"))
        .set(&at("explode"), json!(true))
        .expect_generated();
    for field in [
        "allowReserved",
        "allowEmptyValue",
        "content",
        "collectionFormat",
    ] {
        small_document(field)
            .set(APPEND, parameter("query", string.clone()))
            .set(&at(field), json!(true))
            .expect_diagnostic_at(&at(field));
    }
    small_document("content instead of a schema")
        .set(
            APPEND,
            json!({
                "name": "probe", "in": "query",
                "content": { "application/json": { "schema": { "type": "string" } } },
            }),
        )
        .expect_diagnostic_among_others_at(&at("content"));
    small_document("neither content nor a schema")
        .set(APPEND, json!({ "name": "probe", "in": "query" }))
        .expect_diagnostic_at(FOURTH);
    small_document("a description that is not a string")
        .set(APPEND, parameter("query", string))
        .set(&at("description"), json!({}))
        .expect_diagnostic_at(&at("description"));
}

#[test]
fn rejects_invalid_parameter_objects() {
    for (parameter, place) in [
        (json!({ "in": "query" }), "/name"),
        (json!({ "name": "probe" }), "/in"),
        (json!({ "name": "probe", "in": "body" }), "/in"),
        (json!({ "name": "kind", "in": "query" }), ""),
        (json!({ "name": "x-language", "in": "header" }), ""),
        (
            json!({ "name": "probe", "in": "query", "required": "yes" }),
            "/required",
        ),
        (
            json!({ "$ref": "#/components/parameters/Nowhere" }),
            "/$ref",
        ),
        (json!("probe"), ""),
    ] {
        small_document(parameter.to_string())
            .set(APPEND, parameter)
            .expect_diagnostic_among_others_at(&format!("{FOURTH}{place}"));
    }
}

#[test]
fn path_parameters_must_match_the_path() {
    small_document("a parameter that is not in the path")
        .set(
            &format!("{GET_NOTE}/parameters"),
            json!([
                { "name": "probe", "in": "path", "required": true, "schema": { "type": "string" } },
            ]),
        )
        .expect_diagnostic_at(&format!("{GET_NOTE}/parameters/0"));
    let operation = json!({
        "get": {
            "operationId": "probe",
            "x-idempotent": true,
            "security": [],
            "responses": { "204": { "description": "" } },
        },
    });
    small_document("an undescribed path parameter")
        .set("/paths/~1v1~1{probe}", operation)
        .expect_diagnostic_at("/paths/~1v1~1{probe}/get");
    small_document("a query parameter instead of a path parameter")
        .set("/components/parameters/NoteId/in", json!("query"))
        .expect_diagnostic_among_others_at(GET_NOTE);
}

#[test]
fn operation_parameters_override_path_parameters() {
    let overriding = json!({
        "name": "note_id", "in": "path", "required": true, "schema": reference("Colour"),
    });
    let generated = small_document("an overriding parameter")
        .set(&format!("{GET_NOTE}/parameters"), json!([overriding]))
        .expect_generated();
    assert_eq!(
        generated.operation_arguments("get_note"),
        "&'aself,note_id:&'asuper::newtypes::Colour"
    );
    assert_eq!(
        generated.operation_arguments("delete_note"),
        "&'aself,note_id:&'asuper::newtypes::NoteId"
    );
    let other = json!({ "name": "note_id", "in": "query", "schema": { "type": "string" } });
    small_document("one name in path and query")
        .set(&format!("{GET_NOTE}/parameters"), json!([other]))
        .expect_diagnostic_at(&format!("{GET_NOTE}/parameters/0/name"));
}
