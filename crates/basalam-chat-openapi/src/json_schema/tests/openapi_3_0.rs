use super::*;

#[test]
fn nullable_beside_a_type_allows_null() {
    let schema = json!({ "type": "string", "nullable": true, "minLength": 1 });
    assert_eq!(
        becomes(translate_3_0(schema)),
        json!({ "type": ["string", "null"], "minLength": 1 })
    );
    let schema = json!({ "type": "string", "nullable": false });
    assert_eq!(becomes(translate_3_0(schema)), json!({ "type": "string" }));
}

#[test]
fn nullable_beside_an_enumeration_allows_null_once() {
    for values in [json!(["a"]), json!(["a", null])] {
        let schema = json!({ "type": "string", "nullable": true, "enum": values });
        assert_eq!(
            becomes(translate_3_0(schema)),
            json!({ "type": ["string", "null"], "enum": ["a", null] })
        );
    }
    let schema = json!({ "nullable": true, "enum": ["a"] });
    takes(
        translate_3_0(schema),
        &[json!("a"), json!(null)],
        &[json!("b")],
    );
}

#[test]
fn nullable_beside_a_combination_allows_null() {
    for name in ["allOf", "anyOf", "oneOf"] {
        let schema = json!({ "nullable": true, name: [{ "type": "string" }] });
        takes(
            translate_3_0(schema),
            &[json!(null), json!("a")],
            &[json!(1)],
        );
    }
    let schema = json!({ "type": "string", "nullable": true, "not": { "enum": ["a"] } });
    takes(
        translate_3_0(schema),
        &[json!(null), json!("b")],
        &[json!("a"), json!(1)],
    );
}

#[test]
fn nullable_alone_changes_nothing() {
    let schema = json!({ "nullable": true, "description": "anything" });
    assert_eq!(
        becomes(translate_3_0(schema)),
        json!({ "description": "anything" })
    );
}

#[test]
fn exclusive_bounds_become_numbers() {
    let schema = json!({
        "type": "integer",
        "minimum": 1, "exclusiveMinimum": true,
        "maximum": 9, "exclusiveMaximum": false,
    });
    assert_eq!(
        becomes(translate_3_0(schema)),
        json!({ "type": "integer", "exclusiveMinimum": 1, "maximum": 9 })
    );
}

#[test]
fn an_exclusive_bound_without_its_bound_is_an_error() {
    let (error, pointer) = refused_at(translate_3_0(json!({ "exclusiveMaximum": true })));
    assert!(error.is_structure());
    assert_eq!(pointer, "/here/exclusiveMaximum");
}

#[test]
fn what_only_describes_goes_and_format_stays() {
    let schema = json!({
        "type": "integer", "format": "int64", "description": "An id.", "default": 1,
        "x-note": 1, "example": 7, "discriminator": {}, "xml": {}, "externalDocs": {},
    });
    assert_eq!(
        becomes(translate_3_0(schema)),
        json!({ "type": "integer", "format": "int64", "description": "An id.", "default": 1 })
    );
}

#[test]
fn properties_called_like_keywords_are_kept() {
    let schema = json!({ "properties": {
        "example": { "type": "string" }, "x-id": {}, "nullable": {}, "$ref": {},
    } });
    assert_eq!(becomes(translate_3_0(schema.clone())), schema);
}

#[test]
fn every_level_is_translated() {
    let inner = json!({ "type": "string", "nullable": true });
    let schema = json!({
        "properties": { "a": inner },
        "additionalProperties": inner,
        "items": inner,
        "not": { "allOf": [{ "anyOf": [{ "oneOf": [inner] }] }] },
    });
    let translated = becomes(translate_3_0(schema)).to_string();
    assert!(!translated.contains("nullable"), "{translated}");
    assert_eq!(translated.matches(r#"["string","null"]"#).count(), 4);
}

#[test]
fn additional_properties_may_be_a_flag() {
    let schema = json!({ "type": "object", "additionalProperties": false });
    assert_eq!(becomes(translate_3_0(schema.clone())), schema);
}

#[test]
fn prose_beside_a_reference_goes_and_a_rule_there_is_refused() {
    let schemas = json!({ "A": { "type": "string" } });
    let reference = "#/components/schemas/A";
    let schema = json!({ "$ref": reference, "description": "The A." });
    assert_eq!(
        becomes(translate_in("3.0.3", schemas.clone(), schema)),
        json!({ "$ref": "#/$defs/A", "$defs": { "A": { "type": "string" } } })
    );
    let schema = json!({ "$ref": reference, "nullable": true });
    let (error, pointer) = refused_at(translate_in("3.0.3", schemas, schema));
    assert!(error.is_unsupported());
    assert_eq!(pointer, "/here/nullable");
    assert!(error.to_string().contains("allOf"), "{error}");
}

#[test]
fn keywords_of_3_1_are_refused_by_name() {
    for name in [
        "const",
        "if",
        "prefixItems",
        "patternProperties",
        "examples",
        "typo",
    ] {
        let (error, pointer) = refused_at(translate_3_0(json!({ name: {} })));
        assert!(error.is_unsupported(), "{error}");
        assert_eq!(pointer, format!("/here/{name}"));
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn values_of_the_wrong_type_are_refused_with_their_place() {
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
        let (error, pointer) = refused_at(translate_3_0(schema));
        assert!(error.is_structure(), "{name}: {error}");
        assert_eq!(pointer, format!("/here/{name}"));
    }
    let (_, pointer) = refused_at(translate_3_0(json!({ "allOf": [{}, 1] })));
    assert_eq!(pointer, "/here/allOf/1");
    assert!(translate_3_0(json!("string")).unwrap_err().is_structure());
    assert!(translate_3_0(json!(true)).unwrap_err().is_structure());
}
