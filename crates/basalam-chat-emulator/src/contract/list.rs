//! Answers that are lists, checked item by item.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Pointer};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::{unreadable, validator};
use crate::error::Error;

/// Keywords that say nothing about a value that is there.
const SILENT: [&str; 3] = ["description", "example", "nullable"];

/// An answer that has nothing but one list in it.
///
/// Such an answer agrees with the document when all of its items do: nothing else in it
/// can be wrong. So what was checked once need not be checked again while it stays the
/// same.
pub(crate) struct List {
    items: Arc<Validator>,
    /// What stands before and after the items.
    before: String,
    after: String,
}

impl List {
    /// Finds the list of an answer, where its schema is that of objects with one member
    /// each around an array.
    pub(super) fn read(
        document: &Document,
        schema: &Value,
        at: &Pointer,
        whole: &Validator,
    ) -> Result<Option<Self>, Error> {
        let mut names = Vec::new();
        let (mut schema, mut at) = (schema, at.clone());
        let items = loop {
            (schema, at) = unwrapped(document, schema, &at)?;
            if let Some(items) = items(schema) {
                break validator(document, items, &at.child("items"))?;
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            let mut members = properties.into_iter().flatten();
            let (Some((name, member)), None) = (members.next(), members.next()) else {
                return Ok(None);
            };
            at = at.child("properties").child(name);
            schema = member;
            names.push(name.as_str());
        };
        let mut empty = json!([]);
        for name in names.iter().rev() {
            empty = json!({ *name: empty });
        }
        let text = empty.to_string();
        let middle = text.len() - 1 - names.len();
        let (before, after) = text.split_at(middle);
        Ok(whole.is_valid(&empty).then(|| Self {
            items,
            before: before.to_owned(),
            after: after.to_owned(),
        }))
    }

    /// Checks an item and writes it, or tells what is wrong with it.
    pub(crate) fn item(&self, value: &Value) -> Result<Arc<str>, String> {
        if !self.items.is_valid(value) {
            let checked = self.items.validate(value);
            checked.map_err(|error| {
                let at = error.instance_path();
                format!("in an item of a list at #{at}: {}", error.masked())
            })?;
        }
        Ok(value.to_string().into())
    }

    /// Writes an answer of items that were checked.
    pub(crate) fn write(&self, items: &[Arc<str>]) -> String {
        let length: usize = items.iter().map(|it| it.len() + 1).sum();
        let mut text = String::with_capacity(self.before.len() + length + self.after.len());
        text.push_str(&self.before);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(item);
        }
        text.push_str(&self.after);
        text
    }
}

/// Gives the schema of the items, where there is nothing else to say of the array.
fn items(schema: &Value) -> Option<&Value> {
    let members = schema.as_object()?;
    let is_plain = |name: &str| name == "type" || name == "items" || SILENT.contains(&name);
    let is_array = members.get("type").and_then(Value::as_str) == Some("array");
    let is_plain = members.keys().all(|it| is_plain(it));
    members.get("items").filter(|_| is_array && is_plain)
}

/// Goes through references and `allOf`s of one schema that add nothing to it.
fn unwrapped<'d>(
    document: &'d Document,
    schema: &'d Value,
    at: &Pointer,
) -> Result<(&'d Value, Pointer), Error> {
    let (mut schema, mut at) = document.locate(schema, at).map_err(unreadable)?;
    while let Some(members) = schema.as_object()
        && let Some([only]) = members
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        && members
            .keys()
            .all(|it| it == "allOf" || SILENT.contains(&it.as_str()))
    {
        let inner = at.child("allOf").child(0);
        (schema, at) = document.locate(only, &inner).map_err(unreadable)?;
    }
    Ok((schema, at))
}
