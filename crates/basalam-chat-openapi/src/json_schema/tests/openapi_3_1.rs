use super::*;

#[test]
fn keeps_schemas_unchanged() {
    let schema = json!({
        "type": ["string", "null"], "const": "CSV", "exclusiveMinimum": 1,
        "if": true, "then": { "prefixItems": [{}] }, "examples": [1], "unknown": { "$ref": 1 },
    });
    assert_eq!(without_dialect(convert_3_1(schema.clone())), schema);
}

#[test]
fn removes_openapi_keywords() {
    let schema = json!({ "type": "string", "x-a": 1, "example": 1, "items": { "xml": {} } });
    assert_eq!(
        without_dialect(convert_3_1(schema)),
        json!({ "type": "string", "items": {} })
    );
}

#[test]
fn keeps_keywords_next_to_ref() {
    let schemas = json!({ "A": { "type": "string" } });
    let schema = json!({ "$ref": "#/components/schemas/A", "maxLength": 3 });
    let converted = convert_in("3.1.0", schemas, schema);
    assert_validates(converted, &[json!("abc")], &[json!("abcd"), json!(1)]);
}

#[test]
fn accepts_boolean_schemas() {
    assert_validates(convert_3_1(json!(true)), &[json!(1)], &[]);
    assert_validates(convert_3_1(json!(false)), &[], &[json!(1)]);
    assert_validates(
        convert_3_1(json!({ "properties": { "a": false } })),
        &[json!({})],
        &[json!({ "a": 1 })],
    );
}

#[test]
fn keeps_local_defs_and_renames_conflicting_components() {
    let schemas = json!({ "A": { "type": "string" } });
    let schema = json!({
        "$defs": { "A": { "type": "integer" } },
        "$ref": "#/components/schemas/A",
    });
    assert_eq!(
        without_dialect(convert_in("3.1.0", schemas, schema)),
        json!({
            "$defs": { "A": { "type": "integer" }, "A_2": { "type": "string" } },
            "$ref": "#/$defs/A_2",
        })
    );
}

#[test]
fn rejects_keywords_that_change_how_references_resolve() {
    for name in [
        "$id",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor",
        "$vocabulary",
    ] {
        let (error, pointer) = error_at(convert_3_1(json!({ name: "a" })));
        assert!(error.is_unsupported());
        assert_eq!(pointer, format!("/here/{name}"));
    }
}

#[test]
fn rejects_unknown_dialects() {
    let schema = json!({ "items": { "$schema": DRAFT, "type": "string" } });
    assert_eq!(
        without_dialect(convert_3_1(schema)),
        json!({ "items": { "type": "string" } })
    );
    let schema = json!({ "$schema": "http://json-schema.org/draft-07/schema#" });
    assert!(convert_3_1(schema).unwrap_err().is_unsupported());

    let root =
        |dialect: &str| json!({ "openapi": "3.1.0", "paths": {}, "jsonSchemaDialect": dialect });
    let document = Document::from_value(root("https://example.com/mine")).unwrap();
    let (error, pointer) = error_at(to_json_schema(&document, &json!({}), &Pointer::default()));
    assert!(error.is_unsupported());
    assert_eq!(pointer, "/jsonSchemaDialect");
    let document = Document::from_value(root(OPENAPI_3_1_DIALECT)).unwrap();
    assert!(to_json_schema(&document, &json!({}), &Pointer::default()).is_ok());
}
