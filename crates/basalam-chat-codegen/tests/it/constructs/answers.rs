//! Answers.

use serde_json::{Value, json};

use crate::change::{GET, small_with};

fn json_of(schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "description": "", "content": { "application/json": { "schema": schema } } })
}

fn empty() -> Value {
    json!({ "description": "" })
}

fn responses() -> String {
    format!("{GET}/responses")
}

#[test]
fn one_success_answer_with_any_others_is_accepted_and_the_others_are_left_to_the_facade() {
    let cases = [
        json!({ "200": json_of("Note"), "400": json_of("Link"), "422": json_of("NotePage") }),
        json!({ "200": json_of("Note"), "401": empty(), "422": json_of("Link") }),
        json!({ "200": json_of("Note"), "default": json_of("Link") }),
        json!({ "200": json_of("Note"), "400": json_of("Link"), "404": json_of("Link"), "5XX": json_of("Link") }),
        json!({ "200": json_of("Note"), "101": empty(), "302": empty(), "x-ours": 1 }),
        json!({ "2XX": json_of("Note"), "default": json_of("Link") }),
        json!({ "2xx": json_of("Note") }),
    ];
    for cases in cases {
        let generated = small_with(cases.to_string())
            .set(&responses(), cases)
            .is_accepted();
        assert_eq!(generated.answer("get_note"), "types::Note");
        let whole = "crate::response::send(self, &crate::operations::GET_NOTE, &make)";
        assert!(generated.client_has(whole));
        assert!(
            generated.client_has("crate::response::impl_from_json! { types::NotePage, types::Note")
        );
        assert!(generated.operations_have("success: 200u16,"));
    }
}

#[test]
fn the_status_of_the_success_answer_is_in_the_table() {
    for status in ["200", "201", "202", "203", "206", "207", "208", "226"] {
        let generated = small_with(status)
            .set(&responses(), json!({ status: json_of("Note") }))
            .is_accepted();
        assert!(generated.operations_have(&format!("success: {status}u16,")));
    }
    for status in ["200", "204", "205"] {
        let generated = small_with(status)
            .set(&responses(), json!({ status: empty() }))
            .is_accepted();
        assert_eq!(generated.answer("get_note"), "()");
    }
}

#[test]
fn no_success_answer_or_several_are_refused() {
    let at = responses();
    for cases in [
        json!({}),
        json!({ "404": empty() }),
        json!({ "default": json_of("Note") }),
        json!({ "101": empty() }),
        json!({ "3XX": empty() }),
    ] {
        small_with(cases.to_string())
            .set(&at, cases)
            .is_refused_at(&at);
    }
    small_with("no responses").remove(&at).is_refused_at(&at);
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
        small_with(cases.to_string())
            .set(&at, cases)
            .is_refused_also_at(&format!("{at}/{second}"));
    }
}

#[test]
fn a_status_that_cannot_be_is_refused() {
    let at = responses();
    for status in ["209", "225", "250", "299"] {
        small_with(status)
            .set(&at, json!({ status: json_of("Note") }))
            .is_refused_at(&format!("{at}/{status}"));
    }
    for status in ["204", "205"] {
        small_with(status)
            .set(&at, json!({ status: json_of("Note") }))
            .is_refused_at(&format!("{at}/{status}/content"));
    }
    for status in ["600", "20", "ok", "2X0"] {
        small_with(status)
            .set(&at, json!({ status: json_of("Note") }))
            .is_unreadable_at(&format!("{at}/{status}"));
    }
}

#[test]
fn answers_that_are_no_json_or_have_no_schema_are_refused() {
    let at = format!("{}/200/content", responses());
    for media_type in [
        "application/octet-stream",
        "text/plain",
        "application/problem+json",
    ] {
        small_with(media_type)
            .set(&at, json!({ media_type: { "schema": {} } }))
            .is_refused_at(&format!("{at}/{}", media_type.replace('/', "~1")));
    }
    small_with("two media types")
        .set(
            &at,
            json!({ "application/json": { "schema": {} }, "text/csv": {} }),
        )
        .is_refused_at(&at);
    small_with("no schema")
        .set(&at, json!({ "application/json": {} }))
        .is_refused_at(&format!("{at}/application~1json"));
    small_with("an empty media type")
        .set(&at, json!({ "application/json": null }))
        .is_unreadable_at(&format!("{at}/application~1json"));
}

#[test]
fn an_answer_of_any_json_type_can_be_read_and_mocked() {
    let at = format!("{}/200/content/application~1json/schema", responses());
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
            "crate::newtypes::Links",
            "&crate::newtypes::Links",
        ),
    ];
    for (schema, answer, mocked) in cases {
        let generated = small_with(schema.to_string())
            .set(&at, schema.clone())
            .is_accepted();
        assert_eq!(generated.answer("get_note"), answer, "{schema}");
        let borrow = if mocked.starts_with('&') { "" } else { "&" };
        let body = format!(
            r#"pub fn ok(self, value: {mocked}) -> Self {{ Self(self.0.status(200u16)
               .header("content-type", "application/json").json_body_obj({borrow}value)"#
        );
        assert!(
            generated.mock_has(&body)
                || generated.mock_has(&body.replace("Option<", "::std::option::Option<")),
            "{schema}: {}",
            generated.sources.mock
        );
    }
}

#[test]
fn an_answer_that_is_a_reference_is_followed() {
    let generated = small_with("a shared answer")
        .set("/components/responses/Read", json_of("Note"))
        .set(
            &responses(),
            json!({ "200": { "$ref": "#/components/responses/Read" } }),
        )
        .is_accepted();
    assert_eq!(generated.answer("get_note"), "types::Note");

    let circle = json!({ "$ref": "#/components/responses/Read" });
    small_with("an answer in a circle")
        .set("/components/responses/Read", circle.clone())
        .set(&responses(), json!({ "200": circle }))
        .is_unreadable_at("/components/responses/Read/$ref");
}

#[test]
fn what_an_answer_says_beside_its_content_is_checked() {
    let at = format!("{}/200", responses());
    small_with("headers and links")
        .set(&format!("{at}/headers"), json!({ "X-A": { "schema": {} } }))
        .set(&format!("{at}/links"), json!({}))
        .is_accepted();
    small_with("another member")
        .set(&format!("{at}/schema"), json!({}))
        .is_refused_at(&format!("{at}/schema"));
    small_with("a description that is no text")
        .set(&format!("{at}/description"), json!(1))
        .is_refused_at(&format!("{at}/description"));
    small_with("no description")
        .remove(&format!("{at}/description"))
        .is_accepted();
}
