//! Responses that consist of a list and are checked item by item.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Pointer};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::schema::{unusable, validator};
use crate::error::Error;

/// Keywords that do not constrain values.
const ANNOTATIONS: [&str; 3] = ["description", "example", "nullable"];

/// The schema of a response that consists of nothing but a list.
///
/// Such a response is valid if all of its items are valid, so serialized items can be cached
/// without checking them again.
pub(crate) struct ListSchema {
    item_validator: Arc<Validator>,
    prefix: String,
    suffix: String,
}

impl ListSchema {
    /// Compiles the schema of a response. Returns `None` unless the schema is an array inside
    /// objects with one property each.
    pub(super) fn compile(
        document: &Document,
        schema: &Value,
        at: &Pointer,
        response: &Validator,
    ) -> Result<Option<Self>, Error> {
        let mut names = Vec::new();
        let (mut schema, mut at) = (schema, at.clone());
        let item_validator = loop {
            (schema, at) = resolve(document, schema, &at)?;
            if let Some(items) = items(schema) {
                break validator(document, items, &at.child("items"))?;
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            let mut properties = properties.into_iter().flatten();
            let (Some((name, property)), None) = (properties.next(), properties.next()) else {
                return Ok(None);
            };
            at = at.child("properties").child(name);
            schema = property;
            names.push(name.as_str());
        };
        let mut empty = json!([]);
        for name in names.iter().rev() {
            empty = json!({ *name: empty });
        }
        let text = empty.to_string();
        let middle = text.len() - 1 - names.len();
        let (prefix, suffix) = text.split_at(middle);
        Ok(response.is_valid(&empty).then(|| Self {
            item_validator,
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
        }))
    }

    /// Checks and serializes an item. The error describes the first violation.
    pub(crate) fn serialize_item(&self, item: &Value) -> Result<Arc<str>, String> {
        if !self.item_validator.is_valid(item) {
            let checked = self.item_validator.validate(item);
            checked.map_err(|error| {
                let at = error.instance_path();
                format!("in an item of the list at #{at}: {}", error.masked())
            })?;
        }
        Ok(item.to_string().into())
    }

    /// Serializes a response from serialized items.
    pub(crate) fn serialize(&self, items: &[Arc<str>]) -> String {
        let length: usize = items.iter().map(|it| it.len() + 1).sum();
        let mut json = String::with_capacity(self.prefix.len() + length + self.suffix.len());
        json.push_str(&self.prefix);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(item);
        }
        json.push_str(&self.suffix);
        json
    }
}

/// Returns the item schema of an array schema without other constraints.
fn items(schema: &Value) -> Option<&Value> {
    let keywords = schema.as_object()?;
    let is_known = |name: &str| name == "type" || name == "items" || ANNOTATIONS.contains(&name);
    let is_array = keywords.get("type").and_then(Value::as_str) == Some("array");
    let is_plain = keywords.keys().all(|it| is_known(it));
    keywords.get("items").filter(|_| is_array && is_plain)
}

/// Resolves references and `allOf`s of a single schema without other constraints.
fn resolve<'d>(
    document: &'d Document,
    schema: &'d Value,
    at: &Pointer,
) -> Result<(&'d Value, Pointer), Error> {
    let (mut schema, mut at) = document.locate(schema, at).map_err(unusable)?;
    while let Some(keywords) = schema.as_object()
        && let Some([only]) = keywords
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        && keywords
            .keys()
            .all(|it| it == "allOf" || ANNOTATIONS.contains(&it.as_str()))
    {
        let inner = at.child("allOf").child(0);
        (schema, at) = document.locate(only, &inner).map_err(unusable)?;
    }
    Ok((schema, at))
}
