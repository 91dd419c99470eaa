//! The document as a whole.

use serde_json::json;

use crate::test_document::{GET_NOTE, SMALL, small_document};

#[test]
fn generates_the_small_document() {
    let generated = small_document("the small document").expect_generated();
    assert_eq!(
        generated.operation_arguments("get_note"),
        "&'aself,note_id:&'asuper::newtypes::NoteId"
    );
    assert_eq!(generated.response_type("get_note"), "types::Note");
    assert_eq!(generated.response_type("delete_note"), "()");
    assert!(!generated.client_contains("api-version"));
}

#[test]
fn supports_openapi_3_0_and_3_1() {
    for version in ["2.0", "3.2.0", "4.0.0", "", "three"] {
        small_document(version)
            .set("/openapi", json!(version))
            .expect_parse_error_at("/openapi");
    }
    for version in ["3.0.0", "3.0.4", "3.0", "3.1.0", "3.1"] {
        small_document(version)
            .set("/openapi", json!(version))
            .expect_generated();
    }
}

#[test]
fn rejects_input_that_is_not_an_openapi_document() {
    for input in [
        "",
        "null",
        "[]",
        "{}",
        "openapi: 3.0.3",
        r#"{"openapi": "3.0.3"}"#,
    ] {
        let error = basalam_chat_codegen::generate(input).unwrap_err();
        assert!(error.is_parse(), "{input}: {error}");
    }
    let truncated = &SMALL[..SMALL.len() / 2];
    assert!(
        basalam_chat_codegen::generate(truncated)
            .unwrap_err()
            .is_parse()
    );
}

#[test]
fn components_are_optional() {
    let operation = json!({
        "get": {
            "operationId": "ping",
            "x-idempotent": true,
            "security": [],
            "responses": { "204": { "description": "Pong." } },
        },
    });
    let generated = small_document("no components")
        .remove("/components")
        .set("/paths", json!({ "/ping": operation }))
        .expect_generated();
    assert_eq!(generated.operation_arguments("ping"), "&'aself");
    assert!(generated.operations_contain("pub static ALL: [&Operation; 1usize] = [&PING];"));
}

#[test]
fn rejects_documents_without_operations() {
    for paths in [
        json!({}),
        json!({ "/v1/notes": {} }),
        json!({ "x-extension": {} }),
    ] {
        small_document("no operations")
            .set("/paths", paths)
            .expect_diagnostic_at("/paths");
    }
}

#[test]
fn info_requires_title_and_version_as_strings() {
    small_document("no info")
        .remove("/info")
        .expect_diagnostic_at("/info");
    small_document("no title")
        .remove("/info/title")
        .expect_diagnostic_at("/info");
    small_document("a numeric version")
        .set("/info/version", json!(1))
        .expect_diagnostic_at("/info/version");
    small_document("an array as description")
        .set("/info/description", json!([]))
        .expect_diagnostic_at("/info/description");
    small_document("no description")
        .remove("/info/description")
        .expect_generated();
}

#[test]
fn reports_all_problems_and_shared_ones_once() {
    let error = small_document("three problems")
        .set("/components/parameters/NoteId/style", json!("label"))
        .set(&format!("{GET_NOTE}/x-idempotent"), json!("yes"))
        .set("/components/schemas/Note/properties/text/const", json!("a"))
        .generate()
        .err()
        .unwrap();
    let places: Vec<&str> = error
        .diagnostics()
        .iter()
        .map(|it| it.pointer.as_str())
        .collect();
    assert_eq!(places.len(), 3, "{error}");
    for place in [
        "/components/parameters/NoteId/style",
        "/paths/~1v1~1notes~1{note_id}/get/x-idempotent",
        "/components/schemas/Note/properties/text/const",
    ] {
        assert!(places.contains(&place), "{error}");
    }
}

#[test]
fn ignores_schemas_of_error_responses_and_unused_schemas() {
    small_document("an unused schema with an invalid name")
        .set("/components/schemas/un-used", json!({ "oneOf": [] }))
        .expect_generated();
    let response = json!({
        "description": "A problem.",
        "content": { "application/problem+json": { "schema": { "oneOf": [{}, {}] } } },
    });
    small_document("an error response of another media type")
        .set(&format!("{GET_NOTE}/responses/5XX"), response)
        .expect_generated();
}

#[test]
fn rejects_repeated_keys_at_the_second_occurrence() {
    let document = SMALL.replacen(
        r#""/v1/notes": {"#,
        r#""/v1/notes": { "post": {} },
    "/v1/notes": {"#,
        1,
    );
    let error = basalam_chat_codegen::generate(&document).err().unwrap();
    assert_eq!(error.diagnostics().len(), 1, "{error}");
    let diagnostic = &error.diagnostics()[0];
    assert_eq!(diagnostic.pointer, "/paths/~1v1~1notes");
    assert!(diagnostic.message.contains("line 10"), "{diagnostic}");

    for (key, place) in [
        (r#""openapi": "3.0.3""#, "/openapi"),
        (
            r#""operationId": "get_note""#,
            "/paths/~1v1~1notes~1{note_id}/get/operationId",
        ),
        (
            r#""\u006fperationId": "get_note""#,
            "/paths/~1v1~1notes~1{note_id}/get/operationId",
        ),
        (r#""NoteKind": {}"#, "/components/schemas/NoteKind"),
    ] {
        let plain = key.replace("\\u006f", "o");
        let anchor = plain.strip_suffix("{}").unwrap_or(&plain);
        assert!(SMALL.contains(anchor), "{anchor}");
        let document = SMALL.replacen(anchor, &format!("{key}, {anchor}"), 1);
        let error = basalam_chat_codegen::generate(&document).err().unwrap();
        let places: Vec<&str> = error
            .diagnostics()
            .iter()
            .map(|it| it.pointer.as_str())
            .collect();
        assert_eq!(places, [place], "{error}");
    }
}

#[test]
fn chat_document_states_security_and_idempotence_of_every_operation() {
    let document = crate::read_workspace_file("openapi/chat.json");
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if method != "parameters" {
                assert!(operation["security"].is_array(), "{method} {path}");
                assert!(operation["x-idempotent"].is_boolean(), "{method} {path}");
            }
        }
    }
}
