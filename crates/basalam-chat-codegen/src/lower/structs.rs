//! Lowering of named objects with properties, which become structs.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::Pointer;
use serde_json::{Map, Value, json};

use super::keywords::{BOXED, DECODE, OBJECT, is_nullable, strings};
use super::lowering::{Class, Lowering};
use super::model::Decoding;
use super::reachability::ReachableSchemas;
use super::references::target_name;
use super::schemas::copy_annotations;
use crate::names;

impl Lowering<'_> {
    /// Lowers a named object with properties.
    pub(super) fn lower_struct(
        &mut self,
        schema: &Value,
        at: &Pointer,
        is_response: bool,
        is_request: bool,
    ) -> Value {
        let Some(object) = schema.as_object() else {
            return json!({});
        };
        self.check_keywords(object, at, &[OBJECT, &[BOXED, DECODE]].concat());
        self.report_named_nullable(object, "a named object", at);
        let mut lowered = Map::new();
        copy_annotations(&mut lowered, object);
        lowered.insert("type".to_owned(), json!("object"));
        self.check_page(object, at);
        // Structs in responses get their field for unlisted properties later, since they decode it themselves.
        let allows_additional = self.allows_additional(object, at) && !is_response;
        let properties = self.lower_properties(object, at, allows_additional);
        self.check_required(object, &properties, at);
        lowered.insert("properties".to_owned(), Value::Object(properties));
        let required = object.get("required").and_then(Value::as_array);
        let required = required.into_iter().flatten().filter(|name| {
            // In a response, null and absent are the same.
            is_request || !has_nullable(object, name.as_str().unwrap_or_default())
        });
        lowered.insert("required".to_owned(), required.cloned().collect());
        if allows_additional {
            lowered.insert("additionalProperties".to_owned(), json!({}));
        }
        Value::Object(lowered)
    }

    /// Returns the names of the structs that optional fields hold in a `Box`.
    pub(super) fn boxed_types(&self) -> BTreeSet<String> {
        let boxed = self.components.iter().filter(|(_, component)| {
            component.class == Class::Struct
                && component.schema.get(BOXED) == Some(&Value::Bool(true))
        });
        boxed.map(|(name, _)| (*name).to_owned()).collect()
    }

    /// Returns how the structs of responses are decoded.
    pub(super) fn response_types(
        &self,
        reachable: &ReachableSchemas,
    ) -> BTreeMap<String, Decoding> {
        let names = reachable.response_types.iter();
        let structs = names.filter(|name| self.class(name) == Some(&Class::Struct));
        structs
            .map(|name| {
                let schema = self.components.get(name.as_str()).map(|it| it.schema);
                let decoding = match schema.and_then(|schema| schema.get(DECODE)?.as_str()) {
                    Some("item") => Decoding::Item,
                    Some("page") => Decoding::Page,
                    _ => Decoding::Object,
                };
                (name.clone(), decoding)
            })
            .collect()
    }

    /// Reports a page that does not have exactly one list of named objects.
    fn check_page(&mut self, object: &Map<String, Value>, at: &Pointer) {
        if object.get(DECODE).is_none_or(|decode| decode != "page") {
            return;
        }
        let properties = object.get("properties").and_then(Value::as_object);
        let is_list = |schema: &&Value| {
            let item = schema.get("items").and_then(target_name);
            item.is_some_and(|item| self.class(item) == Some(&Class::Struct))
        };
        let lists = properties.into_iter().flat_map(Map::values).filter(is_list);
        if lists.count() != 1 {
            self.report(
                &at.child(DECODE),
                "a page must have exactly one array of named objects",
                "remove `x-decode`, or move other arrays to another object",
            );
        }
    }

    /// Returns `true` if the struct has a field for unlisted properties.
    fn allows_additional(&mut self, object: &Map<String, Value>, at: &Pointer) -> bool {
        match object.get("additionalProperties") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(Value::Object(schema)) if schema.is_empty() => true,
            Some(_) => self.reject(
                &at.child("additionalProperties"),
                "additional properties next to named ones cannot have a type: one value of \
                     another type would fail the whole object",
                "write `{}`, which preserves any value",
            ),
        }
    }

    fn lower_properties(
        &mut self,
        object: &Map<String, Value>,
        at: &Pointer,
        allows_additional: bool,
    ) -> Map<String, Value> {
        let at = at.child("properties");
        let mut lowered = Map::new();
        let properties = object.get("properties").and_then(Value::as_object);
        let Some(properties) = properties.filter(|properties| !properties.is_empty()) else {
            self.report(
                &at,
                "`properties` must be an object with at least one property",
                "write `{ name: schema }`; for an object with arbitrary properties, write \
                 `type: object` without `properties` at the place of use",
            );
            return lowered;
        };
        let mut fields = BTreeMap::new();
        if allows_additional {
            // progenitor's field for unlisted properties.
            fields.insert("extra".to_owned(), "additionalProperties");
        }
        for (name, schema) in properties {
            let at = at.child(name);
            self.check_field_name(name, &mut fields, &at);
            let schema = self.lower_schema(schema, &at);
            lowered.insert(name.clone(), schema);
        }
        lowered
    }

    fn check_field_name<'b>(
        &mut self,
        name: &'b str,
        fields: &mut BTreeMap<String, &'b str>,
        at: &Pointer,
    ) {
        const REMEDY: &str = "remove it; properties without a field remain readable with \
                              `additionalProperties: {}`";
        match names::field_name(name).map(|field| fields.insert(field, name)) {
            None => self.report(
                at,
                format!("`{name}` is not ASCII and cannot be a field name"),
                REMEDY,
            ),
            Some(Some(other)) => self.report(
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
        let Some(names) = strings(required) else {
            self.report(
                &at,
                "`required` must be an array of strings",
                "write `[\"id\"]`",
            );
            return;
        };
        for (index, name) in names.iter().enumerate() {
            if !properties.contains_key(*name) {
                self.report(
                    &at.child(index),
                    format!("`{name}` is required but is not a property"),
                    "add the property, or remove the name from `required`",
                );
            }
        }
    }

    /// Reports required nullable properties of types in both requests and responses: requests must contain
    /// them, and decoding a response without one would fail.
    pub(super) fn check_required_response_fields(&mut self, reachable: &ReachableSchemas) {
        let mut invalid = Vec::new();
        for name in reachable
            .response_types
            .intersection(&reachable.request_types)
        {
            let Some(component) = self.components.get(name.as_str()) else {
                continue;
            };
            let object = component.schema.as_object();
            let required = object.and_then(|it| it.get("required")?.as_array());
            for property in required.into_iter().flatten().filter_map(Value::as_str) {
                if object.is_some_and(|object| has_nullable(object, property)) {
                    invalid.push(component.at.child("properties").child(property));
                }
            }
        }
        for at in invalid {
            self.report(
                &at,
                "a property of a type in requests and responses is required and nullable: a response \
                 without it would fail to decode",
                "remove it from `required`, or write two schemas",
            );
        }
    }
}

fn has_nullable(object: &Map<String, Value>, property: &str) -> bool {
    let properties = object.get("properties");
    properties
        .and_then(|it| it.get(property))
        .is_some_and(is_nullable)
}
