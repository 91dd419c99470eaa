use super::*;

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn recursive_schemas_work() {
    let schemas = json!({ "Node": {
        "type": "object",
        "properties": { "value": { "type": "integer" }, "next": reference("Node") },
    } });
    takes(
        translate_in("3.0.3", schemas, reference("Node")),
        &[json!({ "value": 1, "next": { "next": { "value": 2 } } })],
        &[json!({ "next": { "next": { "value": "2" } } })],
    );
}

#[test]
fn everything_reached_indirectly_is_defined_once() {
    let schemas = json!({
        "A": { "properties": { "b": reference("B"), "again": reference("B") } },
        "B": { "items": reference("C") },
        "C": { "type": "string", "nullable": true },
        "Unused": {},
    });
    let translated = becomes(translate_in("3.0.3", schemas, reference("A")));
    assert_eq!(
        translated["$defs"],
        json!({
            "A": { "properties": {
                "b": { "$ref": "#/$defs/B" }, "again": { "$ref": "#/$defs/B" },
            } },
            "B": { "items": { "$ref": "#/$defs/C" } },
            "C": { "type": ["string", "null"] },
        })
    );
}

#[test]
fn odd_names_and_deep_targets_work() {
    let schemas = json!({
        "a b/c~%\"{}": { "type": "string" },
        "سلام": { "properties": { "x": { "type": "integer" } } },
    });
    let schema = json!({ "properties": {
        "odd": { "$ref": "#/components/schemas/a%20b~1c~0%25%22%7B%7D" },
        "unicode": { "$ref": "#/components/schemas/سلام" },
        "deep": { "$ref": "#/components/schemas/سلام/properties/x" },
    } });
    takes(
        translate_in("3.0.3", schemas, schema),
        &[json!({ "odd": "a", "unicode": { "x": 1 }, "deep": 1 })],
        &[
            json!({ "odd": 1 }),
            json!({ "unicode": { "x": "1" } }),
            json!({ "deep": "1" }),
        ],
    );
}

#[test]
fn a_reference_that_leads_nowhere_or_outside_names_its_place() {
    for target in ["#/components/schemas/None", "a.json", "#a"] {
        let schema = json!({ "items": { "$ref": target } });
        let (error, pointer) = refused_at(translate_3_0(schema));
        assert!(error.is_reference(), "{error}");
        assert_eq!(pointer, "/here/items/$ref");
    }
    let (error, pointer) = refused_at(translate_3_0(json!({ "$ref": 1 })));
    assert!(error.is_structure());
    assert_eq!(pointer, "/here/$ref");
}

#[test]
fn a_reference_to_what_is_no_schema_is_refused() {
    let schemas = json!({ "A": { "type": "string" } });
    let (error, pointer) = refused_at(translate_in("3.0.3", schemas, reference("A/type")));
    assert!(error.is_structure());
    assert_eq!(pointer, "/components/schemas/A/type");
}

#[test]
fn schemas_that_are_themselves_are_refused() {
    for schemas in [
        json!({ "A": reference("A") }),
        json!({ "A": reference("B"), "B": reference("A") }),
        json!({ "A": { "allOf": [reference("A"), { "type": "string" }] } }),
        json!({ "A": { "anyOf": [{ "not": reference("B") }] }, "B": { "oneOf": [reference("A")] } }),
    ] {
        let (error, _) = refused_at(translate_in("3.0.3", schemas.clone(), reference("A")));
        assert!(error.is_reference(), "{schemas}: {error}");
        assert!(error.to_string().contains("circle"), "{schemas}: {error}");
    }
    let schemas =
        json!({ "A": { "if": true, "then": { "dependentSchemas": { "a": reference("A") } } } });
    assert!(translate_in("3.1.0", schemas, reference("A")).is_err());
}

#[test]
fn one_schema_used_twice_for_the_same_value_is_no_circle() {
    let schemas = json!({
        "A": { "allOf": [reference("B"), reference("C")] },
        "B": { "allOf": [reference("D")] },
        "C": { "anyOf": [reference("D"), reference("D")] },
        "D": { "type": "string" },
    });
    takes(
        translate_in("3.0.3", schemas, reference("A")),
        &[json!("a")],
        &[json!(1)],
    );
}

#[test]
fn a_schema_nested_too_deep_is_refused() {
    let deep = (0..200).fold(json!({}), |inner, _| json!({ "items": inner }));
    let (error, pointer) = refused_at(translate_3_0(deep));
    assert!(error.is_unsupported());
    assert_eq!(pointer, "/here");
    let just_right = (0..MAX_DEPTH - 1).fold(json!({}), |inner, _| json!({ "items": inner }));
    assert!(translate_3_0(just_right).is_ok());
}
