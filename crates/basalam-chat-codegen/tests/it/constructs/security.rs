//! Security requirements.

use serde_json::json;

use crate::test_document::{GET_NOTE, small_document};

#[test]
fn operation_table_has_authorization_and_scopes() {
    for (security, expected) in [
        (json!([]), "Authorization::None"),
        (
            json!([{ "personal": [] }]),
            "Authorization::Bearer { scopes: &[] }",
        ),
        (
            json!([{ "oauth": ["b", "a"] }, { "personal": [] }, { "oauth": ["a", "c\"d"] }]),
            r#"Authorization::Bearer { scopes: &["b", "a", "c\"d"], }"#,
        ),
    ] {
        let generated = small_document(security.to_string())
            .set(&format!("{GET_NOTE}/security"), security)
            .expect_generated();
        assert!(
            generated.operations_contain(&format!(
                r#"id: "get_note", method: ::reqwest::Method::GET, path: "/v1/notes/{{note_id}}",
                   idempotent: true, authorization: {expected},"#
            )),
            "{}",
            generated.sources.operations
        );
    }
}

#[test]
fn security_of_the_document_is_the_default() {
    let at = format!("{GET_NOTE}/security");
    let get_note = |expected: &str| {
        format!(
            r#"path: "/v1/notes/{{note_id}}", idempotent: true, authorization: {expected},
               success: 200u16"#
        )
    };
    let generated = small_document("no security").remove(&at).expect_generated();
    assert!(generated.operations_contain(&get_note("Authorization::None")));
    let generated = small_document("security of the document")
        .set("/security", json!([{ "oauth": ["notes.read"] }]))
        .remove(&at)
        .expect_generated();
    let bearer = r#"Authorization::Bearer { scopes: &["notes.read"] }"#;
    assert!(generated.operations_contain(&get_note(bearer)));
    small_document("a scheme that does not exist")
        .set("/security", json!([{ "nowhere": [] }]))
        .remove(&at)
        .expect_diagnostic_at("/security/0/nowhere");
    small_document("security that is not an array")
        .set(&at, json!({ "personal": [] }))
        .expect_diagnostic_at(&at);
}

#[test]
fn rejects_requirements_other_than_one_bearer_token() {
    for (security, place) in [
        (json!([{ "nowhere": [] }]), "/0/nowhere"),
        (json!([{ "personal": [] }, { "key": [] }]), "/1/key"),
        (json!([{ "basic": [] }]), "/0/basic"),
        (json!([{ "personal": [], "oauth": [] }]), "/0"),
        (json!([{}]), "/0"),
        (json!(["personal"]), "/0"),
        (json!([null]), "/0"),
        (json!([{ "oauth": "notes.read" }]), "/0/oauth"),
        (json!([{ "oauth": ["notes.read", 3] }]), "/0/oauth"),
    ] {
        let at = format!("{GET_NOTE}/security");
        small_document(security.to_string())
            .set(
                "/components/securitySchemes/key",
                json!({ "type": "apiKey", "in": "header", "name": "X-Key" }),
            )
            .set(
                "/components/securitySchemes/basic",
                json!({ "type": "http", "scheme": "basic" }),
            )
            .set(&at, security)
            .expect_diagnostic_at(&format!("{at}{place}"));
    }
}
