//! Bodies of requests that are forms.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Pointer};
use jsonschema::Validator;
use serde_json::{Map, Value};

use super::parameters::{Parse, parse};
use super::{unreadable, validator, violations};
use crate::error::Error;
use crate::form::{Form, Part};
use crate::problem::Violation;

/// The form that an operation takes.
pub(super) struct FormBody {
    fields: Vec<(String, Field)>,
    validator: Arc<Validator>,
}

/// What a part of a form has to be.
enum Field {
    File,
    Text(Parse),
}

impl FormBody {
    pub(super) fn read(document: &Document, schema: &Value, at: &Pointer) -> Result<Self, Error> {
        // Made first: it refuses the circles that looking for the type would not leave.
        let validator = validator(document, schema, at)?;
        let (schema, at) = document.locate(schema, at).map_err(unreadable)?;
        let properties = schema.get("properties").and_then(Value::as_object);
        let at = at.child("properties");
        let mut fields = Vec::new();
        for (name, schema) in properties.into_iter().flatten() {
            let at = at.child(name);
            let is_file = schema.get("format").and_then(Value::as_str) == Some("binary");
            let field = match is_file {
                true => Field::File,
                false => Field::Text(parse(document, schema, &at)?),
            };
            fields.push((name.clone(), field));
        }
        Ok(Self { fields, validator })
    }

    /// Checks a form, and gives the values of its texts and the names of its files.
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
        if let Some(fault) = &form.fault {
            let message = format!("is no whole form: {fault}");
            violations.push(Violation::new(["body"], message, "value_error"));
            return None;
        }
        let known = violations.len();
        let mut values = Map::new();
        for (name, field) in &self.fields {
            let Some(part) = form.part(name) else {
                continue;
            };
            match field.value(part) {
                Ok(value) => _ = values.insert(name.clone(), value),
                Err((message, rule)) => {
                    violations.push(Violation::new(["body", name.as_str()], message, rule));
                }
            }
        }
        let values = Value::Object(values);
        // What could not be read would be told a second time, as missing.
        if violations.len() == known {
            violations::collect(&self.validator, &values, &["body"], violations);
        }
        Some(values)
    }
}

impl Field {
    fn value(&self, part: &Part) -> Result<Value, (&'static str, &'static str)> {
        match self {
            // Inferred from how the common Python frameworks tell files from texts.
            Self::File => match &part.file_name {
                Some(name) => Ok(name.as_str().into()),
                None => Err(("must be a file, which has a file name", "value_error")),
            },
            Self::Text(parse) => match std::str::from_utf8(&part.bytes) {
                Ok(text) => parse.value(text.to_owned()),
                Err(_) => Err(("must be text in UTF-8", "string_unicode")),
            },
        }
    }
}
