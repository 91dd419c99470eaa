//! The similarity of values and operations, by the names in them.

use std::collections::BTreeSet;

use super::{AdditionalProperties, OperationShape, ShapeId, WireShape};

/// The depth of properties that are considered.
const MAX_DEPTH: usize = 4;

/// The number of names that are considered.
const MAX_NAMES: usize = 200;

/// The names of properties, parameters and media types, each with the names that lead to it.
pub(crate) type Names = BTreeSet<String>;

/// Returns the share of names that both sides have, from 0 to 1.
pub(crate) fn similarity(left: &Names, right: &Names) -> f64 {
    let common = left.intersection(right).count();
    let total = left.len() + right.len() - common;
    match total {
        0 => 1.0,
        _ => common as f64 / total as f64,
    }
}

impl WireShape {
    /// Returns the names of the properties in a value.
    pub(crate) fn names(&self, id: ShapeId) -> Names {
        let mut names = Names::new();
        self.add_names(id, "", MAX_DEPTH, &mut names);
        names
    }

    /// Returns the names in the requests and responses of an operation, except those in its path.
    pub(crate) fn operation_names(&self, operation: &OperationShape) -> Names {
        let mut names = Names::new();
        for (location, key) in operation.parameters.keys() {
            if location.as_str() != "path" {
                names.insert(format!("{location} {key}"));
            }
        }
        for (media_type, id) in operation.body.iter().flat_map(|it| &it.content) {
            let prefix = format!("body {media_type}");
            self.add_names(*id, &prefix, MAX_DEPTH, &mut names);
        }
        let success = operation.responses.iter().filter(|(it, _)| it.is_success());
        for (media_type, id) in success.flat_map(|(_, it)| &it.content) {
            let prefix = format!("response {media_type}");
            self.add_names(*id, &prefix, MAX_DEPTH, &mut names);
        }
        names
    }

    fn add_names(&self, id: ShapeId, prefix: &str, depth: usize, names: &mut Names) {
        if depth == 0 || names.len() >= MAX_NAMES {
            return;
        }
        let value = self.value(id);
        if let Some(array) = &value.array
            && !value.is_anything()
        {
            self.add_names(array.items, &format!("{prefix}[]"), depth - 1, names);
        }
        let Some(object) = &value.object else { return };
        for (name, property) in object.properties.iter().take(MAX_NAMES) {
            let name = format!("{prefix}.{name}");
            self.add_names(property.value, &name, depth - 1, names);
            names.insert(name);
        }
        if let AdditionalProperties::Schema(id) = object.additional {
            self.add_names(id, &format!("{prefix}.*"), depth - 1, names);
        }
    }
}
