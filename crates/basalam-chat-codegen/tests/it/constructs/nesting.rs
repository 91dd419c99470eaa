//! Nesting and size.

use serde_json::{Value, json};

use crate::change::{ANSWERED, SMALL, small_with};

/// Wraps a text schema `depth` times.
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
fn lists_and_maps_may_hold_each_other_to_a_sane_depth() {
    for wrap in [array, map] {
        for depth in [1, 5, 31] {
            small_with(format!("{depth} levels"))
                .set(ANSWERED, nested(depth, wrap))
                .is_accepted();
        }
        let error = small_with("100 levels")
            .set(ANSWERED, nested(100, wrap))
            .generate()
            .err()
            .unwrap();
        assert_eq!(error.refused().len(), 1, "{error}");
        assert!(error.refused()[0].pointer.starts_with(ANSWERED));
        assert!(error.refused()[0].problem.contains("32 levels"));
    }
}

#[test]
fn an_all_of_in_an_all_of_is_refused_at_any_depth() {
    for depth in [1, 2, 60] {
        small_with(format!("{depth} levels"))
            .set(ANSWERED, nested(depth, |inner| json!({ "allOf": [inner] })))
            .is_refused_at(&format!("{ANSWERED}/allOf"));
    }
}

#[test]
fn json_nested_deeper_than_the_reader_goes_is_unreadable() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let text = SMALL.replace("\"Keeps notes.\"", &deep);
    assert!(text.len() > 20_000);
    for text in [text, deep, "{\"a\":".repeat(100_000)] {
        let error = basalam_chat_codegen::generate(&text).unwrap_err();
        assert!(error.is_unreadable(), "{error}");
    }
    let wide = nested(150, array);
    let error = small_with("150 levels")
        .set(ANSWERED, wide)
        .generate()
        .err()
        .unwrap();
    assert!(error.is_unreadable());
}

#[test]
fn a_long_chain_and_a_dense_web_of_objects_are_generated() {
    let mut chain = small_with("a chain of 300");
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
    let generated = chain.set(ANSWERED, first.clone()).is_accepted();
    assert!(generated.has_structure("Link299"));

    let mut web = small_with("a web of 12");
    let properties: serde_json::Map<String, Value> = (0..12)
        .map(|index| {
            (
                format!("to{index}"),
                json!({ "$ref": format!("#/components/schemas/Link{index}") }),
            )
        })
        .collect();
    for index in 0..12 {
        web = web.set(
            &format!("/components/schemas/Link{index}"),
            json!({ "type": "object", "properties": properties }),
        );
    }
    let generated = web.set(ANSWERED, first).is_accepted();
    assert_eq!(generated.fields("Link11").len(), 12);
}

#[test]
fn many_members_and_arguments_are_generated() {
    let mut wide = small_with("60 required members");
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
        .is_accepted();
    assert_eq!(
        generated.new_of("NewNote").unwrap().matches(":i64").count(),
        60
    );
}
