//! The named schemas that operations use.
//!
//! Only schemas of requests and success responses are validated and generated. Error responses vary more than
//! the document describes, and hand-written code in the facade reads them.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::{Document, Operation};
use serde_json::Value;

use crate::references::target_name;

pub(super) const JSON: &str = "application/json";

/// Names of the schemas that operations use, directly or through other schemas.
pub(super) struct ReachableSchemas {
    /// In success responses.
    pub(super) response_types: BTreeSet<String>,
    /// In JSON request bodies.
    pub(super) request_types: BTreeSet<String>,
    /// In parameters and in request bodies that progenitor does not generate.
    other: BTreeSet<String>,
}

impl ReachableSchemas {
    pub(super) fn collect(document: &Document, operations: &[Operation<'_>]) -> ReachableSchemas {
        let components: BTreeMap<&str, &Value> = document.schemas().collect();
        let (mut response_types, mut request_types, mut other) = Default::default();
        for operation in operations {
            for response in &operation.responses {
                if response.status.is_success() {
                    for media_type in &response.content {
                        insert_reachable(&components, media_type.schema, &mut response_types);
                    }
                }
            }
            for media_type in operation.request_body.iter().flat_map(|body| &body.content) {
                let names = match media_type.name {
                    JSON => &mut request_types,
                    _ => &mut other,
                };
                insert_reachable(&components, media_type.schema, names);
            }
            for parameter in &operation.parameters {
                insert_reachable(&components, parameter.schema, &mut other);
            }
        }
        ReachableSchemas {
            response_types,
            request_types,
            other,
        }
    }

    /// Returns `true` if progenitor generates `name`, provided that it is a struct.
    pub(super) fn is_generated(&self, name: &str) -> bool {
        self.response_types.contains(name) || self.request_types.contains(name)
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.is_generated(name) || self.other.contains(name)
    }
}

fn insert_reachable<'a>(
    components: &BTreeMap<&'a str, &'a Value>,
    schema: Option<&'a Value>,
    names: &mut BTreeSet<String>,
) {
    let mut pending: Vec<&'a Value> = schema.into_iter().collect();
    while let Some(schema) = pending.pop() {
        if let Some(name) = target_name(schema)
            && let Some(component) = components.get(name)
            && names.insert(name.to_owned())
        {
            pending.push(component);
        }
        pending.extend(subschemas(schema));
    }
}

/// Returns the schemas directly inside `schema`.
fn subschemas(schema: &Value) -> Vec<&Value> {
    let mut subschemas: Vec<&Value> = Vec::new();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        subschemas.extend(properties.values());
    }
    for keyword in ["items", "additionalProperties"] {
        subschemas.extend(schema.get(keyword));
    }
    for keyword in ["allOf", "anyOf"] {
        if let Some(choices) = schema.get(keyword).and_then(Value::as_array) {
            subschemas.extend(choices);
        }
    }
    subschemas
}
