use super::*;

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn converts_recursive_schemas() {
    let schemas = json!({ "Node": {
        "type": "object",
        "properties": { "value": { "type": "integer" }, "next": reference("Node") },
    } });
    assert_validates(
        convert_in("3.0.3", schemas, reference("Node")),
        &[json!({ "value": 1, "next": { "next": { "value": 2 } } })],
        &[json!({ "next": { "next": { "value": "2" } } })],
    );
}

#[test]
fn includes_indirectly_referenced_schemas_once() {
    let schemas = json!({
        "A": { "properties": { "b": reference("B"), "again": reference("B") } },
        "B": { "items": reference("C") },
        "C": { "type": "string", "nullable": true },
        "Unused": {},
    });
    let converted = without_dialect(convert_in("3.0.3", schemas, reference("A")));
    assert_eq!(
        converted["$defs"],
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
fn resolves_special_characters_and_nested_targets() {
    let schemas = json!({
        "a b/c~%\"{}": { "type": "string" },
        "سلام": { "properties": { "x": { "type": "integer" } } },
    });
    let schema = json!({ "properties": {
        "special": { "$ref": "#/components/schemas/a%20b~1c~0%25%22%7B%7D" },
        "unicode": { "$ref": "#/components/schemas/سلام" },
        "deep": { "$ref": "#/components/schemas/سلام/properties/x" },
    } });
    assert_validates(
        convert_in("3.0.3", schemas, schema),
        &[json!({ "special": "a", "unicode": { "x": 1 }, "deep": 1 })],
        &[
            json!({ "special": 1 }),
            json!({ "unicode": { "x": "1" } }),
            json!({ "deep": "1" }),
        ],
    );
}

#[test]
fn rejects_dangling_and_external_references() {
    for target in ["#/components/schemas/None", "a.json", "#a"] {
        let schema = json!({ "items": { "$ref": target } });
        let (error, pointer) = error_at(convert_3_0(schema));
        assert!(error.is_reference(), "{error}");
        assert_eq!(pointer, "/here/items/$ref");
    }
    let (error, pointer) = error_at(convert_3_0(json!({ "$ref": 1 })));
    assert!(error.is_structure());
    assert_eq!(pointer, "/here/$ref");
}

#[test]
fn rejects_reference_to_a_value_that_is_not_a_schema() {
    let schemas = json!({ "A": { "type": "string" } });
    let (error, pointer) = error_at(convert_in("3.0.3", schemas, reference("A/type")));
    assert!(error.is_structure());
    assert_eq!(pointer, "/components/schemas/A/type");
}

#[test]
fn rejects_schemas_that_reference_themselves_for_the_same_value() {
    for schemas in [
        json!({ "A": reference("A") }),
        json!({ "A": reference("B"), "B": reference("A") }),
        json!({ "A": { "allOf": [reference("A"), { "type": "string" }] } }),
        json!({ "A": { "anyOf": [{ "not": reference("B") }] }, "B": { "oneOf": [reference("A")] } }),
    ] {
        let (error, _) = error_at(convert_in("3.0.3", schemas.clone(), reference("A")));
        assert!(error.is_reference(), "{schemas}: {error}");
        assert!(error.to_string().contains("circular"), "{schemas}: {error}");
    }
    let schemas =
        json!({ "A": { "if": true, "then": { "dependentSchemas": { "a": reference("A") } } } });
    assert!(convert_in("3.1.0", schemas, reference("A")).is_err());
}

#[test]
fn accepts_one_schema_referenced_twice_for_the_same_value() {
    let schemas = json!({
        "A": { "allOf": [reference("B"), reference("C")] },
        "B": { "allOf": [reference("D")] },
        "C": { "anyOf": [reference("D"), reference("D")] },
        "D": { "type": "string" },
    });
    assert_validates(
        convert_in("3.0.3", schemas, reference("A")),
        &[json!("a")],
        &[json!(1)],
    );
}

#[test]
fn rejects_too_deeply_nested_schema() {
    let deep = (0..200).fold(json!({}), |inner, _| json!({ "items": inner }));
    let (error, pointer) = error_at(convert_3_0(deep));
    assert!(error.is_unsupported());
    assert_eq!(pointer, "/here");
    let deepest_allowed = (0..MAX_DEPTH - 1).fold(json!({}), |inner, _| json!({ "items": inner }));
    assert!(convert_3_0(deepest_allowed).is_ok());
}
