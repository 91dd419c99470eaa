//! Lowering of schemas at their places of use.
//!
//! Bounds, patterns, defaults and formats are accepted but not copied to the lowered document: progenitor
//! would generate extra types for them and fail to decode responses outside a bound. The mocks and the
//! contract tests read them from the original document.

use basalam_chat_openapi::Pointer;
use serde_json::{Value, json};

use super::classify::alias_target;
use super::keywords::{ARRAY, BOOLEAN, NEXT_TO_REFERENCE, NUMBER, OBJECT, STRING, is_secret};
use super::lowering::{Class, Lowering, Object};
use super::model::NewtypeKind;
use crate::references::{SCHEMA_PREFIX, reference, target_name};

/// Maximum nesting of arrays and maps. rustc fails at slightly more than 100.
const MAX_DEPTH: usize = 32;

impl Lowering<'_> {
    /// Lowers a schema at a place of use.
    pub(super) fn lower_schema(&mut self, schema: &Value, at: &Pointer) -> Value {
        let Some(object) = schema.as_object() else {
            return self.reject_not_an_object(at);
        };
        if self.depth == MAX_DEPTH {
            return self.reject(
                at,
                format!("schemas are nested more than {MAX_DEPTH} levels deep"),
                "move inner schemas to `components.schemas`",
            );
        }
        self.depth += 1;
        let lowered = match object.contains_key("$ref") {
            true => self.lower_reference(schema, object.len(), at),
            false => self.lower_inline(object, at),
        };
        self.depth -= 1;
        lowered
    }

    fn lower_inline(&mut self, object: &Object, at: &Pointer) -> Value {
        if let Some(choices) = object.get("allOf") {
            return self.lower_all_of(object, choices, at);
        }
        if let Some(choices) = object.get("anyOf") {
            return self.lower_any_of(object, choices, at);
        }
        for keyword in ["oneOf", "not"] {
            if object.contains_key(keyword) {
                return self.reject(
                    &at.child(keyword),
                    format!("`{keyword}` becomes a closed type, which fails to decode new values"),
                    "write one object with optional properties, or an open enum",
                );
            }
        }
        self.lower_typed(object, at)
    }

    fn lower_typed(&mut self, object: &Object, at: &Pointer) -> Value {
        let mut lowered = json!({});
        copy_annotations(&mut lowered, object);
        let kind = match object.get("type") {
            None => {
                self.check_keywords(object, at, "");
                return lowered;
            }
            Some(Value::String(kind)) => kind.as_str(),
            Some(_) => {
                return self.reject(
                    &at.child("type"),
                    "`type` must be a string: a value of several types has no Rust type",
                    "write one type, and `nullable: true` for null",
                );
            }
        };
        lowered["type"] = json!(kind);
        match kind {
            "string" => {
                self.check_keywords(object, at, STRING);
                self.check_inline_string(object, at);
            }
            "integer" => {
                self.check_keywords(object, at, NUMBER);
                lowered["format"] = json!("int64");
            }
            "number" => {
                self.check_keywords(object, at, NUMBER);
                lowered["format"] = json!("double");
            }
            "boolean" => self.check_keywords(object, at, BOOLEAN),
            "array" => {
                self.check_keywords(object, at, ARRAY);
                lowered["items"] = self.lower_items(object, at);
            }
            "object" => {
                self.check_keywords(object, at, OBJECT);
                if object.contains_key("properties") {
                    self.report(
                        at,
                        "an object with properties needs a name to become a type, and the name of its \
                         place is taken or not valid in Rust",
                        "move it to `components.schemas` and refer to it",
                    );
                }
                lowered["additionalProperties"] = self.lower_additional_properties(object, at);
            }
            other => self.report(
                &at.child("type"),
                format!("`{other}` is not a type of OpenAPI 3.0"),
                "write string, integer, number, boolean, array or object",
            ),
        }
        lowered
    }

    fn check_inline_string(&mut self, object: &Object, at: &Pointer) {
        const REMEDY: &str = "move the schema to `components.schemas` and refer to it";
        if object.contains_key("enum") {
            self.report(
                &at.child("enum"),
                "an enum needs a name to become a type, and the name of its place is taken or not valid \
                 in Rust",
                REMEDY,
            );
        }
        if is_secret(object) {
            self.report(
                &at.child("format"),
                "this secret would not be redacted",
                "make it a property of an object, or a named schema of a path parameter",
            );
        }
    }

    fn lower_items(&mut self, object: &Object, at: &Pointer) -> Value {
        match object.get("items") {
            Some(items) => self.lower_schema(items, &at.child("items")),
            None => self.reject(at, "`items` is missing", "add it, as `{}` for any value"),
        }
    }

    /// Lowers the schema of unlisted properties; `true` and absence allow any value.
    fn lower_additional_properties(&mut self, object: &Object, at: &Pointer) -> Value {
        match object.get("additionalProperties") {
            None | Some(Value::Bool(_)) => json!({}),
            Some(schema) => self.lower_schema(schema, &at.child("additionalProperties")),
        }
    }

    fn lower_reference(&mut self, schema: &Value, keywords: usize, at: &Pointer) -> Value {
        if keywords > 1 {
            self.report(
                at,
                "OpenAPI 3.0 ignores keywords next to `$ref`",
                "write `allOf` with the `$ref` alone, and the other keywords next to `allOf`",
            );
        }
        match target_name(schema).map(|name| (name, self.class(name))) {
            Some((_, Some(Class::Alias(target)))) => reference(target),
            Some((name, Some(Class::Newtype(NewtypeKind::Secret)))) => {
                if !self.allows_secrets {
                    self.report(
                        &at.child("$ref"),
                        "named secrets are redacted in path parameters only",
                        "write `type: string, format: password` in the schema of a property, make it a path \
                         parameter, or describe it as a security scheme",
                    );
                }
                reference(name)
            }
            Some((name, Some(_))) => reference(name),
            _ => self.reject(
                &at.child("$ref"),
                "the reference does not point to a named schema of this document",
                format!("write `{SCHEMA_PREFIX}` and the name of an existing schema"),
            ),
        }
    }

    /// Lowers an `allOf` with one reference, the way in OpenAPI 3.0 to put keywords next to a `$ref`.
    fn lower_all_of(&mut self, object: &Object, choices: &Value, at: &Pointer) -> Value {
        self.check_keywords(object, at, NEXT_TO_REFERENCE);
        match choices.as_array().map(Vec::as_slice) {
            Some([only]) if target_name(only).is_some() => {
                let reference = self.lower_schema(only, &at.child("allOf").child("0"));
                annotate(reference, object)
            }
            _ => self.reject(
                &at.child("allOf"),
                "`allOf` must hold exactly one `$ref`: progenitor merges several schemas and \
                     does not terminate if one refers to itself",
                "write `allOf` with one `$ref`, or write out the object",
            ),
        }
    }

    /// Lowers a value that may be a string to the named newtype, which decodes both forms.
    fn lower_any_of(&mut self, object: &Object, choices: &Value, at: &Pointer) -> Value {
        self.check_keywords(object, at, "anyOf");
        match alias_target(choices) {
            Some(target) if self.is_scalar_newtype(target) => annotate(reference(target), object),
            _ => self.reject_any_of(at),
        }
    }
}

/// Copies the keywords that progenitor supports on every schema.
pub(super) fn copy_annotations(lowered: &mut Value, object: &Object) {
    for keyword in ["description", "deprecated", "nullable"] {
        if let Some(value) = object.get(keyword) {
            lowered[keyword] = value.clone();
        }
    }
}

/// Adds the annotations of `object` to a lowered reference, in an `allOf` if there are any.
fn annotate(reference: Value, object: &Object) -> Value {
    let mut lowered = json!({});
    copy_annotations(&mut lowered, object);
    if lowered == json!({}) || reference.get("$ref").is_none() {
        return reference;
    }
    lowered["allOf"] = json!([reference]);
    lowered
}
