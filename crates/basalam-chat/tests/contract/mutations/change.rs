//! Changing a copy of the committed document.

use basalam_chat_openapi::Document;
use serde_json::{Value, json};

/// The committed document after a change.
pub(super) fn changed(change: impl FnOnce(&mut Value)) -> Document {
    let mut root = crate::committed().root().clone();
    change(&mut root);
    Document::from_value(root).unwrap()
}

/// The place that a pointer names; a change of something that is not there would show nothing.
#[track_caller]
pub(super) fn at<'a>(root: &'a mut Value, pointer: &str) -> &'a mut Value {
    match root.pointer_mut(pointer) {
        Some(value) => value,
        None => panic!("the document has nothing at {pointer}"),
    }
}

/// A named schema.
#[track_caller]
pub(super) fn schema<'a>(root: &'a mut Value, name: &str) -> &'a mut Value {
    at(root, &format!("/components/schemas/{name}"))
}

/// Replaces what describes a member, which must be there.
#[track_caller]
pub(super) fn set_member(root: &mut Value, name: &str, member: &str, to: Value) {
    *at(
        root,
        &format!("/components/schemas/{name}/properties/{member}"),
    ) = to;
}

/// Adds a member that is not there yet.
pub(super) fn add_member(root: &mut Value, name: &str, member: &str, described: Value) {
    let properties = &mut schema(root, name)["properties"];
    assert!(properties.get(member).is_none(), "{name} has {member}");
    properties[member] = described;
}

/// Takes a member away, required or not.
pub(super) fn drop_member(root: &mut Value, name: &str, member: &str) {
    let properties = schema(root, name)["properties"].as_object_mut();
    assert!(properties.unwrap().remove(member).is_some());
    if schema(root, name).get("required").is_some() {
        set_required(root, name, member, false);
    }
}

/// Says whether a member is required.
pub(super) fn set_required(root: &mut Value, name: &str, member: &str, is_required: bool) {
    let schema = schema(root, name);
    if schema.get("required").is_none() {
        schema["required"] = json!([]);
    }
    let required = schema["required"].as_array_mut().unwrap();
    required.retain(|it| it != member);
    if is_required {
        required.push(json!(member));
    }
}

/// Takes a value out of a vocabulary.
pub(super) fn narrow(root: &mut Value, vocabulary: &str, value: &str) {
    let values = schema(root, vocabulary)["enum"].as_array_mut().unwrap();
    let before = values.len();
    values.retain(|it| it != value);
    assert_eq!(values.len(), before - 1, "{vocabulary} has no {value}");
}

/// The parameters of an operation.
pub(super) fn parameters<'a>(root: &'a mut Value, path: &str, method: &str) -> &'a mut Vec<Value> {
    let path = path.replace('/', "~1");
    let parameters = at(root, &format!("/paths/{path}/{method}/parameters"));
    parameters.as_array_mut().unwrap()
}

/// A parameter of an operation.
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

/// Every vocabulary with its values.
pub(super) fn vocabularies(root: &Value) -> Vec<(String, Vec<String>)> {
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
