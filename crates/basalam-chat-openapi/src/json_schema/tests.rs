mod openapi_3_0;
mod openapi_3_1;
mod references;

use serde_json::json;

use super::*;

fn convert_in(openapi: &str, schemas: Value, schema: Value) -> Result<Value, Error> {
    let document = Document::from_value(json!({
        "openapi": openapi,
        "paths": {},
        "components": { "schemas": schemas },
    }))?;
    to_json_schema(&document, &schema, &Pointer::default().child("here"))
}

fn convert_3_0(schema: Value) -> Result<Value, Error> {
    convert_in("3.0.3", json!({}), schema)
}

fn convert_3_1(schema: Value) -> Result<Value, Error> {
    convert_in("3.1.0", json!({}), schema)
}

/// Returns the converted schema without the `$schema` that every result has.
fn without_dialect(converted: Result<Value, Error>) -> Value {
    let mut converted = converted.unwrap();
    let keywords = converted.as_object_mut().unwrap();
    assert_eq!(keywords.remove("$schema"), Some(json!(DRAFT)));
    converted
}

/// Asserts which values a validator for draft 2020-12 accepts and rejects.
fn assert_validates(converted: Result<Value, Error>, accepted: &[Value], rejected: &[Value]) {
    let converted = converted.unwrap();
    let validator = jsonschema::draft202012::new(&converted).unwrap();
    for value in accepted {
        assert!(validator.is_valid(value), "{converted} must accept {value}");
    }
    for value in rejected {
        assert!(
            !validator.is_valid(value),
            "{converted} must reject {value}"
        );
    }
}

fn error_at(converted: Result<Value, Error>) -> (Error, String) {
    let error = converted.unwrap_err();
    let pointer = error.pointer().to_string();
    (error, pointer)
}

#[test]
fn converts_any_json_to_a_valid_schema_or_returns_an_error() {
    let check = |converted: Result<Value, Error>| match converted {
        Ok(schema) => assert!(
            jsonschema::meta::is_valid(&schema),
            "{schema} is not a valid schema"
        ),
        Err(error) => assert!(!error.to_string().is_empty()),
    };
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1.5e300),
        json!(""),
        json!([]),
        json!({}),
        json!(["a", "a"]),
        json!(["string", "string"]),
        json!({ "a": ["b", "b"] }),
        json!({ "$ref": "#" }),
        json!([{ "$ref": "#" }]),
        json!({ "$defs": 1 }),
        json!({ "type": "string" }),
        json!([{ "type": "string" }]),
    ];
    let keywords = [
        "type",
        "enum",
        "const",
        "items",
        "allOf",
        "properties",
        "required",
        "multipleOf",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "uniqueItems",
        "pattern",
        "format",
        "title",
        "nullable",
        "default",
        "examples",
        "dependentRequired",
        "dependentSchemas",
        "contains",
        "prefixItems",
        "additionalProperties",
        "$ref",
        "$defs",
        "$schema",
        "$comment",
        "$id",
        "unknown",
        "x-custom",
    ];
    for version in ["3.0.3", "3.1.0"] {
        for value in &values {
            for name in keywords {
                let with_others =
                    json!({ name: value, "nullable": true, "exclusiveMaximum": true });
                check(convert_in(version, json!({ name: value }), with_others));
                check(convert_in(version, json!({}), json!({ name: value })));
            }
            check(convert_in(version, json!({}), value.clone()));
        }
    }
}
