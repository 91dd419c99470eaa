//! Open vocabularies.

use serde_json::json;

use crate::change::{LIST, NAMED, small_with};

#[test]
fn a_list_of_texts_becomes_an_open_vocabulary() {
    let generated = small_with("a vocabulary")
        .name(json!({
            "type": "string",
            "enum": ["a", "b.c", "unknown", "self", "fn", "x-y", "A_C", "e\"f", "g\\h\n{i}"],
            "description": "Odd.\n\n- `b.c`: Both.",
        }))
        .is_accepted();
    assert!(
        generated.scalars_have(
            r#"crate::define::open_enum! {
                /// Odd.
                ///
                /// - `b.c`: Both.
                pub enum Odd {
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
            generated.scalars_have(variant),
            "{}",
            generated.sources.newtypes
        );
    }
}

#[test]
fn values_that_give_no_variant_of_their_own_are_refused_where_they_stand() {
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
        small_with(schema.to_string())
            .name(schema)
            .is_refused_at(&format!("{NAMED}/enum{place}"));
    }
}

#[test]
fn a_vocabulary_goes_into_queries_headers_and_paths() {
    for location in ["query", "header"] {
        let kind = json!({ "$ref": "#/components/schemas/NoteKind" });
        let parameter = json!({ "name": "odd", "in": location, "schema": kind, "required": true });
        let generated = small_with(location)
            .set(&format!("{LIST}/parameters/-"), parameter)
            .is_accepted();
        let arguments = generated.arguments("list_notes");
        assert!(
            arguments.contains("odd:&'acrate::newtypes::NoteKind"),
            "{arguments}"
        );
    }
    let generated = small_with("a vocabulary in a path")
        .set(
            "/components/parameters/NoteId/schema",
            json!({ "$ref": "#/components/schemas/NoteKind" }),
        )
        .is_accepted();
    assert!(generated.client_has("crate::path::encode_segment(&note_id.to_string())"));
}

#[test]
fn a_refused_vocabulary_is_not_refused_again_where_it_is_used() {
    small_with("a value twice")
        .set("/components/schemas/NoteKind/enum", json!(["a", "a"]))
        .is_refused_at("/components/schemas/NoteKind/enum/1");
}
