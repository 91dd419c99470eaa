//! The keywords of JSON Schemas from the document and of derived schemas.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use basalam_chat_openapi::json_schema::to_json_schema;
use basalam_chat_openapi::{Document, Pointer};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// The depth to which recursive schemas are followed. No other schema of the document is deeper.
pub(crate) const MAX_DEPTH: usize = 16;

/// A JSON Schema with the definitions that it refers to.
pub(crate) struct Schema {
    root: Value,
    /// Built at its first use, since most schemas are never validated against.
    validator: OnceLock<Result<Validator, String>>,
}

impl Schema {
    /// Converts a schema of a document.
    pub(crate) fn new(document: &Document, schema: &Value) -> Result<Schema, String> {
        to_json_schema(document, schema, &Pointer::default())
            .map(Schema::from_json_schema)
            .map_err(|error| error.to_string())
    }

    /// Wraps a JSON Schema of draft 2020-12 whose references are local.
    pub(crate) fn from_json_schema(root: Value) -> Schema {
        Schema {
            root,
            validator: OnceLock::new(),
        }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// Returns the validation errors of a value, each with its path in the value.
    pub(crate) fn errors(&self, value: &Value) -> Vec<String> {
        let validator = self.validator.get_or_init(|| {
            jsonschema::validator_for(&self.root).map_err(|error| error.to_string())
        });
        let error = |error: ValidationError<'_>| {
            format!(
                "{}: {error}",
                display_pointer(error.instance_path().as_str())
            )
        };
        match validator {
            Ok(validator) => validator.iter_errors(value).map(error).collect(),
            Err(error) => vec![error.clone()],
        }
    }

    /// Converts a string from a path, query, header or form to the type of this schema.
    pub(crate) fn parse_string(&self, string: &str) -> Value {
        let is_number = self.keywords(&self.root).has_type("integer");
        match serde_json::from_str::<Value>(string) {
            Ok(number) if is_number && number.is_number() => number,
            _ => Value::from(string),
        }
    }

    /// Returns the merged keywords of a subschema.
    pub(crate) fn keywords<'a>(&'a self, schema: &'a Value) -> Keywords<'a> {
        let mut keywords = Keywords::default();
        self.collect(schema, &mut keywords, 0);
        keywords
    }

    fn collect<'a>(&'a self, schema: &'a Value, keywords: &mut Keywords<'a>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference
                .strip_prefix('#')
                .and_then(|at| self.root.pointer(at));
            // The conversion and schemars emit only references that resolve.
            return self.collect(target.expect("a definition"), keywords, depth + 1);
        }
        let names = |name: &str| schema.get(name).into_iter().flat_map(items);
        for alternative in ["allOf", "anyOf", "oneOf"].into_iter().flat_map(names) {
            self.collect(alternative, keywords, depth + 1);
        }
        match schema.get("type") {
            Some(Value::String(name)) => keywords.add_type(name, schema),
            Some(Value::Array(types)) => types
                .iter()
                .filter_map(Value::as_str)
                .for_each(|name| keywords.add_type(name, schema)),
            _ => {}
        }
        for value in names("enum").chain(schema.get("const")) {
            keywords.values.extend(value.as_str());
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            keywords.properties.insert(name, property);
        }
        keywords
            .required
            .extend(names("required").filter_map(Value::as_str));
        keywords.items = keywords.items.or(schema.get("items"));
        keywords.additional = keywords.additional.or(schema.get("additionalProperties"));
    }
}

/// The keywords of a schema, merged with those of its alternatives.
#[derive(Default)]
pub(crate) struct Keywords<'a> {
    /// The JSON types; empty if any type is allowed.
    pub(crate) types: BTreeSet<&'a str>,
    /// The enum values; `null` is one of the types instead.
    pub(crate) values: BTreeSet<&'a str>,
    /// `true` if strings outside of the enum are allowed.
    pub(crate) allows_any_string: bool,
    pub(crate) properties: BTreeMap<&'a str, &'a Value>,
    pub(crate) required: BTreeSet<&'a str>,
    pub(crate) items: Option<&'a Value>,
    /// The schema of additional properties.
    pub(crate) additional: Option<&'a Value>,
}

impl<'a> Keywords<'a> {
    fn add_type(&mut self, name: &'a str, schema: &Value) {
        self.types.insert(name);
        self.allows_any_string |= name == "string" && schema.get("enum").is_none();
    }

    pub(crate) fn has_type(&self, name: &str) -> bool {
        self.types.contains(name)
    }

    /// Returns `true` if additional properties are part of the contract.
    pub(crate) fn allows_additional(&self) -> bool {
        self.types.is_empty()
            || self
                .additional
                .is_some_and(|additional| additional != &Value::Bool(false))
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Returns a pointer for display.
fn display_pointer(pointer: &str) -> &str {
    match pointer {
        "" => "the root",
        pointer => pointer,
    }
}
