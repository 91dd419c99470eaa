//! Finding schemas that refer back to themselves without going into the value.

use std::collections::BTreeMap;

use serde_json::Value;

use super::definitions::{Definitions, reference_to};
use crate::{Error, Pointer};

/// Refuses a schema that applies itself to the very value it is applied to: a
/// validator would never come to an end.
pub(super) fn refuse(root: &Value, at: &Pointer, definitions: &Definitions) -> Result<(), Error> {
    let mut graph: BTreeMap<String, Node<'_>> = definitions
        .iter()
        .map(|(name, schema, place)| (reference_to(name), Node::new(schema, place)))
        .collect();
    graph.insert("#".to_owned(), Node::new(root, at));

    let mut states: BTreeMap<&str, State> = BTreeMap::new();
    for start in graph.keys() {
        // Depth first, without recursion: each entry is a node and its next edge.
        let mut path = vec![(start.as_str(), 0)];
        while let Some((name, edge)) = path.pop() {
            let Some(node) = graph.get(name) else {
                continue;
            };
            if edge == 0 {
                match states.get(name) {
                    Some(State::Finished) => continue,
                    Some(State::Open) => return Err(circle(node)),
                    None => states.insert(name, State::Open),
                };
            }
            if let Some(next) = node.applies.get(edge) {
                path.push((name, edge + 1));
                path.push((next, 0));
            } else {
                states.insert(name, State::Finished);
            }
        }
    }
    Ok(())
}

enum State {
    Open,
    Finished,
}

struct Node<'a> {
    place: &'a Pointer,
    /// What the schema applies to the value that it is applied to.
    applies: Vec<&'a str>,
}

impl<'a> Node<'a> {
    fn new(schema: &'a Value, place: &'a Pointer) -> Self {
        let mut applies = Vec::new();
        let mut open = vec![schema];
        while let Some(schema) = open.pop() {
            let Value::Object(keywords) = schema else {
                continue;
            };
            for (name, value) in keywords {
                match (name.as_str(), value) {
                    ("$ref", Value::String(reference)) => applies.push(reference.as_str()),
                    ("not" | "if" | "then" | "else", schema) => open.push(schema),
                    ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => open.extend(list),
                    ("dependentSchemas", Value::Object(map)) => open.extend(map.values()),
                    _ => {}
                }
            }
        }
        Self { place, applies }
    }
}

fn circle(node: &Node<'_>) -> Error {
    Error::reference(
        node.place,
        "refers in a circle to itself, for the same value; refer to it below a property or an item, or not at all",
    )
}
