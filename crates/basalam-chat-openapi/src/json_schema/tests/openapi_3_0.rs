use super::*;

#[test]
fn nullable_with_type_allows_null() {
    let schema = json!({ "type": "string", "nullable": true, "minLength": 1 });
    assert_eq!(
        without_dialect(convert_3_0(schema)),
        json!({ "type": ["string", "null"], "minLength": 1 })
    );
    let schema = json!({ "type": "string", "nullable": false });
    assert_eq!(
        without_dialect(convert_3_0(schema)),
        json!({ "type": "string" })
    );
}

#[test]
fn nullable_with_enum_allows_null_without_duplicate() {
    for values in [json!(["a"]), json!(["a", null])] {
        let schema = json!({ "type": "string", "nullable": true, "enum": values });
        assert_eq!(
            without_dialect(convert_3_0(schema)),
            json!({ "type": ["string", "null"], "enum": ["a", null] })
        );
    }
    let schema = json!({ "nullable": true, "enum": ["a"] });
    assert_validates(
        convert_3_0(schema),
        &[json!("a"), json!(null)],
        &[json!("b")],
    );
}

#[test]
fn nullable_with_all_of_any_of_one_of_or_not_allows_null() {
    for name in ["allOf", "anyOf", "oneOf"] {
        let schema = json!({ "nullable": true, name: [{ "type": "string" }] });
        assert_validates(convert_3_0(schema), &[json!(null), json!("a")], &[json!(1)]);
    }
    let schema = json!({ "type": "string", "nullable": true, "not": { "enum": ["a"] } });
    assert_validates(
        convert_3_0(schema),
        &[json!(null), json!("b")],
        &[json!("a"), json!(1)],
    );
}

#[test]
fn nullable_without_other_keywords_has_no_effect() {
    let schema = json!({ "nullable": true, "description": "anything" });
    assert_eq!(
        without_dialect(convert_3_0(schema)),
        json!({ "description": "anything" })
    );
}

#[test]
fn boolean_exclusive_bounds_become_numbers() {
    let schema = json!({
        "type": "integer",
        "minimum": 1, "exclusiveMinimum": true,
        "maximum": 9, "exclusiveMaximum": false,
    });
    assert_eq!(
        without_dialect(convert_3_0(schema)),
        json!({ "type": "integer", "exclusiveMinimum": 1, "maximum": 9 })
    );
}

#[test]
fn rejects_exclusive_bound_without_bound() {
    let (error, pointer) = error_at(convert_3_0(json!({ "exclusiveMaximum": true })));
    assert!(error.is_structure());
    assert_eq!(pointer, "/here/exclusiveMaximum");
}

#[test]
fn removes_examples_and_extensions_and_keeps_format() {
    let schema = json!({
        "type": "integer", "format": "int64", "description": "An id.", "default": 1,
        "x-note": 1, "example": 7, "discriminator": {}, "xml": {}, "externalDocs": {},
    });
    assert_eq!(
        without_dialect(convert_3_0(schema)),
        json!({ "type": "integer", "format": "int64", "description": "An id.", "default": 1 })
    );
}

#[test]
fn keeps_properties_named_like_keywords() {
    let schema = json!({ "properties": {
        "example": { "type": "string" }, "x-id": {}, "nullable": {}, "$ref": {},
    } });
    assert_eq!(without_dialect(convert_3_0(schema.clone())), schema);
}

#[test]
fn converts_nested_schemas() {
    let inner = json!({ "type": "string", "nullable": true });
    let schema = json!({
        "properties": { "a": inner },
        "additionalProperties": inner,
        "items": inner,
        "not": { "allOf": [{ "anyOf": [{ "oneOf": [inner] }] }] },
    });
    let converted = without_dialect(convert_3_0(schema)).to_string();
    assert!(!converted.contains("nullable"), "{converted}");
    assert_eq!(converted.matches(r#"["string","null"]"#).count(), 4);
}

#[test]
fn accepts_boolean_additional_properties() {
    let schema = json!({ "type": "object", "additionalProperties": false });
    assert_eq!(without_dialect(convert_3_0(schema.clone())), schema);
}

#[test]
fn drops_annotations_and_rejects_constraints_next_to_ref() {
    let schemas = json!({ "A": { "type": "string" } });
    let reference = "#/components/schemas/A";
    let schema = json!({ "$ref": reference, "description": "The A." });
    assert_eq!(
        without_dialect(convert_in("3.0.3", schemas.clone(), schema)),
        json!({ "$ref": "#/$defs/A", "$defs": { "A": { "type": "string" } } })
    );
    let schema = json!({ "$ref": reference, "nullable": true });
    let (error, pointer) = error_at(convert_in("3.0.3", schemas, schema));
    assert!(error.is_unsupported());
    assert_eq!(pointer, "/here/nullable");
    assert!(error.to_string().contains("allOf"), "{error}");
}

#[test]
fn rejects_openapi_3_1_keywords() {
    for name in [
        "const",
        "if",
        "prefixItems",
        "patternProperties",
        "examples",
        "typo",
    ] {
        let (error, pointer) = error_at(convert_3_0(json!({ name: {} })));
        assert!(error.is_unsupported(), "{error}");
        assert_eq!(pointer, format!("/here/{name}"));
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn rejects_keyword_values_of_the_wrong_type() {
    for schema in [
        json!({ "type": ["string", "null"] }),
        json!({ "type": "null" }),
        json!({ "type": "text" }),
        json!({ "title": 1 }),
        json!({ "nullable": "true" }),
        json!({ "minimum": "1" }),
        json!({ "exclusiveMinimum": 1 }),
        json!({ "maxLength": -1 }),
        json!({ "multipleOf": 0 }),
        json!({ "required": ["a", "a"] }),
        json!({ "maxItems": 1.5 }),
        json!({ "enum": "a" }),
        json!({ "required": true }),
        json!({ "required": [1] }),
        json!({ "items": [] }),
        json!({ "items": true }),
        json!({ "allOf": {} }),
        json!({ "allOf": [] }),
        json!({ "properties": [] }),
        json!({ "additionalProperties": 1 }),
    ] {
        let name = schema.as_object().unwrap().keys().next().unwrap().clone();
        let (error, pointer) = error_at(convert_3_0(schema));
        assert!(error.is_structure(), "{name}: {error}");
        assert_eq!(pointer, format!("/here/{name}"));
    }
    let (_, pointer) = error_at(convert_3_0(json!({ "allOf": [{}, 1] })));
    assert_eq!(pointer, "/here/allOf/1");
    assert!(convert_3_0(json!("string")).unwrap_err().is_structure());
    assert!(convert_3_0(json!(true)).unwrap_err().is_structure());
}
