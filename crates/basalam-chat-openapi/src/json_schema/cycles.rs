//! Detection of schemas that reference themselves for the same value.

use std::collections::BTreeMap;

use serde_json::Value;

use super::definitions::{Definitions, reference_to};
use crate::{Error, Pointer};

/// Fails if a schema applies itself to the same value, because validation would not
/// terminate.
pub(super) fn check(root: &Value, at: &Pointer, definitions: &Definitions) -> Result<(), Error> {
    let mut graph: BTreeMap<String, Node<'_>> = definitions
        .iter()
        .map(|(name, schema, at)| (reference_to(name), Node::new(schema, at)))
        .collect();
    graph.insert("#".to_owned(), Node::new(root, at));

    let mut visits: BTreeMap<&str, Visit> = BTreeMap::new();
    for start in graph.keys() {
        // Iterative depth-first search: each entry is a node and its next edge.
        let mut path = vec![(start.as_str(), 0)];
        while let Some((name, edge)) = path.pop() {
            let Some(node) = graph.get(name) else {
                continue;
            };
            if edge == 0 {
                match visits.get(name) {
                    Some(Visit::Done) => continue,
                    Some(Visit::InProgress) => return Err(circular(node)),
                    None => visits.insert(name, Visit::InProgress),
                };
            }
            if let Some(next) = node.same_value.get(edge) {
                path.push((name, edge + 1));
                path.push((next, 0));
            } else {
                visits.insert(name, Visit::Done);
            }
        }
    }
    Ok(())
}

enum Visit {
    InProgress,
    Done,
}

struct Node<'a> {
    pointer: &'a Pointer,
    /// The references that apply to the same value as the schema itself.
    same_value: Vec<&'a str>,
}

impl<'a> Node<'a> {
    fn new(schema: &'a Value, pointer: &'a Pointer) -> Self {
        let mut same_value = Vec::new();
        let mut stack = vec![schema];
        while let Some(schema) = stack.pop() {
            let Value::Object(keywords) = schema else {
                continue;
            };
            for (name, value) in keywords {
                match (name.as_str(), value) {
                    ("$ref", Value::String(reference)) => same_value.push(reference.as_str()),
                    ("not" | "if" | "then" | "else", schema) => stack.push(schema),
                    ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => stack.extend(list),
                    ("dependentSchemas", Value::Object(map)) => stack.extend(map.values()),
                    _ => {}
                }
            }
        }
        Self {
            pointer,
            same_value,
        }
    }
}

fn circular(node: &Node<'_>) -> Error {
    Error::reference(
        node.pointer,
        "circular reference to itself for the same value; reference it from a property or an item, or remove the reference",
    )
}
