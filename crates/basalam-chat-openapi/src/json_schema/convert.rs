//! Conversion of a single schema, without the schemas that it references.

use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::expect_known_dialect;
use super::keywords::{
    KeywordKind, check_value, has_duplicates, is_type_name, keyword, unsupported_reference_base,
};
use crate::document::reference_target;
use crate::{Error, Pointer, Version};

/// Converts the schema at `at`. It must not be nested deeper than [`crate::MAX_DEPTH`].
pub(super) fn schema(
    definitions: &mut Definitions,
    schema: &Value,
    at: &Pointer,
) -> Result<Value, Error> {
    match (schema, definitions.version()) {
        (Value::Object(keywords), Version::V3_0) if keywords.contains_key("$ref") => {
            reference_3_0(definitions, keywords, at)
        }
        (Value::Object(keywords), Version::V3_0) => {
            let converted = object(definitions, keywords, at)?;
            convert_3_0(converted, at)
        }
        (Value::Object(keywords), Version::V3_1) => {
            object(definitions, keywords, at).map(Value::Object)
        }
        (Value::Bool(_), Version::V3_1) => Ok(schema.clone()),
        _ => Err(Error::structure(at, "must be a schema, which is an object")),
    }
}

/// Converts a reference of OpenAPI 3.0, which ignores all keywords next to `$ref`.
/// Annotations can be dropped, but a constraint there is an error because it has no effect.
fn reference_3_0(
    definitions: &mut Definitions,
    keywords: &Map<String, Value>,
    at: &Pointer,
) -> Result<Value, Error> {
    for name in keywords.keys() {
        let annotations = [
            "$ref",
            "title",
            "description",
            "summary",
            "deprecated",
            "example",
        ];
        if !annotations.contains(&name.as_str()) && !name.starts_with("x-") {
            return Err(Error::unsupported(
                &at.child(name),
                format!(
                    "OpenAPI 3.0 ignores {name:?} next to `$ref`; wrap the reference in an `allOf` with one element"
                ),
            ));
        }
    }
    let value = keywords.get("$ref").unwrap_or(&Value::Null);
    let reference = reference(definitions, value, &at.child("$ref"))?;
    Ok(json!({ "$ref": reference }))
}

fn reference(definitions: &mut Definitions, value: &Value, at: &Pointer) -> Result<Value, Error> {
    Ok(definitions
        .reference(&reference_target(value, at)?, at)
        .into())
}

fn object(
    definitions: &mut Definitions,
    keywords: &Map<String, Value>,
    at: &Pointer,
) -> Result<Map<String, Value>, Error> {
    let mut converted = Map::new();
    for (name, value) in keywords {
        let at = &at.child(name);
        let Some(kind) = kind_of(definitions.version(), name, at)? else {
            continue;
        };
        let value = match kind {
            KeywordKind::Schema => subschema(definitions, name, value, at)?,
            KeywordKind::SchemaArray => subschema_list(definitions, value, at)?,
            KeywordKind::SchemaMap => subschema_map(definitions, value, at)?,
            KeywordKind::Type => type_names(definitions.version(), value, at)?,
            KeywordKind::ExclusiveBound => exclusive_bound(definitions.version(), value, at)?,
            KeywordKind::Reference => reference(definitions, value, at)?,
            KeywordKind::Dialect => {
                expect_known_dialect(value, at)?;
                continue;
            }
            kind => {
                check_value(kind, value, at)?;
                value.clone()
            }
        };
        converted.insert(name.clone(), value);
    }
    Ok(converted)
}

/// Returns the kind of a keyword, or `None` if the keyword is removed.
fn kind_of(version: Version, name: &str, at: &Pointer) -> Result<Option<KeywordKind>, Error> {
    if name.starts_with("x-") {
        return Ok(None);
    }
    match (keyword(name), version) {
        (Some(known), _) if known.kind == KeywordKind::Removed => Ok(None),
        (Some(known), _) if known.kind == KeywordKind::ReferenceBase => {
            Err(unsupported_reference_base(name, at))
        }
        (Some(known), Version::V3_0) if known.in_3_0 => Ok(Some(known.kind)),
        (Some(known), Version::V3_1) => Ok(Some(known.kind)),
        // Draft 2020-12 treats unknown keywords as annotations.
        (None, Version::V3_1) => Ok(Some(KeywordKind::Any)),
        (_, Version::V3_0) => Err(Error::unsupported(
            at,
            format!(
                "OpenAPI 3.0 schemas have no keyword {name:?}; remove it, rename it to \"x-{name}\", or convert the document to 3.1"
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
            return Err(Error::structure(at, "must be a non-empty array of schemas"));
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
            let converted = schema(definitions, value, &at.child(name))?;
            Ok((name.clone(), converted))
        })
        .collect()
}

fn type_names(version: Version, value: &Value, at: &Pointer) -> Result<Value, Error> {
    let valid = match (value, version) {
        (Value::Array(names), Version::V3_1) => {
            !names.is_empty() && names.iter().all(is_type_name) && !has_duplicates(names)
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
            Version::V3_0 => "must be the name of one type; use `nullable: true` to allow null",
            Version::V3_1 => {
                "must be the name of a type or an array of such names without duplicates"
            }
        },
    ))
}

fn exclusive_bound(version: Version, value: &Value, at: &Pointer) -> Result<Value, Error> {
    let kind = match version {
        Version::V3_0 => KeywordKind::Boolean,
        Version::V3_1 => KeywordKind::Number,
    };
    check_value(kind, value, at)?;
    Ok(value.clone())
}

/// Replaces the keywords of OpenAPI 3.0 that draft 2020-12 does not have.
fn convert_3_0(mut keywords: Map<String, Value>, at: &Pointer) -> Result<Value, Error> {
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if keywords.remove(exclusive) == Some(Value::Bool(true)) {
            let Some(limit) = keywords.remove(bound) else {
                return Err(Error::structure(
                    &at.child(exclusive),
                    format!("has no effect without `{bound}`; add it"),
                ));
            };
            keywords.insert(exclusive.to_owned(), limit);
        }
    }
    let nullable = keywords.remove("nullable") == Some(Value::Bool(true));
    Ok(if nullable {
        allow_null(keywords)
    } else {
        Value::Object(keywords)
    })
}

/// Returns a schema that accepts null and everything that `keywords` accept.
fn allow_null(mut keywords: Map<String, Value>) -> Value {
    let has_combinator = ["allOf", "anyOf", "oneOf", "not"]
        .iter()
        .any(|name| keywords.contains_key(*name));
    if has_combinator {
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
