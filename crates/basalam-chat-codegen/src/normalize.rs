//! Rewriting of a document to the form that the validation expects.
//!
//! - OpenAPI 3.1 becomes OpenAPI 3.0, as far as there is an equivalent.
//! - Schemas whose names are not Rust type names are renamed to PascalCase.
//! - Enums and objects at their place of use become named schemas. The name is that of the place: the
//!   schema, `operationId` with the parameter, `Body` or `Response`, or component, followed by the names
//!   of the properties that lead to it, `Item` for items of arrays and `Value` for values of maps.
//!
//! If the name is taken, the schema is not moved, and the validation reports it.

mod origins;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use basalam_chat_openapi::{Document, Method, Pointer, Version, convert_schema_to_3_0};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::names;
use crate::references::{SCHEMA_PREFIX, reference};

pub(crate) use origins::Origins;

/// Returns the normalized document and the original places of what was moved.
pub(crate) fn normalize(document: &Document) -> Result<(Document, Origins), Error> {
    let mut root = document.root().clone();
    let mut normalizer = Normalizer {
        is_3_1: document.version() == Version::V3_1,
        origins: Origins::new(root.clone()),
        renamed: BTreeMap::new(),
        names: BTreeSet::new(),
        named: Map::new(),
    };
    root["openapi"] = json!("3.0.3");
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        normalizer.components(components);
    }
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        normalizer.path_item(item, &Place::new(&["paths", path], path));
    }
    if !normalizer.named.is_empty() {
        let named = normalizer.named;
        let schemas = json!({ "components": { "schemas": named } });
        merge(&mut root, schemas);
    }
    Ok((Document::from_value(root)?, normalizer.origins))
}

/// Adds the properties of `other`, recursively.
fn merge(value: &mut Value, other: Value) {
    match (value, other) {
        (Value::Object(object), Value::Object(other)) => {
            for (name, other) in other {
                merge(object.entry(name).or_insert(Value::Null), other);
            }
        }
        (value, other) => *value = other,
    }
}

struct Normalizer {
    is_3_1: bool,
    origins: Origins,
    /// The new names of schemas, by the old ones.
    renamed: BTreeMap<String, String>,
    /// The names of all named schemas.
    names: BTreeSet<String>,
    /// The schemas that got a name.
    named: Map<String, Value>,
}

/// A place in the document.
#[derive(Clone)]
struct Place {
    at: Pointer,
    origin: Pointer,
    /// The name of an enum or object at this place.
    name: String,
}

impl Place {
    fn new(segments: &[&str], name: &str) -> Place {
        let root = Pointer::default();
        let at = segments.iter().fold(root, |at, segment| at.child(segment));
        Place {
            origin: at.clone(),
            at,
            name: names::pascal_case(name),
        }
    }

    fn child(&self, segment: impl fmt::Display, suffix: &str) -> Place {
        Place {
            at: self.at.child(&segment),
            origin: self.origin.child(&segment),
            name: format!("{}{}", self.name, names::pascal_case(suffix)),
        }
    }
}

impl Normalizer {
    fn components(&mut self, components: &mut Map<String, Value>) {
        if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
            self.rename(schemas);
            for (name, schema) in schemas.iter_mut() {
                let mut place = Place::new(&["components", "schemas", name], name);
                let old = self.renamed.iter().find(|(_, new)| *new == name);
                if let Some((old, _)) = old {
                    place.origin = Place::new(&["components", "schemas", old], "").origin;
                    self.origins.record(&place.at, &place.origin);
                }
                let place = self.convert(schema, place);
                self.subschemas(schema, &place);
            }
        }
        for (kind, suffix) in [
            ("parameters", ""),
            ("requestBodies", "Body"),
            ("responses", "Response"),
        ] {
            let parts = components.get_mut(kind).and_then(Value::as_object_mut);
            for (key, part) in parts.into_iter().flatten() {
                self.content(
                    part,
                    &Place::new(&["components", kind, key], &format!("{key}-{suffix}")),
                );
            }
        }
    }

    /// Renames schemas to PascalCase, unless the name is taken.
    fn rename(&mut self, schemas: &mut Map<String, Value>) {
        self.names = schemas.keys().cloned().collect();
        for old in schemas.keys().cloned().collect::<Vec<_>>() {
            let new = names::type_name(&old);
            if names::is_type_name(&new) && self.names.insert(new.clone()) {
                let schema = schemas.remove(&old).unwrap_or_default();
                schemas.insert(new.clone(), schema);
                self.renamed.insert(old, new);
            }
        }
        schemas.sort_keys();
    }

    fn path_item(&mut self, item: &mut Value, place: &Place) {
        self.parameters(item, place);
        for method in Method::ALL {
            let key = method.key();
            let Some(operation) = item.get_mut(key) else {
                continue;
            };
            let id = operation.get("operationId").and_then(Value::as_str);
            let name = names::pascal_case(id.unwrap_or_default());
            let place = Place {
                name,
                ..place.child(key, "")
            };
            self.parameters(operation, &place);
            if let Some(body) = operation.get_mut("requestBody") {
                self.content(body, &place.child("requestBody", "Body"));
            }
            let responses = operation
                .get_mut("responses")
                .and_then(Value::as_object_mut);
            // No types are generated for error responses.
            for (status, response) in responses.into_iter().flatten() {
                if status.starts_with('2') {
                    let place = place.child("responses", "Response").child(status, "");
                    self.content(response, &place);
                }
            }
        }
    }

    fn parameters(&mut self, object: &mut Value, place: &Place) {
        let place = place.child("parameters", "");
        let parameters = object.get_mut("parameters").and_then(Value::as_array_mut);
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            let name = parameter.get("name").and_then(Value::as_str);
            let place = place.child(index, name.unwrap_or_default());
            self.content(parameter, &place);
        }
    }

    /// Visits the schemas of a parameter, a request body or a response.
    fn content(&mut self, part: &mut Value, place: &Place) {
        if let Some(schema) = part.get_mut("schema") {
            self.schema(schema, place.child("schema", ""));
        }
        let content = part.get_mut("content").and_then(Value::as_object_mut);
        for (media_type, value) in content.into_iter().flatten() {
            let place = place.child("content", "").child(media_type, "");
            if let Some(schema) = value.get_mut("schema") {
                self.schema(schema, place.child("schema", ""));
            }
        }
    }

    /// Visits a schema at its place of use.
    fn schema(&mut self, schema: &mut Value, place: Place) {
        let mut place = self.convert(schema, place);
        let name = names::type_name(&place.name);
        let gets_name =
            needs_name(schema) && names::is_type_name(&name) && self.names.insert(name.clone());
        if gets_name {
            place.at = Place::new(&["components", "schemas", &name], "").at;
            self.origins.record(&place.at, &place.origin);
        }
        self.subschemas(schema, &place);
        if gets_name {
            let used = use_by_name(schema, &name);
            self.named.insert(name, std::mem::replace(schema, used));
        }
    }

    fn subschemas(&mut self, schema: &mut Value, place: &Place) {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            self.schema(property, place.child("properties", "").child(name, name));
        }
        for (keyword, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(inner) = schema.get_mut(keyword) {
                self.schema(inner, place.child(keyword, suffix));
            }
        }
        // Choices stay at their place: the validation accepts certain forms only.
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let choices = schema.get_mut(keyword).and_then(Value::as_array_mut);
            for (index, choice) in choices.into_iter().flatten().enumerate() {
                let place = self.convert(choice, place.child(keyword, "").child(index, ""));
                self.subschemas(choice, &place);
            }
        }
    }

    /// Converts a schema without its subschemas, and returns the place of its keywords.
    fn convert(&mut self, schema: &mut Value, mut place: Place) -> Place {
        if self.is_3_1 {
            let inner = convert_schema_to_3_0(schema);
            if !inner.is_empty() {
                let origin = place.origin.clone();
                place.origin = inner.iter().fold(origin, |at, segment| at.child(segment));
                self.origins.record(&place.at, &place.origin);
            }
        }
        complete_enum(schema);
        if let Some(Value::String(target)) = schema.get_mut("$ref")
            && let Some(name) = target.strip_prefix(SCHEMA_PREFIX)
            && let Some(new) = self
                .renamed
                .get(&name.replace("~1", "/").replace("~0", "~"))
        {
            *target = format!("{SCHEMA_PREFIX}{new}");
        }
        place
    }
}

/// Adds the `type` that an enum of strings leaves out, and removes null from a nullable one.
fn complete_enum(schema: &mut Value) {
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) else {
        return;
    };
    if is_nullable {
        values.retain(|value| !value.is_null());
    }
    if !values.is_empty() && values.iter().all(Value::is_string) && schema.get("type").is_none() {
        schema["type"] = json!("string");
    }
}

/// Returns `true` for an enum of strings and for an object with properties.
fn needs_name(schema: &Value) -> bool {
    let has = |keyword| schema.get(keyword).is_some();
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => has("enum"),
        Some("object") => has("properties"),
        _ => false,
    }
}

/// Returns a reference to `schema` by its new name, with the annotations of its place.
fn use_by_name(schema: &mut Value, name: &str) -> Value {
    let mut used = Map::new();
    for annotation in ["description", "deprecated", "default"] {
        if let Some(value) = schema.get(annotation) {
            used.insert(annotation.to_owned(), value.clone());
        }
    }
    if let Some(nullable) = schema.as_object_mut().and_then(|it| it.remove("nullable")) {
        used.insert("nullable".to_owned(), nullable);
    }
    if used.is_empty() {
        return reference(name);
    }
    used.insert("allOf".to_owned(), json!([reference(name)]));
    Value::Object(used)
}
