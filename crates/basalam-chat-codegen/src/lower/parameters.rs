//! Parameters: where they may stand, and what they may hold.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Operation, Parameter, ParameterLocation};
use serde_json::{Map, Value, json};

use super::Lowering;
use super::components::{Class, ScalarKind};
use super::schemas::{PREFIX, is_parameter_class};
use crate::names;

const KEYWORDS: &[&str] = &[
    "name",
    "in",
    "required",
    "description",
    "deprecated",
    "schema",
    "example",
    "examples",
    "style",
    "explode",
];

/// Names that progenitor has for itself where arguments are in scope: in the client's methods and
/// beside the methods of a mock.
const RESERVED_ARGUMENTS: &[&str] = &["header_map", "new", "into_inner"];

/// Headers that OpenAPI takes from elsewhere and ignores as parameters.
const RESERVED_HEADERS: &[&str] = &["accept", "content-type", "authorization"];

impl<'a> Lowering<'a> {
    /// Lowers the parameters of an operation, in the order of their names.
    pub(super) fn parameters(&mut self, operation: &Operation<'a>, has_body: bool) -> Value {
        self.check_argument_names(operation, has_body);
        self.check_path_parameters(operation);
        let lowered = operation
            .parameters
            .iter()
            .map(|parameter| self.parameter(parameter))
            .collect();
        Value::Array(lowered)
    }

    fn parameter(&mut self, parameter: &Parameter<'a>) -> Value {
        let at = &parameter.pointer;
        self.members(parameter.value, at, "a parameter", KEYWORDS);
        self.check_location(parameter);
        self.check_style(parameter);
        let schema = match parameter.schema {
            Some(schema) => {
                self.takes_secrets = parameter.location == ParameterLocation::Path;
                let schema = self.schema(schema, &at.child("schema"));
                self.takes_secrets = false;
                schema
            }
            None => {
                self.refuse(at, "the parameter has no `schema`", "add one");
                json!({ "type": "string" })
            }
        };
        self.check_value(parameter, &schema);
        let mut lowered = Map::from_iter([
            ("name".to_owned(), json!(parameter.name)),
            ("in".to_owned(), json!(parameter.location.as_str())),
            ("required".to_owned(), json!(parameter.required)),
            ("schema".to_owned(), plain(schema)),
        ]);
        self.prose(parameter.value, "description", at, &mut lowered);
        Value::Object(lowered)
    }

    fn check_location(&mut self, parameter: &Parameter<'a>) {
        let at = &parameter.pointer;
        match parameter.location {
            ParameterLocation::Cookie => self.refuse(
                &at.child("in"),
                "cookie parameters are not generated",
                "send the value in a header or the query",
            ),
            ParameterLocation::Header => {
                let name = parameter.name.to_ascii_lowercase();
                if RESERVED_HEADERS.contains(&name.as_str()) {
                    self.refuse(
                        &at.child("name"),
                        format!("OpenAPI ignores a header parameter `{}`", parameter.name),
                        "leave it out: `security` and the media types say it",
                    );
                }
                let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                if !name.bytes().all(is_token) {
                    self.refuse(
                        &at.child("name"),
                        "this is no name for a header",
                        "use letters, digits, `-`, `_` and `.`",
                    );
                }
            }
            ParameterLocation::Path | ParameterLocation::Query => {}
        }
    }

    fn check_style(&mut self, parameter: &Parameter<'a>) {
        let default = match parameter.location {
            ParameterLocation::Query | ParameterLocation::Cookie => "form",
            ParameterLocation::Path | ParameterLocation::Header => "simple",
        };
        if let Some(style) = parameter.value.get("style")
            && style != default
        {
            self.refuse(
                &parameter.pointer.child("style"),
                format!("the style {style} is not generated"),
                format!("leave it out, which means `{default}`"),
            );
        }
    }

    fn check_value(&mut self, parameter: &Parameter<'a>, schema: &Value) {
        let at = parameter.pointer.child("schema");
        if schema.get("nullable") == Some(&Value::Bool(true)) {
            self.refuse(
                &at.child("nullable"),
                "a parameter has no way to be null",
                "make it `required: false`, and leave it out of the request",
            );
        }
        let name = named(schema);
        let is_scalar = match name {
            Some(name) => self.class(name).is_some_and(is_parameter_class),
            None => matches!(
                schema.get("type").and_then(Value::as_str),
                Some("string" | "integer" | "number" | "boolean")
            ),
        };
        if !is_scalar {
            self.refuse(
                &at,
                "a parameter that is no single value is written differently by every server, and \
                 its mock does not compile",
                "make it a text, a number, a boolean, or a reference to a named one",
            );
        }
    }

    /// Two names that become the same argument would drop one of them in silence.
    fn check_argument_names(&mut self, operation: &Operation<'a>, has_body: bool) {
        let mut arguments = BTreeMap::new();
        if has_body {
            arguments.insert("body".to_owned(), "the request body");
        }
        for parameter in &operation.parameters {
            if parameter.name.is_empty() {
                self.refuse(
                    &parameter.pointer.child("name"),
                    "the parameter has no name",
                    "name it",
                );
                continue;
            }
            let at = parameter.pointer.child("name");
            let Some(argument) = names::argument(parameter.name) else {
                self.refuse(
                    &at,
                    format!(
                        "`{}` is not ASCII, and so gives no argument",
                        parameter.name
                    ),
                    "leave the parameter out, or rename it in the path if it stands there",
                );
                continue;
            };
            if RESERVED_ARGUMENTS.contains(&argument.as_str()) {
                self.refuse(
                    &at,
                    format!("`{argument}` is a name that the generated source has for itself"),
                    "leave the parameter out, or rename it in the path if it stands there",
                );
            }
            if let Some(other) = arguments.insert(argument, parameter.name) {
                self.refuse(
                    &at,
                    format!(
                        "`{}` and `{other}` become the same argument",
                        parameter.name
                    ),
                    "leave one of them out",
                );
            }
        }
    }

    fn check_path_parameters(&mut self, operation: &Operation<'a>) {
        let in_template = template_names(operation.path);
        for parameter in &operation.parameters {
            let is_path = parameter.location == ParameterLocation::Path;
            if is_path && !in_template.contains(&parameter.name) {
                self.refuse(
                    &parameter.pointer,
                    format!("the path has no `{{{}}}`", parameter.name),
                    "put it into the path, or take the parameter out",
                );
            }
        }
        for name in in_template {
            let described = operation.parameters.iter().any(|parameter| {
                parameter.location == ParameterLocation::Path && parameter.name == name
            });
            if !described {
                self.refuse(
                    &operation.pointer,
                    format!("nothing describes `{{{name}}}` of the path"),
                    "add a parameter with `in: path`",
                );
            }
        }
    }

    /// Whether a path parameter of `operation` is a secret.
    pub(super) fn has_secret_path(&self, operation: &Operation<'a>) -> bool {
        operation.parameters.iter().any(|parameter| {
            parameter.location == ParameterLocation::Path
                && parameter
                    .schema
                    .and_then(named)
                    .and_then(|name| self.class(name))
                    == Some(&Class::Scalar(ScalarKind::Secret))
        })
    }
}

/// The names in the braces of a path template.
pub(super) fn template_names(path: &str) -> Vec<&str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

/// The component that a lowered parameter schema stands for.
fn named(schema: &Value) -> Option<&str> {
    let reference = schema
        .get("$ref")
        .or_else(|| schema.get("allOf")?.get(0)?.get("$ref"))?;
    reference.as_str()?.strip_prefix(PREFIX)
}

/// A parameter carries its own description, so its schema needs none.
fn plain(schema: Value) -> Value {
    match named(&schema) {
        Some(name) => json!({ "$ref": format!("{PREFIX}{name}") }),
        None => schema,
    }
}
