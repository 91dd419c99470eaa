//! Translating one schema, its references aside.

use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::expect_known_dialect;
use super::keywords::{Shape, expect_shape, is_type_name, keyword, repeats};
use crate::document::target;
use crate::{Error, Pointer, Version};

/// Translates `schema`, which stands at `at` and is known not to nest too deep.
pub(super) fn schema(
    definitions: &mut Definitions,
    schema: &Value,
    at: &Pointer,
) -> Result<Value, Error> {
    match (schema, definitions.version()) {
        (Value::Object(keywords), Version::V3_0) if keywords.contains_key("$ref") => {
            lone_reference(definitions, keywords, at)
        }
        (Value::Object(keywords), Version::V3_0) => {
            let translated = object(definitions, keywords, at)?;
            from_3_0(translated, at)
        }
        (Value::Object(keywords), Version::V3_1) => {
            object(definitions, keywords, at).map(Value::Object)
        }
        (Value::Bool(_), Version::V3_1) => Ok(schema.clone()),
        _ => Err(Error::structure(at, "must be a schema, which is an object")),
    }
}

/// OpenAPI 3.0 ignores whatever stands beside `$ref`: prose there does no harm, but a
/// rule would be lost.
fn lone_reference(
    definitions: &mut Definitions,
    keywords: &Map<String, Value>,
    at: &Pointer,
) -> Result<Value, Error> {
    for name in keywords.keys() {
        let harmless = [
            "$ref",
            "title",
            "description",
            "summary",
            "deprecated",
            "example",
        ];
        if !harmless.contains(&name.as_str()) && !name.starts_with("x-") {
            return Err(Error::unsupported(
                &at.child(name),
                format!(
                    "OpenAPI 3.0 ignores {name:?} beside `$ref`; put the reference into an `allOf` of one"
                ),
            ));
        }
    }
    let value = keywords.get("$ref").unwrap_or(&Value::Null);
    let reference = reference(definitions, value, &at.child("$ref"))?;
    Ok(json!({ "$ref": reference }))
}

fn reference(definitions: &mut Definitions, value: &Value, at: &Pointer) -> Result<Value, Error> {
    Ok(definitions.reference(&target(value, at)?, at).into())
}

fn object(
    definitions: &mut Definitions,
    keywords: &Map<String, Value>,
    at: &Pointer,
) -> Result<Map<String, Value>, Error> {
    let mut translated = Map::new();
    for (name, value) in keywords {
        let at = &at.child(name);
        let Some(shape) = shape_of(definitions.version(), name, at)? else {
            continue;
        };
        let value = match shape {
            Shape::Schema => subschema(definitions, name, value, at)?,
            Shape::Schemas => subschema_list(definitions, value, at)?,
            Shape::SchemaMap => subschema_map(definitions, value, at)?,
            Shape::Type => type_names(definitions.version(), value, at)?,
            Shape::ExclusiveBound => exclusive_bound(definitions.version(), value, at)?,
            Shape::Reference => reference(definitions, value, at)?,
            Shape::Dialect => {
                expect_known_dialect(value, at)?;
                continue;
            }
            shape => {
                expect_shape(shape, value, at)?;
                value.clone()
            }
        };
        translated.insert(name.clone(), value);
    }
    Ok(translated)
}

/// Decides what becomes of a keyword: `None` when it goes.
fn shape_of(version: Version, name: &str, at: &Pointer) -> Result<Option<Shape>, Error> {
    if name.starts_with("x-") {
        return Ok(None);
    }
    match (keyword(name), version) {
        (Some(known), _) if known.shape == Shape::Dropped => Ok(None),
        (Some(known), _) if known.shape == Shape::Rebasing => Err(Error::unsupported(
            at,
            format!("{name:?} changes what references mean; refer to `#/components/schemas/…`"),
        )),
        (Some(known), Version::V3_0) if known.in_3_0 => Ok(Some(known.shape)),
        (Some(known), Version::V3_1) => Ok(Some(known.shape)),
        // Draft 2020-12 takes keywords it does not know for notes.
        (None, Version::V3_1) => Ok(Some(Shape::Any)),
        (_, Version::V3_0) => Err(Error::unsupported(
            at,
            format!(
                "OpenAPI 3.0 schemas have no keyword {name:?}; remove it, call it \"x-{name}\", or move the document to 3.1"
            ),
        )),
    }
}

fn subschema(
    definitions: &mut Definitions,
    name: &str,
    value: &Value,
    at: &Pointer,
) -> Result<Value, Error> {
    if name == "additionalProperties" && value.is_boolean() {
        return Ok(value.clone());
    }
    schema(definitions, value, at)
}

fn subschema_list(
    definitions: &mut Definitions,
    value: &Value,
    at: &Pointer,
) -> Result<Value, Error> {
    let list = match value {
        Value::Array(list) if !list.is_empty() => list,
        _ => {
            return Err(Error::structure(
                at,
                "must be an array of schemas with at least one",
            ));
        }
    };
    list.iter()
        .enumerate()
        .map(|(index, value)| schema(definitions, value, &at.child(index)))
        .collect()
}

fn subschema_map(
    definitions: &mut Definitions,
    value: &Value,
    at: &Pointer,
) -> Result<Value, Error> {
    let Value::Object(map) = value else {
        return Err(Error::structure(at, "must be an object of schemas by name"));
    };
    map.iter()
        .map(|(name, value)| {
            let translated = schema(definitions, value, &at.child(name))?;
            Ok((name.clone(), translated))
        })
        .collect()
}

fn type_names(version: Version, value: &Value, at: &Pointer) -> Result<Value, Error> {
    let valid = match (value, version) {
        (Value::Array(names), Version::V3_1) => {
            !names.is_empty() && names.iter().all(is_type_name) && !repeats(names)
        }
        (name, Version::V3_1) => is_type_name(name),
        (name, Version::V3_0) => is_type_name(name) && name != "null",
    };
    if valid {
        return Ok(value.clone());
    }
    Err(Error::structure(
        at,
        match version {
            Version::V3_0 => "must be the name of one type; null is allowed by `nullable: true`",
            Version::V3_1 => "must be the name of a type or an array of such names, none twice",
        },
    ))
}

fn exclusive_bound(version: Version, value: &Value, at: &Pointer) -> Result<Value, Error> {
    let shape = match version {
        Version::V3_0 => Shape::Flag,
        Version::V3_1 => Shape::Number,
    };
    expect_shape(shape, value, at)?;
    Ok(value.clone())
}

/// Turns what OpenAPI 3.0 writes otherwise into draft 2020-12.
fn from_3_0(mut keywords: Map<String, Value>, at: &Pointer) -> Result<Value, Error> {
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if keywords.remove(exclusive) == Some(Value::Bool(true)) {
            let Some(limit) = keywords.remove(bound) else {
                return Err(Error::structure(
                    &at.child(exclusive),
                    format!("says nothing without a `{bound}` beside it; add one"),
                ));
            };
            keywords.insert(exclusive.to_owned(), limit);
        }
    }
    let nullable = keywords.remove("nullable") == Some(Value::Bool(true));
    Ok(if nullable {
        or_null(keywords)
    } else {
        Value::Object(keywords)
    })
}

/// Gives the schema that takes null beside what `keywords` take.
fn or_null(mut keywords: Map<String, Value>) -> Value {
    let restricted_elsewhere = ["allOf", "anyOf", "oneOf", "not"]
        .iter()
        .any(|name| keywords.contains_key(*name));
    if restricted_elsewhere {
        return json!({ "anyOf": [keywords, { "type": "null" }] });
    }
    if let Some(name) = keywords.remove("type") {
        keywords.insert("type".to_owned(), json!([name, "null"]));
    }
    if let Some(Value::Array(values)) = keywords.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    Value::Object(keywords)
}
