//! Responses.

use serde_json::{Value, json};

use crate::test_document::{GET_NOTE, small_document};

fn json_of(schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "description": "", "content": { "application/json": { "schema": schema } } })
}

fn empty() -> Value {
    json!({ "description": "" })
}

fn responses_pointer() -> String {
    format!("{GET_NOTE}/responses")
}

#[test]
fn accepts_one_success_response_and_ignores_error_responses() {
    let cases = [
        json!({ "200": json_of("Note"), "400": json_of("Link"), "422": json_of("NotePage") }),
        json!({ "200": json_of("Note"), "401": empty(), "422": json_of("Link") }),
        json!({ "200": json_of("Note"), "default": json_of("Link") }),
        json!({ "200": json_of("Note"), "400": json_of("Link"), "404": json_of("Link"), "5XX": json_of("Link") }),
        json!({ "200": json_of("Note"), "101": empty(), "302": empty(), "x-extension": 1 }),
        json!({ "2XX": json_of("Note"), "default": json_of("Link") }),
        json!({ "2xx": json_of("Note") }),
    ];
    for cases in cases {
        let generated = small_document(cases.to_string())
            .set(&responses_pointer(), cases)
            .expect_generated();
        assert_eq!(generated.response_type("get_note"), "types::Note");
        let send = "response::send(&self.inner, &super::operations::GET_NOTE, &__build)";
        assert!(
            generated.client_contains(send),
            "{}",
            generated.sources.client
        );
        assert!(generated.operations_contain("success: 200u16,"));
    }
}

#[test]
fn operation_table_has_the_success_status() {
    for status in ["200", "201", "202", "203", "206", "207", "208", "226"] {
        let generated = small_document(status)
            .set(&responses_pointer(), json!({ status: json_of("Note") }))
            .expect_generated();
        assert!(generated.operations_contain(&format!("success: {status}u16,")));
    }
    for status in ["200", "204", "205"] {
        let generated = small_document(status)
            .set(&responses_pointer(), json!({ status: empty() }))
            .expect_generated();
        assert_eq!(generated.response_type("get_note"), "()");
    }
}

#[test]
fn rejects_operations_without_exactly_one_success_response() {
    let at = responses_pointer();
    for cases in [
        json!({}),
        json!({ "404": empty() }),
        json!({ "default": json_of("Note") }),
        json!({ "101": empty() }),
        json!({ "3XX": empty() }),
    ] {
        small_document(cases.to_string())
            .set(&at, cases)
            .expect_diagnostic_at(&at);
    }
    small_document("no responses")
        .remove(&at)
        .expect_diagnostic_at(&at);
    for (cases, second) in [
        (
            json!({ "200": json_of("Note"), "202": json_of("Link") }),
            "202",
        ),
        (
            json!({ "200": json_of("Note"), "201": json_of("Note") }),
            "201",
        ),
        (json!({ "200": json_of("Note"), "204": empty() }), "204"),
        (
            json!({ "200": json_of("Note"), "2xx": json_of("Note") }),
            "2xx",
        ),
        (
            json!({ "200": json_of("Note"), "202": { "$ref": "#/components/responses/Invalid" } }),
            "202",
        ),
    ] {
        small_document(cases.to_string())
            .set(&at, cases)
            .expect_diagnostic_among_others_at(&format!("{at}/{second}"));
    }
}

#[test]
fn rejects_invalid_statuses() {
    let at = responses_pointer();
    for status in ["209", "225", "250", "299"] {
        small_document(status)
            .set(&at, json!({ status: json_of("Note") }))
            .expect_diagnostic_at(&format!("{at}/{status}"));
    }
    for status in ["204", "205"] {
        small_document(status)
            .set(&at, json!({ status: json_of("Note") }))
            .expect_diagnostic_at(&format!("{at}/{status}/content"));
    }
    for status in ["600", "20", "ok", "2X0"] {
        small_document(status)
            .set(&at, json!({ status: json_of("Note") }))
            .expect_diagnostic_among_others_at(&format!("{at}/{status}"));
    }
}

#[test]
fn rejects_responses_without_json_or_a_schema() {
    let at = format!("{}/200/content", responses_pointer());
    for media_type in [
        "application/octet-stream",
        "text/plain",
        "application/problem+json",
    ] {
        small_document(media_type)
            .set(&at, json!({ media_type: { "schema": {} } }))
            .expect_diagnostic_at(&format!("{at}/{}", media_type.replace('/', "~1")));
    }
    small_document("two media types")
        .set(
            &at,
            json!({ "application/json": { "schema": {} }, "text/csv": {} }),
        )
        .expect_diagnostic_at(&at);
    small_document("no schema")
        .set(&at, json!({ "application/json": {} }))
        .expect_diagnostic_at(&format!("{at}/application~1json"));
    small_document("an empty media type")
        .set(&at, json!({ "application/json": null }))
        .expect_diagnostic_among_others_at(&format!("{at}/application~1json"));
}

#[test]
fn decodes_and_mocks_responses_of_every_json_type() {
    let at = format!(
        "{}/200/content/application~1json/schema",
        responses_pointer()
    );
    let link = json!({ "$ref": "#/components/schemas/Link" });
    let cases = [
        (json!({}), "::serde_json::Value", "&::serde_json::Value"),
        (
            json!({ "nullable": true }),
            "::serde_json::Value",
            "&::serde_json::Value",
        ),
        (json!({ "type": "string" }), "::std::string::String", "&str"),
        (json!({ "type": "integer" }), "i64", "i64"),
        (json!({ "type": "number" }), "f64", "f64"),
        (
            json!({ "type": "array", "items": link }),
            "::std::vec::Vec<types::Link>",
            "&::std::vec::Vec<types::Link>",
        ),
        (
            json!({ "allOf": [link], "nullable": true }),
            "::std::option::Option<types::Link>",
            "Option<&types::Link>",
        ),
        (
            json!({ "$ref": "#/components/schemas/Links" }),
            "super::newtypes::Links",
            "&super::super::newtypes::Links",
        ),
    ];
    for (schema, response_type, mocked) in cases {
        let generated = small_document(schema.to_string())
            .set(&at, schema.clone())
            .expect_generated();
        assert_eq!(
            generated.response_type("get_note"),
            response_type,
            "{schema}"
        );
        let borrow = if mocked.starts_with('&') { "" } else { "&" };
        let body = format!(
            r#"pub fn ok(self, value: {mocked}) -> Self {{ Self(self.0.status(200u16)
               .header("content-type", "application/json").json_body_obj({borrow}value)"#
        );
        assert!(
            generated.mock_contains(&body)
                || generated.mock_contains(&body.replace("Option<", "::std::option::Option<")),
            "{schema}: {}",
            generated.sources.mock
        );
    }
}

#[test]
fn resolves_references_to_responses() {
    let generated = small_document("a shared response")
        .set("/components/responses/Read", json_of("Note"))
        .set(
            &responses_pointer(),
            json!({ "200": { "$ref": "#/components/responses/Read" } }),
        )
        .expect_generated();
    assert_eq!(generated.response_type("get_note"), "types::Note");

    let circular = json!({ "$ref": "#/components/responses/Read" });
    small_document("a circular reference")
        .set("/components/responses/Read", circular.clone())
        .set(&responses_pointer(), json!({ "200": circular }))
        .expect_diagnostic_among_others_at("/components/responses/Read/$ref");
}

#[test]
fn checks_other_fields_of_responses() {
    let at = format!("{}/200", responses_pointer());
    small_document("headers and links")
        .set(&format!("{at}/headers"), json!({ "X-A": { "schema": {} } }))
        .set(&format!("{at}/links"), json!({}))
        .expect_generated();
    small_document("an unsupported field")
        .set(&format!("{at}/schema"), json!({}))
        .expect_diagnostic_at(&format!("{at}/schema"));
    small_document("a description that is not a string")
        .set(&format!("{at}/description"), json!(1))
        .expect_diagnostic_at(&format!("{at}/description"));
    small_document("no description")
        .remove(&format!("{at}/description"))
        .expect_generated();
}
