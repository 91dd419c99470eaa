//! Parameters.

use serde_json::{Value, json};

use crate::change::{GET, LIST, small_with};

/// Where the small document's list of notes has room for one parameter more.
const MORE: &str = "/paths/~1v1~1notes/get/parameters/-";
const FOURTH: &str = "/paths/~1v1~1notes/get/parameters/3";

fn parameter(location: &str, schema: Value) -> Value {
    json!({ "name": "odd", "in": location, "schema": schema })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn parameters_become_arguments_optional_where_they_may_be_left_out() {
    let cases = [
        (json!({ "type": "string", "maxLength": 3 }), "&'astr"),
        (json!({ "type": "string", "format": "date" }), "&'astr"),
        (
            json!({ "type": "integer", "minimum": 1, "default": 2 }),
            "i64",
        ),
        (json!({ "type": "number" }), "f64"),
        (json!({ "type": "boolean" }), "bool"),
        (reference("NoteId"), "&'acrate::newtypes::NoteId"),
        (reference("NoteKind"), "&'acrate::newtypes::NoteKind"),
        (reference("Colour"), "&'acrate::newtypes::Colour"),
        (reference("ReceivedNoteId"), "&'acrate::newtypes::NoteId"),
        (
            json!({ "allOf": [reference("NoteId")], "description": "Which." }),
            "&'acrate::newtypes::NoteId",
        ),
    ];
    for (schema, argument) in cases {
        for location in ["query", "header"] {
            let generated = small_with(format!("{location} {schema}"))
                .set(MORE, parameter(location, schema.clone()))
                .is_accepted();
            let arguments = generated.arguments("list_notes");
            assert!(
                arguments.contains(&format!("odd:Option<{argument}>")),
                "{arguments}"
            );
            assert!(generated.client_has(".headers(header_map)"));

            let generated = small_with(format!("{location} {schema}, required"))
                .set(MORE, parameter(location, schema.clone()))
                .set(&format!("{FOURTH}/required"), json!(true))
                .is_accepted();
            let arguments = generated.arguments("list_notes");
            assert!(
                arguments.contains(&format!("odd:{argument}")),
                "{arguments}"
            );
        }
        let generated = small_with(format!("path {schema}"))
            .set("/components/parameters/NoteId/schema", schema)
            .is_accepted();
        assert_eq!(
            generated.arguments("get_note"),
            format!("&'aself,note_id:{argument}")
        );
    }
}

#[test]
fn a_request_without_header_parameters_builds_no_headers() {
    let generated = small_with("no header")
        .set(&format!("{LIST}/parameters"), json!([]))
        .is_accepted();
    assert!(!generated.client_has("header_map"));
}

#[test]
fn parameters_that_are_no_single_value_are_refused() {
    for schema in [
        json!({}),
        json!({ "type": "array", "items": { "type": "string" } }),
        json!({ "type": "object" }),
        reference("Links"),
        reference("Link"),
    ] {
        for location in ["query", "header"] {
            small_with(format!("{location} {schema}"))
                .set(MORE, parameter(location, schema.clone()))
                .is_refused_at(&format!("{FOURTH}/schema"));
        }
    }
    small_with("a parameter that may be null")
        .set(
            MORE,
            parameter("query", json!({ "type": "string", "nullable": true })),
        )
        .is_refused_at(&format!("{FOURTH}/schema/nullable"));
    small_with("a parameter with values but no name")
        .set(
            MORE,
            parameter("query", json!({ "type": "string", "enum": ["a"] })),
        )
        .is_refused_at(&format!("{FOURTH}/schema/enum"));
}

#[test]
fn secrets_stand_in_paths_alone() {
    for location in ["query", "header"] {
        small_with(format!("a secret in a {location}"))
            .set(MORE, parameter(location, reference("ShareToken")))
            .is_refused_at(&format!("{FOURTH}/schema/$ref"));
    }
    small_with("a secret without a name")
        .set(
            MORE,
            parameter("query", json!({ "type": "string", "format": "password" })),
        )
        .is_refused_at(&format!("{FOURTH}/schema/format"));
    let generated = small_with("a secret in a path").is_accepted();
    assert_eq!(
        generated.arguments("get_shared_note"),
        "&'aself,share_token:&'acrate::newtypes::ShareToken"
    );
    assert!(generated.scalars_have("crate::define::secret! {"));
    assert!(generated.operations_have(
        r#"path: "/v1/shared/{share_token}", idempotent: true,
           authorization: Authorization::None, success: 200u16, secret_path: true,"#
    ));
}

#[test]
fn parameters_written_in_other_ways_are_refused() {
    let at = |member: &str| format!("{FOURTH}/{member}");
    let text = json!({ "type": "string" });
    small_with("a cookie")
        .set(MORE, parameter("cookie", text.clone()))
        .is_refused_at(&at("in"));
    for style in [
        "deepObject",
        "spaceDelimited",
        "pipeDelimited",
        "simple",
        "sideways",
    ] {
        small_with(style)
            .set(MORE, parameter("query", text.clone()))
            .set(&at("style"), json!(style))
            .is_refused_at(&at("style"));
    }
    for style in ["label", "matrix"] {
        small_with(style)
            .set("/components/parameters/NoteId/style", json!(style))
            .is_refused_at("/components/parameters/NoteId/style");
    }
    small_with("form")
        .set(MORE, parameter("query", text.clone()))
        .set(&at("style"), json!("form"))
        .set(&at("explode"), json!(true))
        .is_accepted();
    for member in [
        "allowReserved",
        "allowEmptyValue",
        "content",
        "collectionFormat",
    ] {
        small_with(member)
            .set(MORE, parameter("query", text.clone()))
            .set(&at(member), json!(true))
            .is_refused_at(&at(member));
    }
    small_with("content instead of a schema")
        .set(
            MORE,
            json!({
                "name": "odd", "in": "query",
                "content": { "application/json": { "schema": { "type": "string" } } },
            }),
        )
        .is_refused_also_at(&at("content"));
    small_with("neither")
        .set(MORE, json!({ "name": "odd", "in": "query" }))
        .is_refused_at(FOURTH);
    small_with("a description that is no text")
        .set(MORE, parameter("query", text))
        .set(&at("description"), json!({}))
        .is_refused_at(&at("description"));
}

#[test]
fn parameters_that_are_no_parameters_are_unreadable() {
    for (parameter, place) in [
        (json!({ "in": "query" }), "/name"),
        (json!({ "name": "odd" }), "/in"),
        (json!({ "name": "odd", "in": "body" }), "/in"),
        (json!({ "name": "kind", "in": "query" }), ""),
        (json!({ "name": "x-language", "in": "header" }), ""),
        (
            json!({ "name": "odd", "in": "query", "required": "yes" }),
            "/required",
        ),
        (
            json!({ "$ref": "#/components/parameters/Nowhere" }),
            "/$ref",
        ),
        (json!("odd"), ""),
    ] {
        small_with(parameter.to_string())
            .set(MORE, parameter)
            .is_unreadable_at(&format!("{FOURTH}{place}"));
    }
}

#[test]
fn path_parameters_and_the_path_name_each_other() {
    small_with("a parameter that the path does not have")
        .set(
            &format!("{GET}/parameters"),
            json!([
                { "name": "odd", "in": "path", "required": true, "schema": { "type": "string" } },
            ]),
        )
        .is_refused_at(&format!("{GET}/parameters/0"));
    let operation = json!({
        "get": {
            "operationId": "odd",
            "x-idempotent": true,
            "security": [],
            "responses": { "204": { "description": "" } },
        },
    });
    small_with("a name in the path that nothing describes")
        .set("/paths/~1v1~1{odd}", operation)
        .is_refused_at("/paths/~1v1~1{odd}/get");
    small_with("a query parameter of the path's name does not describe it")
        .set("/components/parameters/NoteId/in", json!("query"))
        .is_refused_also_at(GET);
}

#[test]
fn parameters_of_an_operation_win_over_those_of_its_path() {
    let own = json!({
        "name": "note_id", "in": "path", "required": true, "schema": reference("Colour"),
    });
    let generated = small_with("a parameter of its own")
        .set(&format!("{GET}/parameters"), json!([own]))
        .is_accepted();
    assert_eq!(
        generated.arguments("get_note"),
        "&'aself,note_id:&'acrate::newtypes::Colour"
    );
    assert_eq!(
        generated.arguments("delete_note"),
        "&'aself,note_id:&'acrate::newtypes::NoteId"
    );
    let other = json!({ "name": "note_id", "in": "query", "schema": { "type": "string" } });
    small_with("one name in two places")
        .set(&format!("{GET}/parameters"), json!([other]))
        .is_refused_at(&format!("{GET}/parameters/0/name"));
}
