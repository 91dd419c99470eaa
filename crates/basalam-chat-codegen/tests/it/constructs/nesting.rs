//! Deep and large documents.

use serde_json::{Value, json};

use crate::test_document::{RESPONSE_PROPERTY, SMALL, small_document};

/// Wraps a string schema `depth` times.
fn nested(depth: usize, wrap: fn(Value) -> Value) -> Value {
    (0..depth).fold(json!({ "type": "string" }), |schema, _| wrap(schema))
}

fn array(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn map(values: Value) -> Value {
    json!({ "type": "object", "additionalProperties": values })
}

#[test]
fn limits_the_depth_of_nested_arrays_and_maps() {
    for wrap in [array, map] {
        for depth in [1, 5, 31] {
            small_document(format!("{depth} levels"))
                .set(RESPONSE_PROPERTY, nested(depth, wrap))
                .expect_generated();
        }
        let error = small_document("100 levels")
            .set(RESPONSE_PROPERTY, nested(100, wrap))
            .generate()
            .err()
            .unwrap();
        assert_eq!(error.diagnostics().len(), 1, "{error}");
        assert!(
            error.diagnostics()[0]
                .pointer
                .starts_with(RESPONSE_PROPERTY)
        );
        assert!(error.diagnostics()[0].message.contains("32 levels"));
    }
}

#[test]
fn rejects_nested_all_of_at_any_depth() {
    for depth in [1, 2, 60] {
        small_document(format!("{depth} levels"))
            .set(
                RESPONSE_PROPERTY,
                nested(depth, |inner| json!({ "allOf": [inner] })),
            )
            .expect_diagnostic_at(&format!("{RESPONSE_PROPERTY}/allOf"));
    }
}

#[test]
fn rejects_json_beyond_the_parser_depth_limit() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let document = SMALL.replace("\"Stores notes.\"", &deep);
    assert!(document.len() > 20_000);
    for input in [document, deep, "{\"a\":".repeat(100_000)] {
        let error = basalam_chat_codegen::generate(&input).unwrap_err();
        assert!(error.is_parse(), "{error}");
    }
    let wide = nested(150, array);
    let error = small_document("150 levels")
        .set(RESPONSE_PROPERTY, wide)
        .generate()
        .err()
        .unwrap();
    assert!(error.is_parse());
}

#[test]
fn generates_long_chains_and_dense_graphs_of_objects() {
    let mut chain = small_document("a chain of 300");
    for index in 0..300 {
        let next = format!("#/components/schemas/Link{}", (index + 1) % 300);
        chain = chain.set(
            &format!("/components/schemas/Link{index}"),
            json!({
                "type": "object",
                "required": ["next"],
                "properties": { "next": { "$ref": next } },
            }),
        );
    }
    let first = json!({ "$ref": "#/components/schemas/Link0" });
    let generated = chain
        .set(RESPONSE_PROPERTY, first.clone())
        .expect_generated();
    assert!(generated.has_struct("Link299"));

    let mut graph = small_document("a graph of 12");
    let properties: serde_json::Map<String, Value> = (0..12)
        .map(|index| {
            (
                format!("to{index}"),
                json!({ "$ref": format!("#/components/schemas/Link{index}") }),
            )
        })
        .collect();
    for index in 0..12 {
        graph = graph.set(
            &format!("/components/schemas/Link{index}"),
            json!({ "type": "object", "properties": properties }),
        );
    }
    let generated = graph.set(RESPONSE_PROPERTY, first).expect_generated();
    // The properties and `extra`.
    assert_eq!(generated.field_names("Link11").len(), 13);
}

#[test]
fn generates_structs_with_many_required_fields() {
    let mut wide = small_document("60 required properties");
    let mut required = vec!["kind".to_owned(), "text".to_owned()];
    for index in 0..60 {
        wide = wide.set(
            &format!("/components/schemas/NewNote/properties/m{index}"),
            json!({ "type": "integer" }),
        );
        required.push(format!("m{index}"));
    }
    let generated = wide
        .set("/components/schemas/NewNote/required", json!(required))
        .expect_generated();
    assert_eq!(
        generated
            .constructor_arguments("NewNote")
            .unwrap()
            .matches(":i64")
            .count(),
        60
    );
}
