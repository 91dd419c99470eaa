//! Transformations of JSON bodies that clients must tolerate or detect.

use std::sync::Arc;

use serde_json::{Map, Value, json};

/// A change of the JSON body of a response.
#[derive(Clone)]
pub(crate) enum Transform {
    UnknownFields,
    UnknownValues,
    MissingField(String),
    NullField(String),
    Custom(Arc<dyn Fn(&mut Value) + Send + Sync>),
}

impl Transform {
    pub(super) fn custom(transform: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Custom(Arc::new(transform))
    }

    pub(crate) fn apply(&self, body: &mut Value) {
        match self {
            Self::UnknownFields => add_unknown_fields(body),
            Self::UnknownValues => set_unknown_values(body),
            Self::MissingField(name) => remove_fields(body, name),
            Self::NullField(name) => nullify_fields(body, name),
            Self::Custom(transform) => transform(body),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::UnknownFields => "unknown_fields".to_owned(),
            Self::UnknownValues => "unknown_values".to_owned(),
            Self::MissingField(name) => format!("missing_field {name}"),
            Self::NullField(name) => format!("null_field {name}"),
            Self::Custom(_) => "map_body".to_owned(),
        }
    }
}

/// Adds an undocumented field to every object except `urls`, whose fields are all URLs.
fn add_unknown_fields(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_unknown_fields),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if name != "urls" {
                    add_unknown_fields(field);
                }
            }
            let unknown = json!({ "nested": ["unknown", 1, null] });
            fields.insert("emulated_unknown_field".to_owned(), unknown);
        }
        _ => {}
    }
}

/// Sets every string field that is an enumeration to an undocumented value.
fn set_unknown_values(value: &mut Value) {
    for_each_object(value, &|fields| {
        for name in ["message_type", "chat_type", "type"] {
            if let Some(field) = fields.get_mut(name).filter(|it| it.is_string()) {
                *field = "emulated_unknown_value".into();
            }
        }
    });
}

/// Removes every field with this name.
fn remove_fields(value: &mut Value, name: &str) {
    for_each_object(value, &|fields| _ = fields.remove(name));
}

/// Sets every field with this name to null.
fn nullify_fields(value: &mut Value, name: &str) {
    for_each_object(value, &|fields| {
        if let Some(field) = fields.get_mut(name) {
            *field = Value::Null;
        }
    });
}

/// Applies a change to every object, outer objects first.
fn for_each_object(value: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| for_each_object(item, change)),
        Value::Object(fields) => {
            change(fields);
            fields
                .values_mut()
                .for_each(|field| for_each_object(field, change));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_unknown_fields_to_all_objects_except_urls() {
        let mut body = json!({ "a": [{ "b": null }], "urls": { "primary": "c" } });
        add_unknown_fields(&mut body);
        let name = "emulated_unknown_field";
        assert!(body[name].is_object());
        assert!(body["a"][0][name].is_object());
        assert_eq!(body["a"][0]["b"], json!(null));
        assert_eq!(body["urls"], json!({ "primary": "c" }));
    }

    #[test]
    fn replaces_only_enumeration_values() {
        let mut body = json!({ "data": [{
            "message_type": "text", "text": "type", "type": null,
            "reply_markup": [[{ "type": "url", "data": {} }]],
        }] });
        set_unknown_values(&mut body);
        let unknown = "emulated_unknown_value";
        assert_eq!(
            body,
            json!({ "data": [{
                "message_type": unknown, "text": "type", "type": null,
                "reply_markup": [[{ "type": unknown, "data": {} }]],
            }] })
        );
    }

    #[test]
    fn removes_or_nullifies_fields_at_any_depth() {
        let body = json!({ "data": [{ "a": 1, "b": { "a": {} } }], "a": [] });
        let mut nullified = body.clone();
        nullify_fields(&mut nullified, "a");
        assert_eq!(
            nullified,
            json!({ "data": [{ "a": null, "b": { "a": null } }], "a": null })
        );
        let mut removed = body;
        remove_fields(&mut removed, "a");
        assert_eq!(removed, json!({ "data": [{ "b": {} }] }));
    }
}
