//! The document as a whole.

use serde_json::json;

use crate::change::{GET, SMALL, small_with};

#[test]
fn the_small_document_is_accepted() {
    let generated = small_with("nothing odd").is_accepted();
    assert_eq!(
        generated.arguments("get_note"),
        "&'aself,note_id:&'acrate::newtypes::NoteId"
    );
    assert_eq!(generated.answer("get_note"), "types::Note");
    assert_eq!(generated.answer("delete_note"), "()");
    assert!(!generated.client_has("api-version"));
}

#[test]
fn a_newer_openapi_is_refused_and_an_older_one_is_unreadable() {
    for version in ["3.1.0", "3.1"] {
        small_with(version)
            .set("/openapi", json!(version))
            .is_refused_at("/openapi");
    }
    for version in ["2.0", "3.2.0", "4.0.0", "", "three"] {
        small_with(version)
            .set("/openapi", json!(version))
            .is_unreadable_at("/openapi");
    }
    for version in ["3.0.0", "3.0.4", "3.0"] {
        small_with(version)
            .set("/openapi", json!(version))
            .is_accepted();
    }
}

#[test]
fn a_text_that_is_no_document_is_unreadable() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "openapi: 3.0.3",
        r#"{"openapi": "3.0.3"}"#,
    ] {
        let error = basalam_chat_codegen::generate(text).unwrap_err();
        assert!(error.is_unreadable(), "{text}: {error}");
    }
    let cut = &SMALL[..SMALL.len() / 2];
    assert!(
        basalam_chat_codegen::generate(cut)
            .unwrap_err()
            .is_unreadable()
    );
}

#[test]
fn a_document_without_components_is_accepted() {
    let operation = json!({
        "get": {
            "operationId": "ping",
            "x-idempotent": true,
            "security": [],
            "responses": { "204": { "description": "Here." } },
        },
    });
    let generated = small_with("no components")
        .remove("/components")
        .set("/paths", json!({ "/ping": operation }))
        .is_accepted();
    assert_eq!(generated.arguments("ping"), "&'aself");
    assert!(generated.operations_have("pub static ALL: [&Operation; 1usize] = [&PING];"));
}

#[test]
fn a_document_without_operations_is_refused() {
    for paths in [
        json!({}),
        json!({ "/v1/notes": {} }),
        json!({ "x-of-ours": {} }),
    ] {
        small_with("no operations")
            .set("/paths", paths)
            .is_refused_at("/paths");
    }
}

#[test]
fn info_must_say_title_and_version_in_texts() {
    small_with("no info").remove("/info").is_refused_at("/info");
    small_with("no title")
        .remove("/info/title")
        .is_refused_at("/info");
    small_with("a version that is a number")
        .set("/info/version", json!(1))
        .is_refused_at("/info/version");
    small_with("a description that is a list")
        .set("/info/description", json!([]))
        .is_refused_at("/info/description");
    small_with("no description")
        .remove("/info/description")
        .is_accepted();
}

#[test]
fn every_problem_of_a_document_is_given_and_a_shared_one_once() {
    let error = small_with("three problems")
        .set("/components/parameters/NoteId/style", json!("label"))
        .set(&format!("{GET}/x-idempotent"), json!("yes"))
        .set("/components/schemas/Note/properties/text/const", json!("a"))
        .generate()
        .err()
        .unwrap();
    let places: Vec<&str> = error
        .refused()
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
fn what_only_errors_and_nobody_use_may_be_anything() {
    small_with("an odd schema that nothing refers to")
        .set("/components/schemas/an odd-one", json!({ "oneOf": [] }))
        .is_accepted();
    let answer = json!({
        "description": "A problem.",
        "content": { "application/problem+json": { "schema": { "oneOf": [{}, {}] } } },
    });
    small_with("an error answer in a form of its own")
        .set(&format!("{GET}/responses/5XX"), answer)
        .is_accepted();
}
