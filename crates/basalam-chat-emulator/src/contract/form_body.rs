//! Checks of request bodies that are forms.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Pointer};
use jsonschema::Validator;
use serde_json::{Map, Value};

use super::parameters::ValueKind;
use super::schema::{unusable, validator};
use super::violations;
use crate::error::Error;
use crate::form::{Form, Part};
use crate::service_error::Violation;

/// The form of an operation.
pub(super) struct FormBody {
    fields: Vec<(String, Field)>,
    validator: Arc<Validator>,
}

/// The type of a part of a form.
enum Field {
    File,
    Value(ValueKind),
}

impl FormBody {
    pub(super) fn compile(
        document: &Document,
        schema: &Value,
        at: &Pointer,
    ) -> Result<Self, Error> {
        // Compiled first, since it rejects reference cycles.
        let validator = validator(document, schema, at)?;
        let (schema, at) = document.locate(schema, at).map_err(unusable)?;
        let properties = schema.get("properties").and_then(Value::as_object);
        let at = at.child("properties");
        let mut fields = Vec::new();
        for (name, schema) in properties.into_iter().flatten() {
            let at = at.child(name);
            let is_file = schema.get("format").and_then(Value::as_str) == Some("binary");
            let field = match is_file {
                true => Field::File,
                false => Field::Value(ValueKind::of_schema(document, schema, &at)?),
            };
            fields.push((name.clone(), field));
        }
        Ok(Self { fields, validator })
    }

    /// Checks a form. Returns the values of its fields, and the names of its files.
    pub(super) fn check(
        &self,
        form: Option<&Form>,
        violations: &mut Vec<Violation>,
    ) -> Option<Value> {
        let Some(form) = form else {
            violations.push(Violation::new(
                ["body"],
                "must be sent with the header `Content-Type: multipart/form-data`",
                "model_attributes_type",
            ));
            return None;
        };
        if let Some(error) = &form.error {
            let message = format!("must be a complete form: {error}");
            violations.push(Violation::new(["body"], message, "value_error"));
            return None;
        }
        let count_before = violations.len();
        let mut values = Map::new();
        for (name, field) in &self.fields {
            let Some(part) = form.part(name) else {
                continue;
            };
            match field.parse(part) {
                Ok(value) => _ = values.insert(name.clone(), value),
                Err((message, rule)) => {
                    violations.push(Violation::new(["body", name.as_str()], message, rule));
                }
            }
        }
        let values = Value::Object(values);
        // Otherwise invalid fields would also be reported as missing.
        if violations.len() == count_before {
            violations::collect_at(&self.validator, &values, &["body"], violations);
        }
        Some(values)
    }
}

impl Field {
    fn parse(&self, part: &Part) -> Result<Value, (&'static str, &'static str)> {
        match self {
            // Inferred: common Python frameworks treat parts with a file name as files.
            Self::File => match &part.file_name {
                Some(name) => Ok(name.as_str().into()),
                None => Err(("must be a file with a file name", "value_error")),
            },
            Self::Value(kind) => match std::str::from_utf8(&part.bytes) {
                Ok(string) => kind.parse(string.to_owned()),
                Err(_) => Err(("must be UTF-8", "string_unicode")),
            },
        }
    }
}
