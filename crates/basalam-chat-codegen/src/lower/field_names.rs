//! Names of the object properties and parameters of a document.

use std::collections::BTreeSet;

use serde_json::Value;

/// Keywords whose values are data, and not schemas.
const DATA: [&str; 5] = ["default", "enum", "example", "examples", "const"];

/// Returns the names of all properties of schemas and of all parameters.
pub(crate) fn collect(root: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut pending = vec![root];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(object) => {
                if let Some(Value::Object(properties)) = object.get("properties") {
                    names.extend(properties.keys().cloned());
                }
                if let (Some(Value::String(name)), Some(Value::String(_))) =
                    (object.get("name"), object.get("in"))
                {
                    names.insert(name.clone());
                }
                let fields = object.iter();
                let schemas = fields.filter(|(name, _)| !DATA.contains(&name.as_str()));
                pending.extend(schemas.map(|(_, value)| value));
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn collects_nested_properties_and_parameters_and_no_data() {
        let root = json!({
            "paths": { "/a/{id}": { "get": { "parameters": [{ "name": "id", "in": "path" }] } } },
            "components": { "schemas": { "A": {
                "properties": { "b": { "items": { "properties": { "c": { "type": "string" } } } } },
                "example": { "properties": { "no": 1 } },
            } } },
        });
        let names: Vec<String> = collect(&root).into_iter().collect();
        assert_eq!(names, ["b", "c", "id"]);
    }
}
