//! Named objects with properties, which become structs.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::Pointer;
use serde_json::{Map, Value, json};

use super::Lowering;
use super::components::Class;
use super::keywords::{BOXED, OBJECT};
use super::schemas::annotate;
use crate::names;

impl Lowering<'_> {
    /// Lowers a named object with properties.
    pub(super) fn structure(&mut self, schema: &Value, at: &Pointer) -> Value {
        let Some(object) = schema.as_object() else {
            return json!({});
        };
        self.keywords(object, at, &[OBJECT, &[BOXED]].concat());
        self.refuse_named_null(object, "a named object", at);
        let mut lowered = Map::new();
        annotate(&mut lowered, object);
        lowered.insert("type".to_owned(), json!("object"));
        let keeps_others = self.keeps_others(object, at);
        let properties = self.properties(object, at, keeps_others);
        self.check_required(object, &properties, at);
        lowered.insert("properties".to_owned(), Value::Object(properties));
        if let Some(required) = object.get("required") {
            lowered.insert("required".to_owned(), required.clone());
        }
        if keeps_others {
            lowered.insert("additionalProperties".to_owned(), json!({}));
        }
        Value::Object(lowered)
    }

    /// The structures that are large: each goes into a box where it may be missing.
    pub(super) fn boxed(&self) -> BTreeSet<String> {
        let boxed = self.components.iter().filter(|(_, component)| {
            component.class == Class::Structure
                && component.schema.get(BOXED) == Some(&Value::Bool(true))
        });
        boxed.map(|(name, _)| (*name).to_owned()).collect()
    }

    /// Whether the struct keeps the members that nobody has named.
    fn keeps_others(&mut self, object: &Map<String, Value>, at: &Pointer) -> bool {
        match object.get("additionalProperties") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(Value::Object(anything)) if anything.is_empty() => true,
            Some(_) => {
                self.refuse(
                    &at.child("additionalProperties"),
                    "beside named properties, one member of another type would make the whole \
                     object unreadable",
                    "write `{}`, which keeps them as they come",
                );
                false
            }
        }
    }

    fn properties(
        &mut self,
        object: &Map<String, Value>,
        at: &Pointer,
        keeps_others: bool,
    ) -> Map<String, Value> {
        let at = at.child("properties");
        let mut lowered = Map::new();
        let properties = object.get("properties").and_then(Value::as_object);
        let Some(properties) = properties.filter(|properties| !properties.is_empty()) else {
            self.refuse(
                &at,
                "the properties must be an object with at least one of them",
                "write `{ name: schema }`; an object of any members is written where it is used, as \
                 `type: object` without `properties`",
            );
            return lowered;
        };
        let mut fields = BTreeMap::new();
        if keeps_others {
            // The field that keeps the members that nobody has named.
            fields.insert("extra".to_owned(), "additionalProperties");
        }
        for (name, schema) in properties {
            let at = at.child(name);
            self.check_field(name, &mut fields, &at);
            let schema = self.schema(schema, &at);
            lowered.insert(name.clone(), schema);
        }
        lowered
    }

    fn check_field<'b>(
        &mut self,
        name: &'b str,
        fields: &mut BTreeMap<String, &'b str>,
        at: &Pointer,
    ) {
        const REMEDY: &str = "leave it out; a member that has no field stays readable through \
                              `additionalProperties: {}`";
        match names::field(name).map(|field| fields.insert(field, name)) {
            None => self.refuse(
                at,
                format!("`{name}` is not ASCII, and so gives no field"),
                REMEDY,
            ),
            Some(Some(other)) => self.refuse(
                at,
                format!("`{name}` and `{other}` become the same field"),
                REMEDY,
            ),
            Some(None) => {}
        }
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
}
