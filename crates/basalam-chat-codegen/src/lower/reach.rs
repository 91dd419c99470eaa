//! Which named schemas are reached, and from where.
//!
//! Only what requests and success answers reach is checked and generated: error answers come in more
//! shapes than any document says, and the facade reads them by hand.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::{Document, Operation};
use serde_json::Value;

use super::operations::{JSON, is_success};
use super::schemas;

/// The names of the schemas that are reached.
pub(super) struct Reached {
    /// From success answers.
    pub(super) answered: BTreeSet<String>,
    /// From request bodies in JSON.
    pub(super) sent: BTreeSet<String>,
    /// From parameters and from request bodies that are sent by hand.
    pub(super) other: BTreeSet<String>,
}

impl Reached {
    pub(super) fn from(document: &Document, operations: &[Operation<'_>]) -> Reached {
        let components: BTreeMap<&str, &Value> = document.schemas().collect();
        let (mut answered, mut sent, mut other) = Default::default();
        for operation in operations {
            for response in &operation.responses {
                if is_success(response.status) {
                    for media_type in &response.content {
                        reach(&components, media_type.schema, &mut answered);
                    }
                }
            }
            for media_type in operation.request_body.iter().flat_map(|body| &body.content) {
                match media_type.name {
                    JSON => reach(&components, media_type.schema, &mut sent),
                    _ => reach(&components, media_type.schema, &mut other),
                }
            }
            for parameter in &operation.parameters {
                reach(&components, parameter.schema, &mut other);
            }
        }
        Reached {
            answered,
            sent,
            other,
        }
    }

    /// Whether progenitor writes `name`, if it is a structure.
    pub(super) fn is_generated(&self, name: &str) -> bool {
        self.answered.contains(name) || self.sent.contains(name)
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.is_generated(name) || self.other.contains(name)
    }
}

fn reach<'a>(
    components: &BTreeMap<&'a str, &'a Value>,
    schema: Option<&'a Value>,
    names: &mut BTreeSet<String>,
) {
    let mut open: Vec<&'a Value> = schema.into_iter().collect();
    while let Some(schema) = open.pop() {
        if let Some(name) = schemas::reference_name(schema)
            && let Some(component) = components.get(name)
            && names.insert(name.to_owned())
        {
            open.push(component);
        }
        open.extend(schemas::children(schema));
    }
}
