//! Schemas: the accepted keywords, and what of them reaches progenitor.
//!
//! Bounds, patterns, defaults and formats would grow types and dependencies of their own, and an
//! answer outside a bound must not become unreadable: they are accepted here, kept in the document for
//! the checks, the mocks and the reader, and left out of the lowered copy.

use basalam_chat_openapi::Pointer;
use serde_json::{Map, Value, json};

use super::Lowering;
use super::components::{Class, ScalarKind, fold_target};
use super::keywords::{ARRAY, BESIDE_REFERENCE, BOOLEAN, NUMBER, OBJECT, STRING};

/// How a reference to a named schema begins.
pub(super) const PREFIX: &str = "#/components/schemas/";

/// How deep lists and maps may hold each other. The compiler gives up not far above 100.
const MAX_NESTING: usize = 32;

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
        if self.nesting == MAX_NESTING {
            self.refuse(
                at,
                format!("schemas hold each other more than {MAX_NESTING} levels deep"),
                "give inner parts names in `components.schemas`",
            );
            return json!({});
        }
        self.nesting += 1;
        let lowered = self.schema_of(object, at);
        self.nesting -= 1;
        lowered
    }

    fn schema_of(&mut self, object: &Map<String, Value>, at: &Pointer) -> Value {
        if object.contains_key("$ref") {
            return self.reference(object, at);
        }
        if let Some(choices) = object.get("allOf") {
            return self.all_of(choices, object, at);
        }
        if let Some(choices) = object.get("anyOf") {
            return self.any_of(choices, object, at);
        }
        for keyword in ["oneOf", "not"] {
            if object.contains_key(keyword) {
                return self.refuse_choice(keyword, at);
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
                self.check_unnamed_text(object, at);
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

    fn check_unnamed_text(&mut self, object: &Map<String, Value>, at: &Pointer) {
        const REMEDY: &str = "move the schema to `components.schemas` and refer to it";
        if object.contains_key("enum") {
            self.refuse(
                &at.child("enum"),
                "a list of values needs a name to become a type",
                REMEDY,
            );
        }
        if object
            .get("format")
            .is_some_and(|format| format == "password")
        {
            self.refuse(
                &at.child("format"),
                "a secret needs a name to become a type that does not show it",
                REMEDY,
            );
        }
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
            Some((name, Some(Class::Scalar(ScalarKind::Secret)))) => {
                if !self.takes_secrets {
                    self.refuse(
                        &at.child("$ref"),
                        "a secret is redacted in paths only",
                        "make it a parameter in the path, or describe it as a security scheme",
                    );
                }
                json!({ "$ref": format!("{PREFIX}{name}") })
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
}

/// Takes over what a schema says without changing the values that it takes.
pub(super) fn annotate(lowered: &mut Map<String, Value>, object: &Map<String, Value>) {
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

/// Whether values of `class` can stand in a path, a query or a header.
pub(super) fn is_parameter_class(class: &Class) -> bool {
    match class {
        Class::Scalar(kind) => !matches!(kind, ScalarKind::List(_)),
        // What is refused already is not refused again for what it would have been.
        Class::Folded(_) | Class::Refused => true,
        Class::Structure => false,
    }
}
