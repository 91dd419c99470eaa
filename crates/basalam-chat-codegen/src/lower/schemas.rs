//! Schemas: the accepted keywords, and what of them reaches progenitor.
//!
//! Bounds, patterns, defaults and formats would grow types and dependencies of their own, and an
//! answer outside a bound must not become unreadable: they are accepted here, kept in the document for
//! the checks, the mocks and the reader, and left out of the lowered copy.

use std::collections::BTreeMap;

use basalam_chat_openapi::Pointer;
use serde_json::{Map, Value, json};

use super::Lowering;
use super::components::{Class, ScalarKind, fold_target};
use crate::names;

/// How a reference to a named schema begins.
pub(super) const PREFIX: &str = "#/components/schemas/";

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
const BOOLEAN: &[&str] = &["type"];
const ARRAY: &[&str] = &["type", "items", "minItems", "maxItems", "uniqueItems"];
const OBJECT: &[&str] = &[
    "type",
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
];
/// What may stand beside `allOf` with one reference: it narrows the value, not its type.
const BESIDE_REFERENCE: &[&str] = &[
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

/// The name of the component that `schema` refers to.
pub(super) fn reference_name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

/// The schemas directly inside `schema`.
pub(super) fn children(schema: &Value) -> Vec<&Value> {
    let mut children: Vec<&Value> = Vec::new();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        children.extend(properties.values());
    }
    for keyword in ["items", "additionalProperties"] {
        children.extend(schema.get(keyword));
    }
    for keyword in ["allOf", "anyOf"] {
        if let Some(choices) = schema.get(keyword).and_then(Value::as_array) {
            children.extend(choices);
        }
    }
    children
}

/// The names that `schema` requires.
pub(super) fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

impl<'a> Lowering<'a> {
    /// Lowers a schema at a place of use.
    pub(super) fn schema(&mut self, schema: &Value, at: &Pointer) -> Value {
        let Some(object) = schema.as_object() else {
            self.refuse(at, "a schema must be an object", "write `{ \"type\": … }`");
            return json!({});
        };
        if object.contains_key("$ref") {
            return self.reference(object, at);
        }
        for (keyword, form) in [
            ("allOf", Form::AllOf),
            ("anyOf", Form::AnyOf),
            ("oneOf", Form::Refused),
            ("not", Form::Refused),
        ] {
            if let Some(choices) = object.get(keyword) {
                return match form {
                    Form::AllOf => self.all_of(choices, object, at),
                    Form::AnyOf => self.any_of(choices, object, at),
                    Form::Refused => self.refuse_choice(keyword, at),
                };
            }
        }
        self.typed(object, at)
    }

    fn typed(&mut self, object: &Map<String, Value>, at: &Pointer) -> Value {
        let mut lowered = Map::new();
        annotate(&mut lowered, object);
        let kind = match object.get("type") {
            None => {
                self.keywords(object, at, &[]);
                return Value::Object(lowered);
            }
            Some(Value::String(kind)) => kind.as_str(),
            Some(_) => {
                self.refuse(
                    &at.child("type"),
                    "a list of types is OpenAPI 3.1",
                    "write one type, and `nullable: true` for null",
                );
                return json!({});
            }
        };
        lowered.insert("type".to_owned(), json!(kind));
        match kind {
            "string" => {
                self.keywords(object, at, STRING);
                if object.contains_key("enum") {
                    self.refuse(
                        &at.child("enum"),
                        "a list of values needs a name to become a type",
                        "move the schema to `components.schemas` and refer to it",
                    );
                }
            }
            "integer" => {
                self.keywords(object, at, NUMBER);
                lowered.insert("format".to_owned(), json!("int64"));
            }
            "number" => {
                self.keywords(object, at, NUMBER);
                lowered.insert("format".to_owned(), json!("double"));
            }
            "boolean" => self.keywords(object, at, BOOLEAN),
            "array" => {
                self.keywords(object, at, ARRAY);
                let items = self.items(object, at);
                lowered.insert("items".to_owned(), items);
            }
            "object" => {
                self.keywords(object, at, OBJECT);
                if object.contains_key("properties") {
                    self.refuse(
                        at,
                        "an object with properties needs a name to become a type",
                        "move it to `components.schemas` and refer to it",
                    );
                }
                let values = self.additional(object, at);
                lowered.insert("additionalProperties".to_owned(), values);
            }
            other => self.refuse(
                &at.child("type"),
                format!("`{other}` is no type of OpenAPI 3.0"),
                "write string, integer, number, boolean, array or object",
            ),
        }
        Value::Object(lowered)
    }

    fn items(&mut self, object: &Map<String, Value>, at: &Pointer) -> Value {
        let at_items = at.child("items");
        match object.get("items") {
            Some(items) => self.schema(items, &at_items),
            None => {
                self.refuse(
                    at,
                    "an array does not say what it holds",
                    "add `items`, `{}` for anything",
                );
                json!({})
            }
        }
    }

    /// The schema of the members that nobody has named; `true` and absence take anything.
    fn additional(&mut self, object: &Map<String, Value>, at: &Pointer) -> Value {
        match object.get("additionalProperties") {
            None | Some(Value::Bool(_)) => json!({}),
            Some(schema) => self.schema(schema, &at.child("additionalProperties")),
        }
    }

    fn reference(&mut self, object: &Map<String, Value>, at: &Pointer) -> Value {
        if object.len() > 1 {
            self.refuse(
                at,
                "what stands beside `$ref` has no meaning in OpenAPI 3.0",
                "write `allOf` with the `$ref` alone, and the rest beside it",
            );
        }
        let name = object
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix(PREFIX));
        match name.map(|name| (name, self.class(name).cloned())) {
            Some((_, Some(Class::Folded(target)))) => {
                json!({ "$ref": format!("{PREFIX}{target}") })
            }
            Some((name, Some(_))) => json!({ "$ref": format!("{PREFIX}{name}") }),
            _ => {
                self.refuse(
                    &at.child("$ref"),
                    "the reference leads to no named schema of this document",
                    format!("refer to `{PREFIX}` and a name that is there"),
                );
                json!({})
            }
        }
    }

    /// One reference in an `allOf` is how OpenAPI 3.0 says more about a place than `$ref` can.
    fn all_of(&mut self, choices: &Value, object: &Map<String, Value>, at: &Pointer) -> Value {
        self.keywords(object, at, BESIDE_REFERENCE);
        match choices.as_array().map(Vec::as_slice) {
            Some([only]) if reference_name(only).is_some() => {
                let reference = self.schema(only, &at.child("allOf").child("0"));
                wrap(reference, object)
            }
            _ => {
                self.refuse(
                    &at.child("allOf"),
                    "an `allOf` of several schemas is merged by the generator, without end where it \
                     refers to itself",
                    "write `allOf` with one `$ref`, or spell the object out",
                );
                json!({})
            }
        }
    }

    /// A value that may come as text folds into the named scalar, whose reading takes both.
    fn any_of(&mut self, choices: &Value, object: &Map<String, Value>, at: &Pointer) -> Value {
        self.keywords(object, at, &["anyOf"]);
        match fold_target(choices) {
            Some(target) if self.is_plain_scalar(target) => {
                wrap(json!({ "$ref": format!("{PREFIX}{target}") }), object)
            }
            _ => {
                self.refuse_any_of(at);
                json!({})
            }
        }
    }

    fn refuse_choice(&mut self, keyword: &str, at: &Pointer) -> Value {
        self.refuse(
            &at.child(keyword),
            format!(
                "`{keyword}` becomes a closed type, so that a value from tomorrow is unreadable"
            ),
            "write one object with optional properties, or an open vocabulary",
        );
        json!({})
    }

    /// Lowers a named object with properties.
    pub(super) fn structure(&mut self, schema: &Value, at: &Pointer) -> Value {
        let Some(object) = schema.as_object() else {
            return json!({});
        };
        self.keywords(object, at, OBJECT);
        if object.get("nullable") == Some(&Value::Bool(true)) {
            self.refuse(
                at,
                "a named object may be null wherever it is used",
                "put `nullable: true` at the places of use, beside `allOf` with one `$ref`",
            );
        }
        let mut lowered = Map::new();
        annotate(&mut lowered, object);
        lowered.insert("type".to_owned(), json!("object"));
        let properties = self.properties(object, at);
        self.check_required(object, &properties, at);
        lowered.insert("properties".to_owned(), Value::Object(properties));
        if let Some(required) = object.get("required") {
            lowered.insert("required".to_owned(), required.clone());
        }
        match object.get("additionalProperties") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => {
                lowered.insert("additionalProperties".to_owned(), json!({}));
            }
            Some(Value::Object(anything)) if anything.is_empty() => {
                lowered.insert("additionalProperties".to_owned(), json!({}));
            }
            Some(_) => self.refuse(
                &at.child("additionalProperties"),
                "beside named properties, one member of another type would make the whole object \
                 unreadable",
                "write `{}`, which keeps them as they come",
            ),
        }
        Value::Object(lowered)
    }

    fn properties(&mut self, object: &Map<String, Value>, at: &Pointer) -> Map<String, Value> {
        let at = at.child("properties");
        let mut lowered = Map::new();
        let Some(properties) = object.get("properties").and_then(Value::as_object) else {
            self.refuse(
                &at,
                "the properties must be an object",
                "write `{ name: schema }`",
            );
            return lowered;
        };
        // `extra` is the field that keeps the members that nobody has named.
        let mut fields = BTreeMap::from([("extra".to_owned(), "additionalProperties")]);
        for (name, schema) in properties {
            let at = at.child(name);
            if let Some(other) = fields.insert(names::field(name), name) {
                self.refuse(
                    &at,
                    format!("`{name}` and `{other}` become the same field"),
                    "leave one out; a member that cannot be named stays readable through \
                     `additionalProperties: {}`",
                );
            }
            let schema = self.schema(schema, &at);
            lowered.insert(name.clone(), schema);
        }
        lowered
    }

    fn check_required(
        &mut self,
        object: &Map<String, Value>,
        properties: &Map<String, Value>,
        at: &Pointer,
    ) {
        let at = at.child("required");
        let Some(required) = object.get("required") else {
            return;
        };
        let names: Option<Vec<&str>> = required
            .as_array()
            .and_then(|names| names.iter().map(Value::as_str).collect());
        let Some(names) = names else {
            self.refuse(
                &at,
                "the required names must be a list of texts",
                "write `[\"id\"]`",
            );
            return;
        };
        for (index, name) in names.iter().enumerate() {
            if !properties.contains_key(*name) {
                self.refuse(
                    &at.child(index.to_string()),
                    format!("`{name}` is required and is no property"),
                    "describe the property, or take the name out",
                );
            }
        }
    }

    /// Refuses every keyword that is not on the list, and every value of the wrong form.
    pub(super) fn keywords(&mut self, object: &Map<String, Value>, at: &Pointer, also: &[&str]) {
        for (keyword, value) in object {
            let keyword = keyword.as_str();
            if keyword.starts_with("x-") {
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
}

enum Form {
    AllOf,
    AnyOf,
    Refused,
}

fn annotate(lowered: &mut Map<String, Value>, object: &Map<String, Value>) {
    for keyword in ["description", "deprecated", "nullable"] {
        if let Some(value) = object.get(keyword) {
            lowered.insert(keyword.to_owned(), value.clone());
        }
    }
}

/// A reference with what is said of this place, where anything is.
fn wrap(reference: Value, object: &Map<String, Value>) -> Value {
    let mut lowered = Map::new();
    annotate(&mut lowered, object);
    if lowered.is_empty() || reference.get("$ref").is_none() {
        return reference;
    }
    lowered.insert("allOf".to_owned(), json!([reference]));
    Value::Object(lowered)
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
        "deprecated" | "nullable" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" => {
            (value.is_boolean(), "true or false")
        }
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

/// Whether values of `class` can stand in a path, a query or a header.
pub(super) fn is_parameter_class(class: &Class) -> bool {
    match class {
        Class::Scalar(kind) => !matches!(kind, ScalarKind::List(_)),
        Class::Folded(_) => true,
        Class::Structure | Class::Refused => false,
    }
}
