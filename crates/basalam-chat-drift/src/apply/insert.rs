//! Ordered insertion into JSON objects and arrays.

use serde_json::Value;

/// Inserts a property after the first of `predecessors` that exists, or at the end.
pub(super) fn insert_property(
    object: &mut Value,
    name: &str,
    value: Value,
    predecessors: &[String],
) {
    let Value::Object(properties) = object else {
        return;
    };
    properties.shift_remove(name);
    let position = |it: &String| properties.keys().position(|key| key == it);
    let index = predecessors.iter().find_map(position);
    let index = index.map_or(properties.len(), |it| it + 1);
    properties.shift_insert(index, name.to_owned(), value);
}

/// Inserts a string after the first of `predecessors` that exists, or at the end.
pub(super) fn insert_string(array: &mut Value, string: &str, predecessors: &[String]) {
    let Value::Array(items) = array else { return };
    let position = |it: &String| items.iter().position(|item| item == it);
    let index = predecessors.iter().find_map(position);
    items.insert(index.map_or(items.len(), |it| it + 1), string.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::{format, parse};

    #[test]
    fn committed_document_round_trips_byte_by_byte() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let path = std::path::Path::new(root).join(crate::DOCUMENT);
        let json = std::fs::read_to_string(path).unwrap();
        assert!(format(&parse(&json).unwrap()).unwrap() == json);
    }

    #[test]
    fn inserts_after_predecessor_or_at_the_end() {
        let mut json = parse(r#"{"b": 1, "a": ["x", "y"]}"#).unwrap();
        let predecessors = ["z".to_owned(), "b".to_owned()];
        insert_property(&mut json, "c", Value::Null, &predecessors);
        insert_property(&mut json, "d", Value::Bool(true), &[]);
        insert_string(&mut json["a"], "w", &["x".to_owned()]);
        assert_eq!(
            serde_json::to_string(&json).unwrap(),
            r#"{"b":1,"c":null,"a":["x","w","y"],"d":true}"#
        );
    }
}
