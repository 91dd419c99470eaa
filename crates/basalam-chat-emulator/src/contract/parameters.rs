//! Checks of path, query and header parameters.

use std::sync::Arc;

use axum::http::HeaderMap;
use basalam_chat_openapi::{Document, ParameterLocation, Pointer};
use bytes::Bytes;
use jsonschema::Validator;
use serde_json::Value;

use super::schema::{unusable, validator};
use super::violations;
use crate::error::Error;
use crate::form::Form;
use crate::service_error::Violation;

/// The parts of a request, percent-decoded.
pub(crate) struct RequestParts<'a> {
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    /// Set if the request has a form and the operation takes one.
    pub(crate) form: Option<&'a Form>,
}

impl RequestParts<'_> {
    /// Returns the last value of a parameter, as common Python frameworks do. The behaviour
    /// of the service for repeated parameters is unknown.
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

/// The values of the parameters, including the document's defaults.
#[derive(Default)]
pub(crate) struct Parameters(Vec<(ParameterLocation, Arc<str>, Value)>);

impl Parameters {
    pub(crate) fn integer(&self, location: ParameterLocation, name: &str) -> Option<i64> {
        self.get(location, name)?.as_i64()
    }

    pub(crate) fn str(&self, location: ParameterLocation, name: &str) -> Option<&str> {
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
    kind: ValueKind,
    default: Option<Value>,
    validator: Arc<Validator>,
}

/// The type of a parameter or form field that is sent as a string.
#[derive(Clone, Copy)]
pub(super) enum ValueKind {
    String,
    Integer,
    Number,
    Boolean,
}

impl Parameter {
    pub(super) fn compile(
        document: &Document,
        parameter: &basalam_chat_openapi::Parameter<'_>,
    ) -> Result<Self, Error> {
        let at = parameter.pointer.child("schema");
        let schema = parameter
            .schema
            .ok_or_else(|| unusable(format!("#{at}: a parameter without a schema")))?;
        // Compiled first, since it rejects reference cycles.
        let validator = validator(document, schema, &at)?;
        Ok(Self {
            name: parameter.name.into(),
            location: parameter.location,
            required: parameter.required,
            kind: ValueKind::of_schema(document, schema, &at)?,
            default: schema.get("default").cloned(),
            validator,
        })
    }

    fn check(&self, request: &RequestParts<'_>, violations: &mut Vec<Violation>) -> Option<Value> {
        let location = [self.location.as_str(), &*self.name];
        let Some(string) = request.value(self.location, &self.name) else {
            if self.required && self.default.is_none() {
                let message = "this parameter is required";
                violations.push(Violation::new(location, message, "missing"));
            }
            return self.default.clone();
        };
        let value = match self.kind.parse(string) {
            Ok(value) => value,
            Err((message, rule)) => {
                violations.push(Violation::new(location, message, rule));
                return None;
            }
        };
        if !self.validator.is_valid(&value) {
            violations::collect_at(&self.validator, &value, &location, violations);
        }
        Some(value)
    }
}

impl ValueKind {
    /// Returns the type of a schema, following references and `allOf`.
    pub(super) fn of_schema(
        document: &Document,
        schema: &Value,
        at: &Pointer,
    ) -> Result<Self, Error> {
        let mut stack = vec![(schema, at.clone())];
        while let Some((schema, at)) = stack.pop() {
            let (schema, at) = document.locate(schema, &at).map_err(unusable)?;
            match schema.get("type").and_then(Value::as_str) {
                Some("string") => return Ok(Self::String),
                Some("integer") => return Ok(Self::Integer),
                Some("number") => return Ok(Self::Number),
                Some("boolean") => return Ok(Self::Boolean),
                _ => {}
            }
            let parts = schema.get("allOf").and_then(Value::as_array);
            let parts = parts.into_iter().flatten().enumerate();
            let at = at.child("allOf");
            stack.extend(parts.map(|(index, part)| (part, at.child(index))));
        }
        Err(unusable(format!(
            "#{at}: the type of a parameter must be string, integer, number or boolean"
        )))
    }

    /// Parses a value. The error is a message and the name of the violated rule.
    pub(super) fn parse(self, string: String) -> Result<Value, (&'static str, &'static str)> {
        match self {
            Self::String => Ok(Value::String(string)),
            Self::Integer => match string.parse::<i64>() {
                Ok(integer) => Ok(integer.into()),
                Err(_) => Err(("must be a 64-bit integer", "int_parsing")),
            },
            Self::Number => match string.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number.into()),
                _ => Err(("must be a number", "float_parsing")),
            },
            Self::Boolean => match string.as_str() {
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
