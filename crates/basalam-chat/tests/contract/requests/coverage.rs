//! Documented operations, parameters, properties and enum values that no call sends.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::{Document, Operation};
use serde_json::Value;

use super::recorder::Call;
use crate::schema::{MAX_DEPTH, Schema};

/// The values that were sent, by their paths.
#[derive(Default)]
struct Used(BTreeMap<String, BTreeSet<String>>);

/// Returns what the calls of an operation do not send.
pub(super) fn violations(
    document: &Document,
    operation: &Operation<'_>,
    calls: &[&Call],
) -> Vec<String> {
    let name = crate::operation_name(operation);
    if calls.is_empty() {
        return vec![format!("{name}: no call of the facade is checked")];
    }
    let used = used(calls);
    let mut missing = Vec::new();
    for parameter in &operation.parameters {
        let at = format!("{} {}", parameter.location, parameter.name);
        missing.extend(missing_at(document, parameter.schema, &at, &used));
    }
    for media in operation.request_body.iter().flat_map(|it| &it.content) {
        missing.extend(missing_at(document, media.schema, "body", &used));
    }
    missing
        .into_iter()
        .map(|missing| format!("{name} {missing}"))
        .collect()
}

fn used(calls: &[&Call]) -> Used {
    let mut used = Used::default();
    for call in calls {
        let expected = &call.expected;
        for (location, values) in [
            ("path", &expected.path),
            ("query", &expected.query),
            ("header", &expected.headers),
        ] {
            for (name, value) in values {
                let at = format!("{location} {name}");
                used.0.entry(at).or_default().insert(value.clone());
            }
        }
        if let Some(body) = &expected.body {
            used.add(body, "body");
        }
    }
    used
}

impl Used {
    fn add(&mut self, value: &Value, at: &str) {
        let values = self.0.entry(at.to_owned()).or_default();
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.add(value, &format!("{at}.{name}"));
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.add(item, &format!("{at}[]"));
                }
            }
            Value::String(string) => _ = values.insert(string.clone()),
            _ => {}
        }
    }
}

fn missing_at(document: &Document, schema: Option<&Value>, at: &str, used: &Used) -> Vec<String> {
    match schema.map(|schema| Schema::new(document, schema)) {
        Some(Ok(schema)) => {
            let mut missing = Vec::new();
            find_missing(&schema, schema.root(), at, 0, used, &mut missing);
            missing
        }
        Some(Err(error)) => vec![format!("{at}: {error}")],
        None => vec![format!("{at}: has no schema")],
    }
}

fn find_missing(
    root: &Schema,
    schema: &Value,
    at: &str,
    depth: usize,
    used: &Used,
    missing: &mut Vec<String>,
) {
    let Some(values) = used.0.get(at) else {
        return missing.push(format!("{at}: never sent"));
    };
    if depth > MAX_DEPTH {
        return;
    }
    let keywords = root.keywords(schema);
    for value in &keywords.values {
        if !values.contains(*value) {
            missing.push(format!("{at}: the value {value:?} is never sent"));
        }
    }
    for (name, property) in &keywords.properties {
        let at = format!("{at}.{name}");
        find_missing(root, property, &at, depth + 1, used, missing);
    }
    if let Some(items) = keywords.items {
        let at = format!("{at}[]");
        find_missing(root, items, &at, depth + 1, used, missing);
    }
}
