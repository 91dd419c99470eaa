//! Lowering of parameters.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Operation, Parameter, ParameterLocation};
use serde_json::{Value, json};

use super::keywords::{is_listed, is_nullable};
use super::lowering::{Class, Lowering};
use super::model::{ArrayParameter, NewtypeKind};
use super::paths::template_names;
use crate::names;
use crate::references::{reference, target_name};

const FIELDS: &str =
    "name in required description deprecated schema example examples style explode";

/// Names that progenitor uses in scopes that contain the arguments: methods of the client and of mocks.
const RESERVED_ARGUMENTS: &str = "header_map new into_inner";

impl<'a> Lowering<'a> {
    /// Lowers the parameters of an operation.
    pub(super) fn lower_parameters(&mut self, operation: &Operation<'a>, has_body: bool) -> Value {
        self.check_argument_names(operation, has_body);
        self.check_path_parameters(operation);
        let parameters = operation.parameters.iter();
        parameters
            .map(|parameter| self.lower_parameter(operation, parameter))
            .collect()
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
        if schema["type"] == "array" {
            let operation = operation.id.and_then(names::function_name);
            self.arrays.push(ArrayParameter {
                operation: operation.unwrap_or_default(),
                name: parameter.name.to_owned(),
                // The default of `explode` for the style `form`.
                exploded: parameter.value["explode"] != false,
            });
        }
        let mut lowered = json!({
            "name": parameter.name,
            "in": parameter.location.as_str(),
            "required": parameter.required,
            "schema": without_annotations(schema),
        });
        self.copy_string(parameter.value, "description", at, &mut lowered);
        lowered
    }

    fn check_location(&mut self, parameter: &Parameter<'a>) {
        let at = &parameter.pointer;
        match parameter.location {
            ParameterLocation::Cookie => {
                let message = "cookie parameters are not supported";
                self.report(&at.child("in"), message, "use a header or query parameter");
            }
            ParameterLocation::Header => {
                let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                if !parameter.name.bytes().all(is_token) {
                    let message = format!("`{}` is not a supported header name", parameter.name);
                    let remedy = "use ASCII letters, digits, `-`, `_` and `.`";
                    self.report(&at.child("name"), message, remedy);
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
            let message = format!("the style {style} is not supported");
            let remedy = format!("remove it: the default is `{default}`");
            self.report(&parameter.pointer.child("style"), message, remedy);
        }
    }

    fn check_schema(&mut self, parameter: &Parameter<'a>, schema: &Value) {
        let at = parameter.pointer.child("schema");
        // An optional parameter that is null is omitted.
        if parameter.required && is_nullable(schema) {
            let message = "a required parameter cannot be null";
            let remedy = "write `required: false`, and omit it from the request";
            self.report(&at.child("nullable"), message, remedy);
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
        match component_name(schema).map(|name| self.class(name)) {
            Some(Some(Class::Newtype(kind))) => !matches!(kind, NewtypeKind::LenientList(_)),
            // An invalid schema is reported already.
            Some(Some(Class::Alias(_) | Class::Invalid)) => true,
            Some(Some(Class::Struct) | None) => false,
            None => schema["type"]
                .as_str()
                .is_some_and(|it| is_listed("string integer number boolean", it)),
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
                let message = format!("`{name}` is not ASCII and cannot be an argument name");
                self.report(&at, message, REMEDY);
                continue;
            };
            if is_listed(RESERVED_ARGUMENTS, &argument) {
                let message = format!("the name `{argument}` is reserved in the generated source");
                self.report(&at, message, REMEDY);
            }
            if let Some(other) = arguments.insert(argument, name) {
                let message = format!("`{name}` and `{other}` become the same argument");
                self.report(&at, message, "remove one of them");
            }
        }
    }

    fn check_path_parameters(&mut self, operation: &Operation<'a>) {
        let in_template = template_names(operation.path);
        let parameters = operation.parameters.iter();
        let in_path = parameters.filter(|it| it.location == ParameterLocation::Path);
        for parameter in in_path.clone() {
            if !in_template.contains(&parameter.name) {
                let message = format!("the path does not contain `{{{}}}`", parameter.name);
                let remedy = "add it to the path, or remove the parameter";
                self.report(&parameter.pointer, message, remedy);
            }
        }
        for name in in_template {
            if !in_path.clone().any(|parameter| parameter.name == name) {
                let message = format!("the path parameter `{{{name}}}` is not described");
                let remedy = "add a parameter with `in: path`";
                self.report(&operation.pointer, message, remedy);
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
