//! What a JSON Schema says of one place: read alike from the document and from the derived schemas.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use basalam_chat_openapi::json_schema::to_json_schema;
use basalam_chat_openapi::{Document, Pointer};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// No schema of the document refers deeper than this; a recursive one is followed no further.
pub(crate) const MAX_DEPTH: usize = 16;

/// A JSON Schema with the definitions that it refers to.
pub(crate) struct Schema {
    root: Value,
    /// Made at its first use: most schemas are only read.
    validator: OnceLock<Result<Validator, String>>,
}

impl Schema {
    /// Reads a schema of a document.
    pub(crate) fn of(document: &Document, schema: &Value) -> Result<Schema, String> {
        to_json_schema(document, schema, &Pointer::default())
            .map(Schema::from_json_schema)
            .map_err(|error| error.to_string())
    }

    /// Takes a JSON Schema of draft 2020-12 whose references stay inside it.
    pub(crate) fn from_json_schema(root: Value) -> Schema {
        Schema {
            root,
            validator: OnceLock::new(),
        }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// What the schema has against a value, each with its place in the value.
    pub(crate) fn errors(&self, value: &Value) -> Vec<String> {
        let validator = self.validator.get_or_init(|| {
            jsonschema::validator_for(&self.root).map_err(|error| error.to_string())
        });
        let error = |error: ValidationError<'_>| {
            format!("{}: {error}", place(error.instance_path().as_str()))
        };
        match validator {
            Ok(validator) => validator.iter_errors(value).map(error).collect(),
            Err(error) => vec![error.clone()],
        }
    }

    /// The value that a text of a path, a query, a header or a form stands for.
    pub(crate) fn read_text(&self, text: &str) -> Value {
        let is_number = self.facets(&self.root).is_of("integer");
        match serde_json::from_str::<Value>(text) {
            Ok(number) if is_number && number.is_number() => number,
            _ => Value::from(text),
        }
    }

    /// Reads a part of this schema.
    pub(crate) fn facets<'a>(&'a self, schema: &'a Value) -> Facets<'a> {
        let mut facets = Facets::default();
        self.gather(schema, &mut facets, 0);
        facets
    }

    fn gather<'a>(&'a self, schema: &'a Value, facets: &mut Facets<'a>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference
                .strip_prefix('#')
                .and_then(|at| self.root.pointer(at));
            // The reader and schemars give no reference without its target.
            return self.gather(target.expect("a definition"), facets, depth + 1);
        }
        let names = |name: &str| schema.get(name).into_iter().flat_map(items);
        for alternative in ["allOf", "anyOf", "oneOf"].into_iter().flat_map(names) {
            self.gather(alternative, facets, depth + 1);
        }
        match schema.get("type") {
            Some(Value::String(name)) => facets.add_type(name, schema),
            Some(Value::Array(types)) => types
                .iter()
                .filter_map(Value::as_str)
                .for_each(|name| facets.add_type(name, schema)),
            _ => {}
        }
        for value in names("enum").chain(schema.get("const")) {
            facets.values.insert(value);
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            facets.properties.insert(name, property);
        }
        facets
            .required
            .extend(names("required").filter_map(Value::as_str));
        facets.items = facets.items.or(schema.get("items"));
        facets.others = facets.others.or(schema.get("additionalProperties"));
    }
}

/// What a schema says of one place, its alternatives taken together.
#[derive(Default)]
pub(crate) struct Facets<'a> {
    /// The types in JSON; none where anything can stand.
    pub(crate) types: BTreeSet<&'a str>,
    /// The values of a vocabulary.
    pub(crate) values: Values<'a>,
    /// Whether texts beyond the vocabulary can stand.
    pub(crate) takes_any_text: bool,
    pub(crate) properties: BTreeMap<&'a str, &'a Value>,
    pub(crate) required: BTreeSet<&'a str>,
    pub(crate) items: Option<&'a Value>,
    /// What is said of the members that are not named.
    pub(crate) others: Option<&'a Value>,
}

/// The values of a vocabulary; `null` is a type here and no value.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Values<'a>(pub(crate) BTreeSet<&'a str>);

impl<'a> Values<'a> {
    fn insert(&mut self, value: &'a Value) {
        self.0.extend(value.as_str());
    }
}

impl<'a> Facets<'a> {
    fn add_type(&mut self, name: &'a str, schema: &Value) {
        self.types.insert(name);
        self.takes_any_text |= name == "string" && schema.get("enum").is_none();
    }

    pub(crate) fn is_of(&self, name: &str) -> bool {
        self.types.contains(name)
    }

    /// Whether members that are not named are part of the contract.
    pub(crate) fn keeps_others(&self) -> bool {
        self.types.is_empty()
            || self
                .others
                .is_some_and(|others| others != &Value::Bool(false))
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A place for a violation: the root has no name of its own.
fn place(pointer: &str) -> &str {
    match pointer {
        "" => "the whole",
        pointer => pointer,
    }
}
