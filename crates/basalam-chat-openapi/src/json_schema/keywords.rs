//! The keywords of schemas: what value each takes and what becomes of it.

use std::collections::HashSet;

use serde_json::Value;

use crate::{Error, Pointer};

/// What a keyword's value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Any value, taken over.
    Any,
    Text,
    Flag,
    Number,
    /// A number above zero.
    Divisor,
    /// A number not below zero without a fraction.
    Count,
    Array,
    /// A list of names, none twice.
    Names,
    /// Lists of names by name.
    NamesByName,
    /// The name of a type, or in 3.1 a list of them.
    Type,
    /// `exclusiveMinimum` and `exclusiveMaximum`: a flag in 3.0, a number in 3.1.
    ExclusiveBound,
    Schema,
    /// A list of schemas, not empty.
    Schemas,
    /// Schemas by name.
    SchemaMap,
    /// `$ref`, which in 3.1 may have other keywords beside it.
    Reference,
    /// `$schema`, checked and left to the outermost schema.
    Dialect,
    /// Goes: it says nothing about which values are accepted.
    Dropped,
    /// Changes what references mean.
    Rebasing,
}

/// A keyword that at least one of the dialects knows.
pub(crate) struct Keyword {
    pub(crate) shape: Shape,
    /// Whether OpenAPI 3.0 knows it.
    pub(crate) in_3_0: bool,
}

/// Looks a keyword up.
pub(crate) fn keyword(name: &str) -> Option<Keyword> {
    let in_3_0 = |shape| {
        Some(Keyword {
            shape,
            in_3_0: true,
        })
    };
    let since_3_1 = |shape| {
        Some(Keyword {
            shape,
            in_3_0: false,
        })
    };
    match name {
        "title" | "description" | "format" | "pattern" => in_3_0(Shape::Text),
        "default" => in_3_0(Shape::Any),
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" => in_3_0(Shape::Flag),
        "minimum" | "maximum" => in_3_0(Shape::Number),
        "multipleOf" => in_3_0(Shape::Divisor),
        "exclusiveMinimum" | "exclusiveMaximum" => in_3_0(Shape::ExclusiveBound),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            in_3_0(Shape::Count)
        }
        "enum" => in_3_0(Shape::Array),
        "required" => in_3_0(Shape::Names),
        "type" => in_3_0(Shape::Type),
        "items" | "not" | "additionalProperties" => in_3_0(Shape::Schema),
        "allOf" | "anyOf" | "oneOf" => in_3_0(Shape::Schemas),
        "properties" => in_3_0(Shape::SchemaMap),
        "example" | "discriminator" | "xml" | "externalDocs" => in_3_0(Shape::Dropped),
        "const" => since_3_1(Shape::Any),
        "examples" => since_3_1(Shape::Array),
        "$comment" | "contentEncoding" | "contentMediaType" => since_3_1(Shape::Text),
        "dependentRequired" => since_3_1(Shape::NamesByName),
        "minContains" | "maxContains" => since_3_1(Shape::Count),
        "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "contentSchema"
        | "unevaluatedItems"
        | "unevaluatedProperties" => since_3_1(Shape::Schema),
        "prefixItems" => since_3_1(Shape::Schemas),
        "patternProperties" | "dependentSchemas" | "$defs" => since_3_1(Shape::SchemaMap),
        "$id" | "$anchor" | "$dynamicRef" | "$dynamicAnchor" | "$vocabulary" => {
            since_3_1(Shape::Rebasing)
        }
        "$ref" => since_3_1(Shape::Reference),
        "$schema" => since_3_1(Shape::Dialect),
        _ => None,
    }
}

/// Checks a keyword's value where it holds no schemas.
pub(crate) fn expect_shape(shape: Shape, value: &Value, at: &Pointer) -> Result<(), Error> {
    let (fits, wanted) = match shape {
        Shape::Text => (value.is_string(), "a string"),
        Shape::Flag => (value.is_boolean(), "true or false"),
        Shape::Number => (value.is_number(), "a number"),
        Shape::Divisor => (
            value.as_f64().is_some_and(|it| it > 0.0),
            "a number above zero",
        ),
        Shape::Count => (is_count(value), "a whole number not below zero"),
        Shape::Array => (value.is_array(), "an array"),
        Shape::Names => (is_names(value), "an array of strings, none twice"),
        Shape::NamesByName => (
            value
                .as_object()
                .is_some_and(|lists| lists.values().all(is_names)),
            "an object of arrays of strings",
        ),
        _ => return Ok(()),
    };
    if fits {
        Ok(())
    } else {
        Err(Error::structure(at, format!("must be {wanted}")))
    }
}

/// Tells whether `value` names one of the types of JSON.
pub(crate) fn is_type_name(value: &Value) -> bool {
    const NAMES: [&str; 7] = [
        "array", "boolean", "integer", "null", "number", "object", "string",
    ];
    value.as_str().is_some_and(|name| NAMES.contains(&name))
}

fn is_count(value: &Value) -> bool {
    value.is_u64()
        || value
            .as_f64()
            .is_some_and(|it| it >= 0.0 && it.fract() == 0.0)
}

fn is_names(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|names| names.iter().all(Value::is_string) && !repeats(names))
}

/// Tells whether a list holds a value twice.
pub(super) fn repeats(list: &[Value]) -> bool {
    let mut seen = HashSet::new();
    !list.iter().all(|value| seen.insert(value))
}
