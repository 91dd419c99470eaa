//! The constructs of a document that shapes leave out.

use std::collections::BTreeMap;

use serde_json::Value;

/// Keywords whose values are not part of a shape. Most are objects with one entry per construct.
const NOT_COMPARED: &str = "callbacks encoding links webhooks";

/// Keywords whose values are examples, not parts of the document.
const EXAMPLES: &str = "const default enum example examples";

/// Keywords whose values map arbitrary names to parts of the document.
const BY_NAME: &str = "$defs content definitions dependentSchemas headers parameters pathItems \
paths patternProperties properties requestBodies responses schemas";

/// Counts the constructs that are not compared, by keyword.
pub(super) fn count(root: &Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut pending = vec![(root, false)];
    while let Some((value, is_by_name)) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items.iter().map(|it| (it, false))),
            Value::Object(fields) if is_by_name => {
                pending.extend(fields.values().map(|it| (it, false)));
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let is_in = |list: &str| list.split_whitespace().any(|it| it == name);
                    if is_in(NOT_COMPARED) {
                        let count = field.as_object().map_or(1, serde_json::Map::len);
                        *counts.entry(name.clone()).or_default() += count;
                    } else if !is_in(EXAMPLES) && !name.starts_with("x-") {
                        pending.push((field, is_in(BY_NAME)));
                    }
                }
            }
            _ => {}
        }
    }
    counts.retain(|_, count| *count > 0);
    counts
}
