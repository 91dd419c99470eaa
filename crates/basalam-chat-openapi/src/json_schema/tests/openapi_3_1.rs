use super::*;

#[test]
fn schemas_are_taken_over() {
    let schema = json!({
        "type": ["string", "null"], "const": "CSV", "exclusiveMinimum": 1,
        "if": true, "then": { "prefixItems": [{}] }, "examples": [1], "unheard": { "$ref": 1 },
    });
    assert_eq!(becomes(translate_3_1(schema.clone())), schema);
}

#[test]
fn what_only_openapi_knows_goes() {
    let schema = json!({ "type": "string", "x-a": 1, "example": 1, "items": { "xml": {} } });
    assert_eq!(
        becomes(translate_3_1(schema)),
        json!({ "type": "string", "items": {} })
    );
}

#[test]
fn keywords_beside_a_reference_stay() {
    let schemas = json!({ "A": { "type": "string" } });
    let schema = json!({ "$ref": "#/components/schemas/A", "maxLength": 3 });
    let translated = translate_in("3.1.0", schemas, schema);
    takes(translated, &[json!("abc")], &[json!("abcd"), json!(1)]);
}

#[test]
fn boolean_schemas_are_allowed_everywhere() {
    takes(translate_3_1(json!(true)), &[json!(1)], &[]);
    takes(translate_3_1(json!(false)), &[], &[json!(1)]);
    takes(
        translate_3_1(json!({ "properties": { "a": false } })),
        &[json!({})],
        &[json!({ "a": 1 })],
    );
}

#[test]
fn definitions_of_its_own_are_kept_beside_ours() {
    let schemas = json!({ "A": { "type": "string" } });
    let schema = json!({
        "$defs": { "A": { "type": "integer" } },
        "$ref": "#/components/schemas/A",
    });
    assert_eq!(
        becomes(translate_in("3.1.0", schemas, schema)),
        json!({
            "$defs": { "A": { "type": "integer" }, "A_2": { "type": "string" } },
            "$ref": "#/$defs/A_2",
        })
    );
}

#[test]
fn keywords_that_move_the_base_are_refused() {
    for name in [
        "$id",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor",
        "$vocabulary",
    ] {
        let (error, pointer) = refused_at(translate_3_1(json!({ name: "a" })));
        assert!(error.is_unsupported());
        assert_eq!(pointer, format!("/here/{name}"));
    }
}

#[test]
fn other_dialects_are_refused() {
    let schema = json!({ "items": { "$schema": DRAFT, "type": "string" } });
    assert_eq!(
        becomes(translate_3_1(schema)),
        json!({ "items": { "type": "string" } })
    );
    let schema = json!({ "$schema": "http://json-schema.org/draft-07/schema#" });
    assert!(translate_3_1(schema).unwrap_err().is_unsupported());

    let root =
        |dialect: &str| json!({ "openapi": "3.1.0", "paths": {}, "jsonSchemaDialect": dialect });
    let document = Document::from_value(root("https://example.com/mine")).unwrap();
    let (error, pointer) = refused_at(to_json_schema(&document, &json!({}), &Pointer::default()));
    assert!(error.is_unsupported());
    assert_eq!(pointer, "/jsonSchemaDialect");
    let document = Document::from_value(root(OPENAPI_3_1_DIALECT)).unwrap();
    assert!(to_json_schema(&document, &json!({}), &Pointer::default()).is_ok());
}
