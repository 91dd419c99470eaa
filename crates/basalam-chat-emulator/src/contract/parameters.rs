//! Parameters in paths, queries and headers.

use std::sync::Arc;

use axum::http::HeaderMap;
use basalam_chat_openapi::{Document, ParameterLocation, Pointer};
use bytes::Bytes;
use jsonschema::Validator;
use serde_json::Value;

use super::{unreadable, validator, violations};
use crate::error::Error;
use crate::form::Form;
use crate::problem::Violation;

/// A request taken apart, percent-decoded where it was encoded.
pub(crate) struct RequestParts<'a> {
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    /// Only where one was announced and the operation takes one.
    pub(crate) form: Option<&'a Form>,
}

impl RequestParts<'_> {
    /// Gives the value of a parameter. The last wins where there are several: what
    /// the service does then is unknown, and so do the common Python frameworks.
    fn value(&self, location: ParameterLocation, name: &str) -> Option<String> {
        let last = |pairs: &[(String, String)]| {
            let found = pairs.iter().rev().find(|(key, _)| key == name);
            found.map(|(_, value)| value.clone())
        };
        match location {
            ParameterLocation::Path => last(&self.path),
            ParameterLocation::Query => last(&self.query),
            ParameterLocation::Header => {
                let value = self.headers.get_all(name).iter().next_back();
                value.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned())
            }
            ParameterLocation::Cookie => None,
        }
    }
}

/// The values of the parameters, those that the document sets by default included.
#[derive(Default)]
pub(crate) struct Parameters(Vec<(ParameterLocation, Arc<str>, Value)>);

impl Parameters {
    pub(crate) fn integer(&self, location: ParameterLocation, name: &str) -> Option<i64> {
        self.get(location, name)?.as_i64()
    }

    pub(crate) fn text(&self, location: ParameterLocation, name: &str) -> Option<&str> {
        self.get(location, name)?.as_str()
    }

    fn get(&self, location: ParameterLocation, name: &str) -> Option<&Value> {
        let mut all = self.0.iter();
        let found = all.find(|it| it.0 == location && *it.1 == *name);
        found.map(|it| &it.2)
    }
}

/// A parameter of an operation.
pub(super) struct Parameter {
    name: Arc<str>,
    location: ParameterLocation,
    required: bool,
    parse: Parse,
    default: Option<Value>,
    validator: Arc<Validator>,
}

/// How the text of a parameter becomes a value.
#[derive(Clone, Copy)]
pub(super) enum Parse {
    Text,
    Integer,
    Number,
    Boolean,
}

impl Parameter {
    pub(super) fn read(
        document: &Document,
        parameter: &basalam_chat_openapi::Parameter<'_>,
    ) -> Result<Self, Error> {
        let at = parameter.pointer.child("schema");
        let schema = parameter
            .schema
            .ok_or_else(|| unreadable(format!("#{at}: a parameter without a schema")))?;
        // Made first: it refuses the circles that looking for the type would not leave.
        let validator = validator(document, schema, &at)?;
        Ok(Self {
            name: parameter.name.into(),
            location: parameter.location,
            required: parameter.required,
            parse: parse(document, schema, &at)?,
            default: schema.get("default").cloned(),
            validator,
        })
    }

    fn check(&self, request: &RequestParts<'_>, violations: &mut Vec<Violation>) -> Option<Value> {
        let location = [self.location.as_str(), &*self.name];
        let Some(text) = request.value(self.location, &self.name) else {
            if self.required && self.default.is_none() {
                violations.push(Violation::new(
                    location,
                    "this parameter is required",
                    "missing",
                ));
            }
            return self.default.clone();
        };
        let value = match self.parse.value(text) {
            Ok(value) => value,
            Err((message, rule)) => {
                violations.push(Violation::new(location, message, rule));
                return None;
            }
        };
        if !self.validator.is_valid(&value) {
            violations::collect(&self.validator, &value, &location, violations);
        }
        Some(value)
    }
}

impl Parse {
    pub(super) fn value(self, text: String) -> Result<Value, (&'static str, &'static str)> {
        match self {
            Self::Text => Ok(Value::String(text)),
            Self::Integer => match text.parse::<i64>() {
                Ok(number) => Ok(number.into()),
                Err(_) => Err(("must be a 64-bit integer in digits", "int_parsing")),
            },
            Self::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number.into()),
                _ => Err(("must be a number", "float_parsing")),
            },
            Self::Boolean => match text.as_str() {
                "true" => Ok(true.into()),
                "false" => Ok(false.into()),
                _ => Err(("must be true or false", "bool_parsing")),
            },
        }
    }
}

/// Checks all parameters of an operation.
pub(super) fn check(
    parameters: &[Parameter],
    request: &RequestParts<'_>,
    violations: &mut Vec<Violation>,
) -> Parameters {
    let values = parameters.iter().filter_map(|parameter| {
        let value = parameter.check(request, violations)?;
        let name = Arc::clone(&parameter.name);
        Some((parameter.location, name, value))
    });
    Parameters(values.collect())
}

/// Finds out what type the schema of a parameter has, through references and `allOf`.
pub(super) fn parse(document: &Document, schema: &Value, at: &Pointer) -> Result<Parse, Error> {
    let mut open = vec![(schema, at.clone())];
    while let Some((schema, at)) = open.pop() {
        let (schema, at) = document.locate(schema, &at).map_err(unreadable)?;
        match schema.get("type").and_then(Value::as_str) {
            Some("string") => return Ok(Parse::Text),
            Some("integer") => return Ok(Parse::Integer),
            Some("number") => return Ok(Parse::Number),
            Some("boolean") => return Ok(Parse::Boolean),
            _ => {}
        }
        let parts = schema.get("allOf").and_then(Value::as_array);
        let parts = parts.into_iter().flatten().enumerate();
        let at = at.child("allOf");
        open.extend(parts.map(|(index, part)| (part, at.child(index))));
    }
    Err(unreadable(format!(
        "#{at}: a parameter that is no string, integer, number or boolean"
    )))
}
