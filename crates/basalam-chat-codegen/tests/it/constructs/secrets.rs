//! Secret properties.

use serde_json::json;

use crate::test_document::{REQUEST_PROPERTY, RESPONSE_PROPERTY, small_document};

#[test]
fn secrets_in_responses_hold_any_value() {
    let any = "::std::option::Option<::basalam_chat_api::Secret<::serde_json::Value>>";
    for schema in [
        json!({ "format": "password" }),
        json!({ "type": "string", "format": "password" }),
        json!({ "type": "object", "nullable": true, "format": "password", "additionalProperties": {} }),
        json!({ "type": "array", "items": {}, "format": "password" }),
    ] {
        let generated = small_document(schema.to_string())
            .set(RESPONSE_PROPERTY, schema)
            .expect_generated();
        assert_eq!(generated.field_type("Note", "probe"), any);
    }
    let generated = small_document("a required secret")
        .set(RESPONSE_PROPERTY, json!({ "format": "password" }))
        .set("/components/schemas/Note/required", json!(["id", "probe"]))
        .expect_generated();
    assert_eq!(
        generated.field_type("Note", "probe"),
        "::basalam_chat_api::Secret<::serde_json::Value>"
    );
}

#[test]
fn secrets_in_requests_are_strings() {
    let string = "::basalam_chat_api::Secret<::std::string::String>";
    let secret = json!({ "type": "string", "format": "password", "minLength": 1 });
    let generated = small_document("an optional secret")
        .set(REQUEST_PROPERTY, secret.clone())
        .expect_generated();
    assert_eq!(
        generated.field_type("NewNote", "probe"),
        format!("::std::option::Option<{string}>")
    );
    let generated = small_document("a required secret")
        .set(REQUEST_PROPERTY, secret)
        .set("/components/schemas/NewNote/required", json!(["probe"]))
        .expect_generated();
    assert_eq!(generated.field_type("NewNote", "probe"), string);
    assert_eq!(
        generated.constructor_arguments("NewNote").unwrap(),
        format!("probe:{string}")
    );
    for schema in [
        json!({ "format": "password" }),
        json!({ "type": "integer", "format": "password" }),
        json!({ "type": "object", "format": "password" }),
    ] {
        small_document(schema.to_string())
            .set(REQUEST_PROPERTY, schema)
            .expect_diagnostic_at(&format!("{REQUEST_PROPERTY}/format"));
    }
}

#[test]
fn properties_of_the_same_name_are_not_secret_elsewhere() {
    let generated = small_document("one secret")
        .set(RESPONSE_PROPERTY, json!({ "format": "password" }))
        .set(REQUEST_PROPERTY, json!({ "type": "string" }))
        .expect_generated();
    assert_eq!(
        generated.field_type("NewNote", "probe"),
        "::std::option::Option<::std::string::String>"
    );
}

#[test]
fn problems_inside_a_secret_are_reported() {
    small_document("an unknown type")
        .set(
            RESPONSE_PROPERTY,
            json!({ "type": "file", "format": "password" }),
        )
        .expect_diagnostic_at(&format!("{RESPONSE_PROPERTY}/type"));
}
