//! Changes of a copy of the committed document.

use basalam_chat_openapi::Document;
use serde_json::{Value, json};

/// Returns the committed document after a change.
pub(super) fn changed(change: impl FnOnce(&mut Value)) -> Document {
    let mut root = crate::committed_document().root().clone();
    change(&mut root);
    Document::from_value(root).unwrap()
}

/// Returns the value at a pointer, which must exist: otherwise the change would have no effect.
#[track_caller]
pub(super) fn at<'a>(root: &'a mut Value, pointer: &str) -> &'a mut Value {
    match root.pointer_mut(pointer) {
        Some(value) => value,
        None => panic!("the document has nothing at {pointer}"),
    }
}

/// Returns a named schema.
#[track_caller]
pub(super) fn schema<'a>(root: &'a mut Value, name: &str) -> &'a mut Value {
    at(root, &format!("/components/schemas/{name}"))
}

/// Replaces the schema of a property, which must exist.
#[track_caller]
pub(super) fn set_property(root: &mut Value, name: &str, property: &str, to: Value) {
    *at(
        root,
        &format!("/components/schemas/{name}/properties/{property}"),
    ) = to;
}

/// Replaces the type of a property, which must exist.
#[track_caller]
pub(super) fn set_type(root: &mut Value, name: &str, property: &str, to: &str) {
    set_property(root, name, property, json!({ "type": to }));
}

/// Adds a property, which must not exist.
pub(super) fn add_property(root: &mut Value, name: &str, property: &str, property_schema: Value) {
    let properties = &mut schema(root, name)["properties"];
    assert!(properties.get(property).is_none(), "{name} has {property}");
    properties[property] = property_schema;
}

/// Removes a property, whether it is required or not.
pub(super) fn remove_property(root: &mut Value, name: &str, property: &str) {
    let properties = schema(root, name)["properties"].as_object_mut();
    assert!(properties.unwrap().remove(property).is_some());
    if schema(root, name).get("required").is_some() {
        set_required(root, name, property, false);
    }
}

/// Sets whether a property is required.
pub(super) fn set_required(root: &mut Value, name: &str, property: &str, is_required: bool) {
    let schema = schema(root, name);
    if schema.get("required").is_none() {
        schema["required"] = json!([]);
    }
    let required = schema["required"].as_array_mut().unwrap();
    required.retain(|it| it != property);
    if is_required {
        required.push(json!(property));
    }
}

/// Removes a value from an enum.
pub(super) fn remove_value(root: &mut Value, enum_name: &str, value: &str) {
    let values = schema(root, enum_name)["enum"].as_array_mut().unwrap();
    let before = values.len();
    values.retain(|it| it != value);
    assert_eq!(values.len(), before - 1, "{enum_name} has no {value}");
}

/// Returns the parameters of an operation.
pub(super) fn parameters<'a>(root: &'a mut Value, path: &str, method: &str) -> &'a mut Vec<Value> {
    let path = path.replace('/', "~1");
    let parameters = at(root, &format!("/paths/{path}/{method}/parameters"));
    parameters.as_array_mut().unwrap()
}

/// Returns a parameter of an operation.
pub(super) fn parameter<'a>(
    root: &'a mut Value,
    path: &str,
    method: &str,
    name: &str,
) -> &'a mut Value {
    let mut parameters = parameters(root, path, method).iter_mut();
    parameters.find(|it| it["name"] == name).unwrap()
}

/// Adds an operation like the one that counts unseen chats.
pub(super) fn add_operation(root: &mut Value) {
    let mut operation = at(root, "/paths/~1v1~1chats~1unseen-count/get").clone();
    operation["operationId"] = json!("get_archived_count");
    at(root, "/paths")["/v1/chats/archived-count"] = json!({ "get": operation });
}

/// Returns every enum with its values.
pub(super) fn enums(root: &Value) -> Vec<(String, Vec<String>)> {
    let schemas = root["components"]["schemas"].as_object().unwrap();
    let values = |schema: &Value| {
        let values = schema.get("enum")?.as_array()?.iter();
        Some(values.map(|it| it.as_str().unwrap().to_owned()).collect())
    };
    schemas
        .iter()
        .filter_map(|(name, schema)| Some((name.clone(), values(schema)?)))
        .collect()
}
