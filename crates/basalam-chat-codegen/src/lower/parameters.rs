//! Lowering of parameters.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Operation, Parameter, ParameterLocation};
use serde_json::{Map, Value, json};

use super::keywords::is_nullable;
use super::lowering::{Class, Lowering};
use super::model::{ArrayParameter, NewtypeKind};
use super::paths::template_names;
use super::references::{reference, target_name};
use crate::names;

const FIELDS: &[&str] = &[
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

/// Names that progenitor uses in scopes that contain the arguments: methods of the client and of mocks.
const RESERVED_ARGUMENTS: &[&str] = &["header_map", "new", "into_inner"];

/// Headers that OpenAPI ignores as parameters: `security` and the media types describe them.
const IGNORED_HEADERS: &[&str] = &["accept", "content-type", "authorization"];

/// Returns `true` for parameters that OpenAPI ignores.
pub(super) fn is_ignored(parameter: &Parameter<'_>) -> bool {
    parameter.location == ParameterLocation::Header
        && IGNORED_HEADERS
            .iter()
            .any(|name| parameter.name.eq_ignore_ascii_case(name))
}

impl<'a> Lowering<'a> {
    /// Lowers the parameters of an operation.
    pub(super) fn lower_parameters(&mut self, operation: &Operation<'a>, has_body: bool) -> Value {
        self.check_argument_names(operation, has_body);
        self.check_path_parameters(operation);
        let lowered = operation
            .parameters
            .iter()
            .map(|parameter| self.lower_parameter(operation, parameter))
            .collect();
        Value::Array(lowered)
    }

    fn lower_parameter(&mut self, operation: &Operation<'a>, parameter: &Parameter<'a>) -> Value {
        let at = &parameter.pointer;
        self.check_fields(parameter.value, at, "a parameter", FIELDS);
        self.check_location(parameter);
        self.check_style(parameter);
        let schema = match parameter.schema {
            Some(schema) => {
                self.allows_secrets = parameter.location == ParameterLocation::Path;
                let schema = self.lower_schema(schema, &at.child("schema"));
                self.allows_secrets = false;
                schema
            }
            None => {
                self.report(at, "the parameter has no `schema`", "add one");
                json!({ "type": "string" })
            }
        };
        self.check_schema(parameter, &schema);
        if schema.get("type") == Some(&json!("array")) {
            self.arrays.push(ArrayParameter {
                operation: operation
                    .id
                    .and_then(names::function_name)
                    .unwrap_or_default(),
                name: parameter.name.to_owned(),
                // The default of `explode` for the style `form`.
                exploded: parameter.value.get("explode") != Some(&Value::Bool(false)),
            });
        }
        let mut lowered = Map::from_iter([
            ("name".to_owned(), json!(parameter.name)),
            ("in".to_owned(), json!(parameter.location.as_str())),
            ("required".to_owned(), json!(parameter.required)),
            ("schema".to_owned(), without_annotations(schema)),
        ]);
        self.copy_string(parameter.value, "description", at, &mut lowered);
        Value::Object(lowered)
    }

    fn check_location(&mut self, parameter: &Parameter<'a>) {
        let at = &parameter.pointer;
        match parameter.location {
            ParameterLocation::Cookie => self.report(
                &at.child("in"),
                "cookie parameters are not supported",
                "use a header or query parameter",
            ),
            ParameterLocation::Header => {
                let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                if !parameter.name.bytes().all(is_token) {
                    self.report(
                        &at.child("name"),
                        format!("`{}` is not a supported header name", parameter.name),
                        "use ASCII letters, digits, `-`, `_` and `.`",
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
            self.report(
                &parameter.pointer.child("style"),
                format!("the style {style} is not supported"),
                format!("remove it: the default is `{default}`"),
            );
        }
    }

    fn check_schema(&mut self, parameter: &Parameter<'a>, schema: &Value) {
        let at = parameter.pointer.child("schema");
        // An optional parameter that is null is omitted.
        if parameter.required && is_nullable(schema) {
            self.report(
                &at.child("nullable"),
                "a required parameter cannot be null",
                "write `required: false`, and omit it from the request",
            );
        }
        let items = schema.get("items").filter(|items| !is_nullable(items));
        let is_supported = match (parameter.location, items) {
            (ParameterLocation::Query, Some(items)) => self.is_scalar(items),
            _ => self.is_scalar(schema),
        };
        if !is_supported {
            self.report(
                &at,
                "objects are not supported in parameters, and arrays only in query parameters, with \
                 items that are neither arrays, objects nor null: servers disagree on the serialization",
                "write a string, a number, a boolean, a reference to a named one, or an array of these in \
                 a query parameter",
            );
        }
    }

    /// Returns `true` if values of the lowered `schema` can be path, query and header parameters.
    fn is_scalar(&self, schema: &Value) -> bool {
        match component_name(schema) {
            Some(name) => self.class(name).is_some_and(is_scalar),
            None => matches!(
                schema.get("type").and_then(Value::as_str),
                Some("string" | "integer" | "number" | "boolean")
            ),
        }
    }

    /// Reports parameters that become the same argument: progenitor would drop one of them.
    fn check_argument_names(&mut self, operation: &Operation<'a>, has_body: bool) {
        const REMEDY: &str = "remove the parameter, or rename it if it is a path parameter";
        let mut arguments = BTreeMap::new();
        if has_body {
            arguments.insert("body".to_owned(), "the request body");
        }
        for parameter in &operation.parameters {
            let (at, name) = (parameter.pointer.child("name"), parameter.name);
            if name.is_empty() {
                self.report(&at, "the name of the parameter is empty", "add a name");
                continue;
            }
            let Some(argument) = names::argument_name(name) else {
                self.report(
                    &at,
                    format!("`{name}` is not ASCII and cannot be an argument name"),
                    REMEDY,
                );
                continue;
            };
            if RESERVED_ARGUMENTS.contains(&argument.as_str()) {
                self.report(
                    &at,
                    format!("the name `{argument}` is reserved in the generated source"),
                    REMEDY,
                );
            }
            if let Some(other) = arguments.insert(argument, name) {
                self.report(
                    &at,
                    format!("`{name}` and `{other}` become the same argument"),
                    "remove one of them",
                );
            }
        }
    }

    fn check_path_parameters(&mut self, operation: &Operation<'a>) {
        let in_template = template_names(operation.path);
        let path_parameters = || {
            let parameters = operation.parameters.iter();
            parameters.filter(|parameter| parameter.location == ParameterLocation::Path)
        };
        for parameter in path_parameters() {
            if !in_template.contains(&parameter.name) {
                self.report(
                    &parameter.pointer,
                    format!("the path does not contain `{{{}}}`", parameter.name),
                    "add it to the path, or remove the parameter",
                );
            }
        }
        for name in in_template {
            if !path_parameters().any(|parameter| parameter.name == name) {
                self.report(
                    &operation.pointer,
                    format!("the path parameter `{{{name}}}` is not described"),
                    "add a parameter with `in: path`",
                );
            }
        }
    }

    /// Returns `true` if a path parameter of `operation` is a secret.
    pub(super) fn has_secret_path(&self, operation: &Operation<'a>) -> bool {
        operation.parameters.iter().any(|parameter| {
            let name = parameter.schema.and_then(component_name);
            parameter.location == ParameterLocation::Path
                && name.and_then(|name| self.class(name))
                    == Some(&Class::Newtype(NewtypeKind::Secret))
        })
    }
}

/// Returns the name of the component that a parameter schema refers to.
fn component_name(schema: &Value) -> Option<&str> {
    target_name(schema).or_else(|| target_name(schema.get("allOf")?.get(0)?))
}

/// Returns `true` if values of `class` can be path, query and header parameters.
fn is_scalar(class: &Class) -> bool {
    match class {
        Class::Newtype(kind) => !matches!(kind, NewtypeKind::LenientList(_)),
        // An invalid schema is reported already.
        Class::Alias(_) | Class::Invalid => true,
        Class::Struct => false,
    }
}

/// Removes the annotations: the description of the parameter replaces them, and an optional parameter is
/// nullable by itself.
fn without_annotations(mut schema: Value) -> Value {
    if let Some(name) = component_name(&schema) {
        return reference(name);
    }
    if let Some(object) = schema.as_object_mut() {
        object.remove("nullable");
    }
    schema
}
