mod openapi_3_0;
mod openapi_3_1;
mod references;

use serde_json::json;

use super::*;

fn translate_in(openapi: &str, schemas: Value, schema: Value) -> Result<Value, Error> {
    let document = Document::from_value(json!({
        "openapi": openapi,
        "paths": {},
        "components": { "schemas": schemas },
    }))?;
    to_json_schema(&document, &schema, &Pointer::default().child("here"))
}

fn translate_3_0(schema: Value) -> Result<Value, Error> {
    translate_in("3.0.3", json!({}), schema)
}

fn translate_3_1(schema: Value) -> Result<Value, Error> {
    translate_in("3.1.0", json!({}), schema)
}

/// What `schema` becomes, without the `$schema` that every result has.
fn becomes(translated: Result<Value, Error>) -> Value {
    let mut translated = translated.unwrap();
    let members = translated.as_object_mut().unwrap();
    assert_eq!(members.remove("$schema"), Some(json!(DRAFT)));
    translated
}

/// Asserts which values a schema takes, by a validator that knows draft 2020-12.
fn takes(translated: Result<Value, Error>, taken: &[Value], refused: &[Value]) {
    let translated = translated.unwrap();
    let validator = jsonschema::draft202012::new(&translated).unwrap();
    for value in taken {
        assert!(validator.is_valid(value), "{translated} must take {value}");
    }
    for value in refused {
        assert!(
            !validator.is_valid(value),
            "{translated} must refuse {value}"
        );
    }
}

fn refused_at(translated: Result<Value, Error>) -> (Error, String) {
    let error = translated.unwrap_err();
    let pointer = error.pointer().to_string();
    (error, pointer)
}

#[test]
fn any_json_gives_a_valid_schema_or_an_error_with_words() {
    let check = |translated: Result<Value, Error>| match translated {
        Ok(schema) => assert!(
            jsonschema::meta::is_valid(&schema),
            "{schema} is no valid schema"
        ),
        Err(error) => assert!(!error.to_string().is_empty()),
    };
    let odd = [
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
    let known = [
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
        "x-own",
    ];
    for version in ["3.0.3", "3.1.0"] {
        for value in &odd {
            for name in known {
                let beside = json!({ name: value, "nullable": true, "exclusiveMaximum": true });
                check(translate_in(version, json!({ name: value }), beside));
                check(translate_in(version, json!({}), json!({ name: value })));
            }
            check(translate_in(version, json!({}), value.clone()));
        }
    }
}
