//! Conversion of schemas from OpenAPI 3.1 to 3.0.

use serde_json::{Map, Value, json};

/// Converts a schema of OpenAPI 3.1, without its subschemas, to 3.0, as far as 3.0 has an equivalent.
///
/// Keywords without an equivalent stay, for a later check to report. If a choice of a union with null
/// replaces the schema, the function returns the segments of the pointer to the choice, such as `anyOf`
/// and `0`; otherwise no segment.
///
/// ```
/// use serde_json::json;
///
/// let mut schema = json!({ "anyOf": [{ "type": "integer", "exclusiveMinimum": 0 }, { "type": "null" }] });
/// assert_eq!(basalam_chat_openapi::convert_schema_to_3_0(&mut schema), ["anyOf", "0"]);
/// let expected =
///     json!({ "type": "integer", "minimum": 0, "exclusiveMinimum": true, "nullable": true });
/// assert_eq!(schema, expected);
/// ```
pub fn convert_schema_to_3_0(schema: &mut Value) -> Vec<String> {
    if schema == &Value::Bool(true) {
        *schema = json!({});
    }
    let Some(object) = schema.as_object_mut() else {
        return Vec::new();
    };
    for annotation in ["examples", "$comment", "$schema"] {
        object.remove(annotation);
    }
    let place = collapse_union(object);
    convert_type(object);
    convert_binary(object);
    convert_bound(object, "minimum", "exclusiveMinimum");
    convert_bound(object, "maximum", "exclusiveMaximum");
    if let Some(reference) = object.get("$ref").cloned()
        && object.len() > 1
    {
        object.remove("$ref");
        object.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
    place
}

/// Replaces a union with null by the other choice, or choices, and `nullable`.
fn collapse_union(object: &mut Map<String, Value>) -> Vec<String> {
    for keyword in ["anyOf", "oneOf"] {
        let Some(choices) = object.get_mut(keyword).and_then(Value::as_array_mut) else {
            continue;
        };
        let others = choices.iter().filter(|choice| !is_null(choice)).count();
        if others + 1 != choices.len() {
            continue;
        }
        let index = choices.iter().position(|choice| !is_null(choice));
        choices.retain(|choice| !is_null(choice));
        let only = match choices.as_slice() {
            [Value::Object(only)] => Some(only.clone()),
            _ => None,
        };
        object.insert("nullable".to_owned(), json!(true));
        let (Some(only), Some(index)) = (only, index) else {
            return Vec::new();
        };
        object.remove(keyword);
        for (keyword, value) in only {
            object.entry(keyword).or_insert(value);
        }
        return vec![keyword.to_owned(), index.to_string()];
    }
    Vec::new()
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
        || schema.get("const").is_some_and(Value::is_null)
}

/// Converts `const` and an array of types.
fn convert_type(object: &mut Map<String, Value>) {
    if let Some(Value::String(value)) = object.get("const") {
        let values = json!([value]);
        object.insert("enum".to_owned(), values);
        object.remove("const");
    }
    let Some(types) = object.get("type").and_then(Value::as_array) else {
        return;
    };
    let others: Vec<&Value> = types.iter().filter(|kind| *kind != "null").collect();
    let is_nullable = others.len() < types.len();
    if let [only] = others.as_slice() {
        let only = (*only).clone();
        object.insert("type".to_owned(), only);
        if is_nullable {
            object.insert("nullable".to_owned(), json!(true));
        }
    }
}

fn convert_binary(object: &mut Map<String, Value>) {
    for (keyword, value, format) in [
        ("contentEncoding", "base64", "byte"),
        ("contentMediaType", "application/octet-stream", "binary"),
    ] {
        if object.get(keyword).is_some_and(|found| found == value) {
            object.remove(keyword);
            object.entry("format").or_insert_with(|| json!(format));
        }
    }
}

/// Converts a numeric exclusive bound. If there is an inclusive bound as well, the exclusive one replaces
/// it: no bound reaches the generated source.
fn convert_bound(object: &mut Map<String, Value>, inclusive: &str, exclusive: &str) {
    if let Some(bound) = object.get(exclusive).filter(|bound| bound.is_number()) {
        let bound = bound.clone();
        object.insert(inclusive.to_owned(), bound);
        object.insert(exclusive.to_owned(), json!(true));
    }
}
