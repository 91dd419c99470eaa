//! Lowering of named objects with properties, which become structs.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::Pointer;
use serde_json::{Map, Value, json};

use super::keywords::{BOXED, DECODE, OBJECT, is_nullable, is_secret, strings};
use super::lowering::{Class, Component, Lowering, Object};
use super::model::Decoding;
use super::reachability::ReachableSchemas;
use super::schemas::copy_annotations;
use crate::names;
use crate::references::target_name;

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
        self.check_keywords(object, at, &format!("{OBJECT} {BOXED} {DECODE}"));
        self.report_named_nullable(object, "a named object", at);
        let mut lowered = json!({});
        copy_annotations(&mut lowered, object);
        lowered["type"] = json!("object");
        self.check_page(object, at);
        // Structs in responses get their field for unlisted properties later, since they decode it themselves.
        let has_extra = self.allows_additional(object, at) && !is_response;
        lowered["properties"] = self.lower_properties(object, at, has_extra, is_response);
        self.check_required(object, at);
        let required = schema["required"].as_array().into_iter().flatten();
        let required = required.filter(|name| {
            // In a response, null and absent are the same.
            is_request || !has_nullable(schema, name.as_str().unwrap_or_default())
        });
        lowered["required"] = required.cloned().collect();
        if has_extra {
            lowered["additionalProperties"] = json!({});
        }
        lowered
    }

    /// Returns the names of the structs that optional fields hold in a `Box`.
    pub(super) fn boxed_types(&self) -> BTreeSet<String> {
        let boxed = self.components.iter().filter(|(_, component)| {
            component.class == Class::Struct && component.schema[BOXED] == true
        });
        boxed.map(|(name, _)| (*name).to_owned()).collect()
    }

    /// Returns the secret properties: the names of the struct and of the property.
    pub(super) fn secret_properties(&self) -> BTreeSet<(String, String)> {
        let structs = self.components.iter();
        let structs = structs.filter(|(_, component)| component.class == Class::Struct);
        let secrets = structs.flat_map(|(name, component)| {
            let properties = component.schema["properties"].as_object();
            let properties = properties.into_iter().flatten();
            let secrets = properties.filter(|(_, schema)| secret_property(schema).is_some());
            secrets.map(|(property, _)| ((*name).to_owned(), property.clone()))
        });
        secrets.collect()
    }

    /// Returns how the structs of responses are decoded.
    pub(super) fn response_types(
        &self,
        reachable: &ReachableSchemas,
    ) -> BTreeMap<String, Decoding> {
        let structs = self.components.iter().filter(|(name, component)| {
            component.class == Class::Struct && reachable.response_types.contains(**name)
        });
        let decodings = structs.map(|(name, component)| {
            let decoding = match component.schema[DECODE].as_str() {
                Some("item") => Decoding::Item,
                Some("page") => Decoding::Page,
                _ => Decoding::Object,
            };
            ((*name).to_owned(), decoding)
        });
        decodings.collect()
    }

    /// Reports a page that does not have exactly one list of named objects.
    fn check_page(&mut self, object: &Object, at: &Pointer) {
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
    fn allows_additional(&mut self, object: &Object, at: &Pointer) -> bool {
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
        object: &Object,
        at: &Pointer,
        has_extra: bool,
        is_response: bool,
    ) -> Value {
        let at = at.child("properties");
        let properties = object.get("properties").and_then(Value::as_object);
        let Some(properties) = properties.filter(|properties| !properties.is_empty()) else {
            return self.reject(
                &at,
                "`properties` must be an object with at least one property",
                "write `{ name: schema }`; for an object with arbitrary properties, write \
                 `type: object` without `properties` at the place of use",
            );
        };
        let mut lowered = Map::new();
        let mut fields = BTreeMap::new();
        if has_extra {
            // progenitor's field for unlisted properties.
            fields.insert("extra".to_owned(), "additionalProperties");
        }
        for (name, schema) in properties {
            let at = at.child(name);
            self.check_field_name(name, &mut fields, &at);
            let schema = match secret_property(schema) {
                Some(secret) => self.lower_secret(secret, &at, is_response),
                None => self.lower_schema(schema, &at),
            };
            lowered.insert(name.clone(), schema);
        }
        Value::Object(lowered)
    }

    /// Lowers a secret property. In a response it accepts every value: one that did not fit its type would be kept
    /// with the unlisted properties, which are not redacted.
    fn lower_secret(&mut self, secret: &Object, at: &Pointer, is_response: bool) -> Value {
        let mut schema = secret.clone();
        schema.remove("format");
        let lowered = self.lower_schema(&Value::Object(schema), at);
        if is_response {
            let mut any = json!({});
            copy_annotations(&mut any, secret);
            return any;
        }
        if lowered["type"] != "string" {
            self.report(
                &at.child("format"),
                "a secret in a request must be a string",
                "write `type: string`, or remove `format: password`",
            );
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
            None => {
                let message = format!("`{name}` is not ASCII and cannot be a field name");
                self.report(at, message, REMEDY);
            }
            Some(Some(other)) => {
                let message = format!("`{name}` and `{other}` become the same field");
                self.report(at, message, REMEDY);
            }
            Some(None) => {}
        }
    }

    fn check_required(&mut self, object: &Object, at: &Pointer) {
        let at = at.child("required");
        let Some(required) = object.get("required") else {
            return;
        };
        let Some(names) = strings(required) else {
            let message = "`required` must be an array of strings";
            return self.report(&at, message, "write `[\"id\"]`");
        };
        let properties = object.get("properties");
        for (index, name) in names.iter().enumerate() {
            if properties.is_none_or(|it| it.get(name).is_none()) {
                let message = format!("`{name}` is required but is not a property");
                let remedy = "add the property, or remove the name from `required`";
                self.report(&at.child(index), message, remedy);
            }
        }
    }

    /// Reports required nullable properties of types in both requests and responses: requests must contain
    /// them, and decoding a response without one would fail.
    pub(super) fn check_required_response_fields(&mut self, reachable: &ReachableSchemas) {
        for (name, Component { schema, at, .. }) in self.components.clone() {
            let (responses, requests) = (&reachable.response_types, &reachable.request_types);
            if !responses.contains(name) || !requests.contains(name) {
                continue;
            }
            let required = schema["required"].as_array().into_iter().flatten();
            for property in required.filter_map(Value::as_str) {
                if has_nullable(schema, property) {
                    self.report(
                        &at.child("properties").child(property),
                        "a property of a type in requests and responses is required and nullable: a \
                         response without it would fail to decode",
                        "remove it from `required`, or write two schemas",
                    );
                }
            }
        }
    }
}

/// Returns the schema of a property if it is a secret. Keywords beside a `$ref` have no effect.
fn secret_property(schema: &Value) -> Option<&Object> {
    let object = schema.as_object()?;
    (is_secret(object) && !object.contains_key("$ref")).then_some(object)
}

fn has_nullable(schema: &Value, property: &str) -> bool {
    is_nullable(&schema["properties"][property])
}
