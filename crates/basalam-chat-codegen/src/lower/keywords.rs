//! The supported keywords of schemas and fields of other OpenAPI objects.

use basalam_chat_openapi::Pointer;
use serde_json::{Map, Value};

use super::lowering::{Lowering, Object};

// Lists are names that are separated by whitespace.

pub(super) const STRING: &str = "type format pattern minLength maxLength enum";
pub(super) const NUMBER: &str =
    "type format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf";
pub(super) const BOOLEAN: &str = "type";
pub(super) const ARRAY: &str = "type items minItems maxItems uniqueItems";
pub(super) const OBJECT: &str =
    "type properties required additionalProperties minProperties maxProperties";
/// Extension for large named objects: optional fields hold the struct in a `Box`.
pub(super) const BOXED: &str = "x-boxed";
/// Extension for named objects in responses: how a failure to decode them, or an item of their list, is
/// handled.
pub(super) const DECODE: &str = "x-decode";
/// Keywords allowed next to an `allOf` with one reference: they restrict the value, not its type.
pub(super) const NEXT_TO_REFERENCE: &str =
    "allOf minimum maximum exclusiveMinimum exclusiveMaximum pattern minLength maxLength";
/// Keywords allowed in every schema: they do not change its type.
const ANNOTATIONS: &str = "description title example deprecated default nullable externalDocs";

impl Lowering<'_> {
    /// Reports every keyword of a schema that is neither an annotation nor in `supported`, and every
    /// keyword with an invalid value.
    pub(super) fn check_keywords(&mut self, object: &Object, at: &Pointer, supported: &str) {
        for (keyword, value) in object {
            let keyword = keyword.as_str();
            if keyword.starts_with("x-") && ![BOXED, DECODE].contains(&keyword) {
                continue;
            }
            if !is_listed(ANNOTATIONS, keyword) && !is_listed(supported, keyword) {
                let (message, remedy) = unsupported_keyword(keyword);
                self.report(&at.child(keyword), message, remedy);
                continue;
            }
            if let Some(expected) = expected_value(keyword, value) {
                let message = format!("`{keyword}` must be {expected}");
                self.report(&at.child(keyword), message, format!("write {expected}"));
            }
        }
    }

    /// Reports every field of an OpenAPI object that is neither in `known` nor an extension.
    pub(super) fn check_fields(&mut self, object: &Value, at: &Pointer, item: &str, known: &str) {
        for field in object.as_object().into_iter().flat_map(Map::keys) {
            if !is_listed(known, field) && !field.starts_with("x-") {
                let message = format!("the field `{field}` of {item} is not supported");
                self.report(&at.child(field), message, "remove it");
            }
        }
    }

    /// Copies a field that must be a string to the lowered object, if it is present.
    pub(super) fn copy_string(&mut self, from: &Value, field: &str, at: &Pointer, to: &mut Value) {
        match from.get(field) {
            Some(value) if value.is_string() => to[field] = value.clone(),
            Some(_) => {
                let message = format!("`{field}` must be a string");
                self.report(&at.child(field), message, "write a string");
            }
            None => {}
        }
    }
}

/// Returns `true` if `name` is in a list of names.
pub(super) fn is_listed(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|it| it == name)
}

/// Returns the items of an array of strings.
pub(super) fn strings(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// Returns `true` if a schema accepts null.
pub(super) fn is_nullable(schema: &Value) -> bool {
    schema["nullable"] == true
}

/// Returns `true` if a value is a secret.
pub(super) fn is_secret(object: &Object) -> bool {
    object
        .get("format")
        .is_some_and(|format| format == "password")
}

fn unsupported_keyword(keyword: &str) -> (String, &'static str) {
    match keyword {
        "const" => (
            "a `const` that is not a string, or in OpenAPI 3.0, is not supported".to_owned(),
            "write an `enum` of one string, or describe the value",
        ),
        "discriminator" => (
            "progenitor ignores `discriminator`".to_owned(),
            "write one object with optional properties",
        ),
        "readOnly" | "writeOnly" => (
            format!("progenitor ignores `{keyword}`"),
            "write two schemas, one for requests and one for responses",
        ),
        BOXED | DECODE => (
            format!("`{keyword}` has an effect on named objects with properties only"),
            "move it to the named schema of the object",
        ),
        "enum" => (
            "an `enum` of values that are not strings becomes a closed type".to_owned(),
            "remove it, and list the values in the description",
        ),
        _ => (
            format!("the keyword `{keyword}` is not supported here"),
            "remove it, or replace it with supported keywords",
        ),
    }
}

/// Returns a description of the values that `keyword` accepts if `value` is not one of them.
fn expected_value(keyword: &str, value: &Value) -> Option<&'static str> {
    let (is_valid, expected) = match keyword {
        "description" | "title" | "format" | "pattern" => (value.is_string(), "a string"),
        "deprecated" | "nullable" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum"
        | BOXED => (value.is_boolean(), "true or false"),
        DECODE => (value == "item" || value == "page", "`item` or `page`"),
        "minimum" | "maximum" | "multipleOf" => (value.is_number(), "a number"),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            (value.is_u64(), "a non-negative integer")
        }
        "additionalProperties" => (
            value.is_boolean() || value.is_object(),
            "true, false or a schema",
        ),
        _ => (true, ""),
    };
    (!is_valid).then_some(expected)
}
