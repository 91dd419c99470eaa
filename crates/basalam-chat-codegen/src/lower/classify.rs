//! Classification of named schemas: the Rust type that each of them becomes.

use std::collections::BTreeSet;

use basalam_chat_openapi::Pointer;
use serde_json::Value;

use super::keywords::{NUMBER, STRING, is_listed, is_secret, strings};
use super::lowering::{Class, Component, Lowering, Object};
use super::model::{NewtypeKind, Variant};
use super::reachability::ReachableSchemas;
use crate::names;
use crate::references::sole_target_name;

impl<'a> Lowering<'a> {
    /// Classifies every reachable named schema. This must run before references are lowered.
    pub(super) fn classify_components(&mut self, reachable: &ReachableSchemas) {
        let root = Pointer::default().child("components").child("schemas");
        let document = self.document;
        for (name, schema) in document.schemas() {
            if !reachable.contains(name) {
                continue;
            }
            let at = root.child(name);
            if !names::is_type_name(name) {
                let message = format!("`{name}` is not a valid name for a Rust type");
                let remedy = "rename the schema in PascalCase, with ASCII letters and digits only";
                self.report(&at, message, remedy);
            }
            let class = self.classify(schema, &at);
            let component = Component { schema, at, class };
            self.components.insert(name, component);
        }
        self.check_any_of_targets();
    }

    fn classify(&mut self, schema: &'a Value, at: &Pointer) -> Class {
        let Some(object) = schema.as_object() else {
            return self.reject_not_an_object(at);
        };
        if object.contains_key("anyOf") {
            return self.classify_any_of(object, at);
        }
        match schema["type"].as_str() {
            Some("integer") => {
                self.check_keywords(object, at, NUMBER);
                self.report_named_nullable(object, "a named integer", at);
                Class::Newtype(NewtypeKind::Id)
            }
            Some("string") => self.classify_string(object, at),
            Some("object") if object.contains_key("properties") => Class::Struct,
            _ => self.reject(
                at,
                "a named schema must be an object with properties, a `string`, an `integer`, or \
                     one of the two supported forms of `anyOf`",
                "move the schema to its place of use, or write it in one of these forms",
            ),
        }
    }

    fn classify_string(&mut self, object: &Object, at: &Pointer) -> Class {
        self.check_keywords(object, at, STRING);
        self.report_named_nullable(object, "a named string", at);
        if let Some(values) = object.get("enum") {
            let description = object.get("description").and_then(Value::as_str);
            return self.classify_enum(values, description.unwrap_or_default(), &at.child("enum"));
        }
        Class::Newtype(match is_secret(object) {
            true => NewtypeKind::Secret,
            false => NewtypeKind::String,
        })
    }

    fn classify_enum(&mut self, values: &Value, description: &str, at: &Pointer) -> Class {
        let Some(values) = strings(values).filter(|values| !values.is_empty()) else {
            return self.reject(
                at,
                "`enum` must list at least one string, and strings only",
                "remove the other values; write `nullable: true` at the places of use for null",
            );
        };
        let values = values.into_iter().enumerate().map(|(index, value)| {
            let description = variant_description(description, value);
            (value, description, at.child(index))
        });
        Class::Newtype(NewtypeKind::OpenEnum(self.variants("", values)))
    }

    /// Returns the variants of an open enum, from its values with their descriptions and places.
    pub(super) fn variants<'v>(
        &mut self,
        item_kind: &str,
        values: impl Iterator<Item = (&'v str, &'v str, Pointer)>,
    ) -> Vec<Variant> {
        let mut seen = BTreeSet::new();
        let mut variants = Vec::new();
        for (value, description, at) in values {
            match names::variant_name(value).filter(|name| seen.insert(name.clone())) {
                Some(name) => variants.push(Variant {
                    name,
                    value: value.to_owned(),
                    description: description.to_owned(),
                }),
                None => self.report(
                    &at,
                    format!("{item_kind}`{value}` has no valid and unique Rust variant name"),
                    "remove it: an open enum preserves values that are not listed",
                ),
            }
        }
        variants
    }

    fn classify_any_of(&mut self, object: &Object, at: &Pointer) -> Class {
        self.check_keywords(object, at, "anyOf");
        self.report_named_nullable(object, "a named `anyOf`", at);
        let choices = &object["anyOf"];
        if let Some(target) = alias_target(choices) {
            return Class::Alias(target.to_owned());
        }
        if let Some(item) = lenient_list_item(choices) {
            return Class::Newtype(NewtypeKind::LenientList(item.to_owned()));
        }
        self.reject_any_of(at)
    }

    pub(super) fn reject_not_an_object<T: Default>(&mut self, at: &Pointer) -> T {
        self.reject(at, "a schema must be an object", "write `{ \"type\": … }`")
    }

    /// Reports a nullable named schema, because a Rust type cannot make its uses optional.
    pub(super) fn report_named_nullable(&mut self, object: &Object, item: &str, at: &Pointer) {
        if object.get("nullable") == Some(&Value::Bool(true)) {
            self.report(
                &at.child("nullable"),
                format!("{item} must not be nullable"),
                "move `nullable: true` to the places of use, next to `allOf` with one `$ref`",
            );
        }
    }

    pub(super) fn reject_any_of<T: Default>(&mut self, at: &Pointer) -> T {
        self.reject(
            &at.child("anyOf"),
            "this form of `anyOf` is not supported: progenitor turns it into a struct of flattened \
             options that decodes incorrectly",
            "write `nullable: true` for null, one object with optional properties for several object \
             types, `[{$ref to an id, string or enum}, {type: string}]` for a value that may be a \
             string, or `[{array of $ref}, {object, maxProperties 0}]` for an array that may be an \
             empty object",
        )
    }

    /// Checks that aliases refer to scalar newtypes and lenient lists to structs.
    fn check_any_of_targets(&mut self) {
        const REMEDY: &str = "change the `$ref` to such a schema";
        for component in self.components.clone().values() {
            let first = component.at.child("anyOf").child("0");
            match &component.class {
                Class::Alias(target) if !self.is_scalar_newtype(target) => {
                    let message = "the first choice must be a named id, string or enum";
                    self.report(&first, message, REMEDY);
                }
                Class::Newtype(NewtypeKind::LenientList(item))
                    if self.class(item) != Some(&Class::Struct) =>
                {
                    let message = "the items must be a named object with properties";
                    self.report(&first.child("items"), message, REMEDY);
                }
                _ => {}
            }
        }
    }
}

/// Returns the name of the newtype that `[{$ref}, {type: string}]` is an alias of.
pub(super) fn alias_target(choices: &Value) -> Option<&str> {
    const KEYWORDS: &str = "type description format pattern minLength maxLength";
    let [first, second] = choices.as_array()?.as_slice() else {
        return None;
    };
    let is_string = second["type"] == "string" && has_only(second, KEYWORDS);
    is_string.then(|| sole_target_name(first))?
}

/// Returns the name of the item schema in `[{array of $ref}, {object, maxProperties: 0}]`.
fn lenient_list_item(choices: &Value) -> Option<&str> {
    let [first, second] = choices.as_array()?.as_slice() else {
        return None;
    };
    let is_array =
        first["type"] == "array" && has_only(first, "type description items minItems maxItems");
    let is_empty_object = second["type"] == "object"
        && second["maxProperties"] == 0
        && has_only(second, "type description maxProperties");
    (is_array && is_empty_object).then(|| sole_target_name(&first["items"]))?
}

fn has_only(schema: &Value, keywords: &str) -> bool {
    let object = schema.as_object();
    object.is_some_and(|object| object.keys().all(|it| is_listed(keywords, it)))
}

/// Returns the description of `value`, from a line "- `value`: …" in the enum's description.
fn variant_description<'a>(description: &'a str, value: &str) -> &'a str {
    let start = format!("- `{value}`:");
    let mut lines = description.lines();
    let found = lines.find_map(|line| line.trim().strip_prefix(&start));
    found.unwrap_or_default().trim()
}
