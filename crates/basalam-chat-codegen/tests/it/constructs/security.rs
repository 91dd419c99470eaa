//! Who may call an operation.

use serde_json::json;

use crate::change::{GET, small_with};

#[test]
fn bearer_tokens_with_their_scopes_are_in_the_table_and_nobody_is_asked_where_the_list_is_empty() {
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
        let generated = small_with(security.to_string())
            .set(&format!("{GET}/security"), security)
            .is_accepted();
        assert!(
            generated.operations_have(&format!(
                r#"id: "get_note", method: ::reqwest::Method::GET, path: "/v1/notes/{{note_id}}",
                   idempotent: true, authorization: {expected},"#
            )),
            "{}",
            generated.sources.operations
        );
    }
}

#[test]
fn an_operation_says_who_may_call_it_even_where_the_document_says_it_for_all() {
    let at = format!("{GET}/security");
    small_with("no security")
        .set("/security", json!([{ "personal": [] }]))
        .remove(&at)
        .is_refused_at(&at);
    small_with("security that is no list")
        .set(&at, json!({ "personal": [] }))
        .is_refused_at(&at);
}

#[test]
fn requirements_that_no_single_bearer_token_meets_are_refused_where_they_stand() {
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
        let at = format!("{GET}/security");
        small_with(security.to_string())
            .set(
                "/components/securitySchemes/key",
                json!({ "type": "apiKey", "in": "header", "name": "X-Key" }),
            )
            .set(
                "/components/securitySchemes/basic",
                json!({ "type": "http", "scheme": "basic" }),
            )
            .set(&at, security)
            .is_refused_at(&format!("{at}{place}"));
    }
}
