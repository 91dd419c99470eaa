//! The keywords that schemas and other objects of a document may use.

use basalam_chat_openapi::Pointer;
use serde_json::{Map, Value};

use super::Lowering;

pub(super) const STRING: &[&str] = &[
    "type",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "enum",
];
pub(super) const NUMBER: &[&str] = &[
    "type",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
pub(super) const BOOLEAN: &[&str] = &["type"];
pub(super) const ARRAY: &[&str] = &["type", "items", "minItems", "maxItems", "uniqueItems"];
pub(super) const OBJECT: &[&str] = &[
    "type",
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
];
/// Ours, at named objects with properties: one that is large, and is in a box where it may be missing.
pub(super) const BOXED: &str = "x-boxed";
/// What may stand beside `allOf` with one reference: it narrows the value, not its type.
pub(super) const BESIDE_REFERENCE: &[&str] = &[
    "allOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "pattern",
    "minLength",
    "maxLength",
];
/// What may stand in every schema without changing the values that it takes.
const ANNOTATIONS: &[&str] = &[
    "description",
    "title",
    "example",
    "deprecated",
    "default",
    "nullable",
    "externalDocs",
];

impl Lowering<'_> {
    /// Refuses every keyword of a schema that is not on the list, and every value of the wrong form.
    pub(super) fn keywords(&mut self, object: &Map<String, Value>, at: &Pointer, also: &[&str]) {
        for (keyword, value) in object {
            let keyword = keyword.as_str();
            if keyword.starts_with("x-") && keyword != BOXED {
                continue;
            }
            if !ANNOTATIONS.contains(&keyword) && !also.contains(&keyword) {
                let (problem, remedy) = refused_keyword(keyword);
                self.refuse(&at.child(keyword), problem, remedy);
                continue;
            }
            if let Some(expected) = wrong_form(keyword, value) {
                self.refuse(
                    &at.child(keyword),
                    format!("`{keyword}` must be {expected}"),
                    format!("write {expected}"),
                );
            }
        }
    }

    /// Refuses every member of an object that is no schema and not on the list.
    pub(super) fn members(&mut self, object: &Value, at: &Pointer, what: &str, accepted: &[&str]) {
        for member in object.as_object().into_iter().flat_map(Map::keys) {
            if !accepted.contains(&member.as_str()) && !member.starts_with("x-") {
                self.refuse(
                    &at.child(member),
                    format!("`{member}` of {what} is not on the list"),
                    "leave it out",
                );
            }
        }
    }

    /// Takes a member that is prose over, where it is there.
    pub(super) fn prose(
        &mut self,
        object: &Value,
        member: &str,
        at: &Pointer,
        lowered: &mut Map<String, Value>,
    ) {
        match object.get(member) {
            Some(Value::String(text)) => {
                lowered.insert(member.to_owned(), text.as_str().into());
            }
            Some(_) => self.refuse(
                &at.child(member),
                format!("`{member}` must be a text"),
                "write a text",
            ),
            None => {}
        }
    }
}

fn refused_keyword(keyword: &str) -> (String, &'static str) {
    match keyword {
        "const" => (
            "`const` is OpenAPI 3.1, and progenitor passes over it in silence".to_owned(),
            "write a named `enum` of one value",
        ),
        "discriminator" => (
            "progenitor passes over `discriminator` in silence".to_owned(),
            "write one object with optional properties",
        ),
        "readOnly" | "writeOnly" => (
            format!("progenitor passes over `{keyword}` in silence"),
            "write two schemas, one for requests and one for answers",
        ),
        BOXED => (
            "`x-boxed` is about a named object with properties, and changes nothing here"
                .to_owned(),
            "write it in the named schema of the object",
        ),
        "enum" => (
            "a list of values that are no texts becomes a closed type".to_owned(),
            "leave it out, and name the values in the description",
        ),
        _ => (
            format!("`{keyword}` is not on the list of what is generated from"),
            "leave it out, or say it with one of the accepted keywords",
        ),
    }
}

/// What the value of a keyword must be, where it is not.
fn wrong_form(keyword: &str, value: &Value) -> Option<&'static str> {
    let (right, expected) = match keyword {
        "description" | "title" | "format" | "pattern" => (value.is_string(), "a text"),
        "deprecated" | "nullable" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum"
        | BOXED => (value.is_boolean(), "true or false"),
        "minimum" | "maximum" | "multipleOf" => (value.is_number(), "a number"),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            (value.is_u64(), "a whole number, 0 or more")
        }
        "additionalProperties" => (
            value.is_boolean() || value.is_object(),
            "true, false or a schema",
        ),
        _ => (true, ""),
    };
    (!right).then_some(expected)
}
