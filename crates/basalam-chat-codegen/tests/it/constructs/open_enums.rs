//! Open enums.

use serde_json::json;

use crate::test_document::{LIST_NOTES, NAMED_SCHEMA, small_document};

#[test]
fn string_enums_become_open_enums() {
    let generated = small_document("an open enum")
        .set_named_schema(json!({
            "type": "string",
            "enum": ["a", "b.c", "unknown", "self", "fn", "x-y", "A_C", "e\"f", "g\\h\n{i}"],
            "description": "Probe.\n\n- `b.c`: Both.",
        }))
        .expect_generated();
    assert!(
        generated.newtypes_contain(
            r#"::basalam_chat_api::define::open_enum! {
                /// Probe.
                ///
                /// - `b.c`: Both.
                pub enum Probe {
                    /// `a`.
                    A = "a",
                    /// `b.c`: Both.
                    BC = "b.c","#
        ),
        "{}",
        generated.sources.newtypes
    );
    for variant in [
        r#"UnknownValue = "unknown","#,
        r#"SelfValue = "self","#,
        r#"Fn = "fn","#,
        r#"XY = "x-y","#,
        r#"AC = "A_C","#,
        r#"EF = "e\"f","#,
        r#"GHI = "g\\h\n{i}","#,
    ] {
        assert!(
            generated.newtypes_contain(variant),
            "{}",
            generated.sources.newtypes
        );
    }
}

#[test]
fn rejects_values_without_a_unique_variant_name() {
    let cases = [
        (json!(["a", "A"]), "/1"),
        (json!(["a-b", "c", "a.b"]), "/2"),
        (json!(["a", "a"]), "/1"),
        (json!(["unknown", "unknown_value"]), "/1"),
        (json!([""]), "/0"),
        (json!(["a", "!"]), "/1"),
        (json!(["3d"]), "/0"),
        (json!(["سلام"]), "/0"),
        (json!([]), ""),
        (json!(["a", null]), ""),
        (json!(["a", 1]), ""),
        (json!([1, 2]), ""),
        (json!("a"), ""),
        (json!({}), ""),
    ];
    for (values, place) in cases {
        let schema = json!({ "type": "string", "enum": values });
        small_document(schema.to_string())
            .set_named_schema(schema)
            .expect_diagnostic_at(&format!("{NAMED_SCHEMA}/enum{place}"));
    }
}

#[test]
fn open_enums_may_be_parameters() {
    for location in ["query", "header"] {
        let kind = json!({ "$ref": "#/components/schemas/NoteKind" });
        let parameter =
            json!({ "name": "probe", "in": location, "schema": kind, "required": true });
        let generated = small_document(location)
            .set(&format!("{LIST_NOTES}/parameters/-"), parameter)
            .expect_generated();
        let arguments = generated.operation_arguments("list_notes");
        assert!(
            arguments.contains("probe:&'asuper::newtypes::NoteKind"),
            "{arguments}"
        );
    }
    let generated = small_document("an open enum in a path")
        .set(
            "/components/parameters/NoteId/schema",
            json!({ "$ref": "#/components/schemas/NoteKind" }),
        )
        .expect_generated();
    assert!(
        generated.client_contains("::basalam_chat_api::path::encode_segment(&note_id.to_string())")
    );
}

#[test]
fn reports_an_invalid_enum_once() {
    small_document("a duplicate value")
        .set("/components/schemas/NoteKind/enum", json!(["a", "a"]))
        .expect_diagnostic_at("/components/schemas/NoteKind/enum/1");
}
