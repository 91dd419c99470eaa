//! The keywords of schemas and the kinds of values that they accept.

use std::collections::HashSet;

use serde_json::Value;

use crate::{Error, Pointer};

/// The kind of value that a keyword accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeywordKind {
    /// Any value, kept unchanged.
    Any,
    String,
    Boolean,
    Number,
    PositiveNumber,
    NonNegativeInteger,
    Array,
    /// An array of strings without duplicates.
    StringSet,
    /// An object of such arrays.
    StringSetMap,
    /// The name of a type, or in 3.1 an array of names.
    Type,
    /// `exclusiveMinimum` and `exclusiveMaximum`: a boolean in 3.0, a number in 3.1.
    ExclusiveBound,
    Schema,
    /// A non-empty array of schemas.
    SchemaArray,
    SchemaMap,
    /// `$ref`, which in 3.1 allows other keywords next to it.
    Reference,
    /// `$schema`, checked and removed: only the outermost schema has it.
    Dialect,
    /// Removed, because it does not affect validation.
    Removed,
    /// Changes how references resolve, which is not supported.
    ReferenceBase,
}

/// A keyword of at least one of the dialects.
pub(super) struct Keyword {
    pub(super) kind: KeywordKind,
    /// `true` if OpenAPI 3.0 has it.
    pub(super) in_3_0: bool,
}

/// Looks up a keyword by name.
pub(super) fn keyword(name: &str) -> Option<Keyword> {
    let with = |in_3_0, kind| Some(Keyword { kind, in_3_0 });
    let in_3_0 = |kind| with(true, kind);
    let since_3_1 = |kind| with(false, kind);
    match name {
        "title" | "description" | "format" | "pattern" => in_3_0(KeywordKind::String),
        "default" => in_3_0(KeywordKind::Any),
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" => {
            in_3_0(KeywordKind::Boolean)
        }
        "minimum" | "maximum" => in_3_0(KeywordKind::Number),
        "multipleOf" => in_3_0(KeywordKind::PositiveNumber),
        "exclusiveMinimum" | "exclusiveMaximum" => in_3_0(KeywordKind::ExclusiveBound),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            in_3_0(KeywordKind::NonNegativeInteger)
        }
        "enum" => in_3_0(KeywordKind::Array),
        "required" => in_3_0(KeywordKind::StringSet),
        "type" => in_3_0(KeywordKind::Type),
        "items" | "not" | "additionalProperties" => in_3_0(KeywordKind::Schema),
        "allOf" | "anyOf" | "oneOf" => in_3_0(KeywordKind::SchemaArray),
        "properties" => in_3_0(KeywordKind::SchemaMap),
        "example" | "discriminator" | "xml" | "externalDocs" => in_3_0(KeywordKind::Removed),
        "const" => since_3_1(KeywordKind::Any),
        "examples" => since_3_1(KeywordKind::Array),
        "$comment" | "contentEncoding" | "contentMediaType" => since_3_1(KeywordKind::String),
        "dependentRequired" => since_3_1(KeywordKind::StringSetMap),
        "minContains" | "maxContains" => since_3_1(KeywordKind::NonNegativeInteger),
        "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "contentSchema"
        | "unevaluatedItems"
        | "unevaluatedProperties" => since_3_1(KeywordKind::Schema),
        "prefixItems" => since_3_1(KeywordKind::SchemaArray),
        "patternProperties" | "dependentSchemas" | "$defs" => since_3_1(KeywordKind::SchemaMap),
        "$id" | "$anchor" | "$dynamicRef" | "$dynamicAnchor" | "$vocabulary" => {
            since_3_1(KeywordKind::ReferenceBase)
        }
        "$ref" => since_3_1(KeywordKind::Reference),
        "$schema" => since_3_1(KeywordKind::Dialect),
        _ => None,
    }
}

/// Checks the value of a keyword that contains no schemas.
pub(super) fn check_value(kind: KeywordKind, value: &Value, at: &Pointer) -> Result<(), Error> {
    let (is_valid, expected) = match kind {
        KeywordKind::String => (value.is_string(), "a string"),
        KeywordKind::Boolean => (value.is_boolean(), "true or false"),
        KeywordKind::Number => (value.is_number(), "a number"),
        KeywordKind::PositiveNumber => (
            value.as_f64().is_some_and(|it| it > 0.0),
            "a number greater than zero",
        ),
        KeywordKind::NonNegativeInteger => {
            (is_non_negative_integer(value), "a non-negative integer")
        }
        KeywordKind::Array => (value.is_array(), "an array"),
        KeywordKind::StringSet => (
            is_string_set(value),
            "an array of strings without duplicates",
        ),
        KeywordKind::StringSetMap => (
            value
                .as_object()
                .is_some_and(|lists| lists.values().all(is_string_set)),
            "an object of arrays of strings without duplicates",
        ),
        _ => return Ok(()),
    };
    if is_valid {
        Ok(())
    } else {
        Err(Error::structure(at, format!("must be {expected}")))
    }
}

pub(super) fn unsupported_reference_base(name: &str, at: &Pointer) -> Error {
    let message = "changes how references resolve; use references to `#/components/schemas/…`";
    Error::unsupported(at, format!("{name:?} {message}"))
}

/// Returns `true` if `value` is the name of a JSON type.
pub(super) fn is_type_name(value: &Value) -> bool {
    const NAMES: [&str; 7] = [
        "array", "boolean", "integer", "null", "number", "object", "string",
    ];
    value.as_str().is_some_and(|name| NAMES.contains(&name))
}

fn is_non_negative_integer(value: &Value) -> bool {
    value.is_u64()
        || value
            .as_f64()
            .is_some_and(|it| it >= 0.0 && it.fract() == 0.0)
}

fn is_string_set(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|names| names.iter().all(Value::is_string) && !has_duplicates(names))
}

/// Returns `true` if a list contains a value twice.
pub(super) fn has_duplicates(list: &[Value]) -> bool {
    let mut seen = HashSet::new();
    !list.iter().all(|value| seen.insert(value))
}
