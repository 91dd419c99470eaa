//! The operations of a document.

use serde_json::{Map, Value};

use super::{Document, expect_object, sorted_entries};
use crate::{
    Error, MediaType, Method, Operation, Parameter, ParameterLocation, Pointer, RequestBody,
    Response, StatusPattern,
};

/// Reads every operation, sorted by path and method, without parts that have errors.
pub(super) fn read<'a>(document: &'a Document, errors: &mut Vec<Error>) -> Vec<Operation<'a>> {
    let at = Pointer::default().child("paths");
    let mut operations = Vec::new();
    for (path, item) in entries(document.root().get("paths"), &at, errors) {
        let at = at.child(path);
        if path.starts_with("x-") {
            continue;
        }
        if !path.starts_with('/') {
            let message = "a path template must begin with \"/\"";
            errors.push(Error::structure(&at, message));
        }
        let Some((item, at)) = keep(path_item(document, item, &at), errors) else {
            continue;
        };
        let shared = parameters(document, item, &at, errors);
        for method in Method::ALL {
            if let Some(value) = item.get(method.key()) {
                let at = at.child(method.key());
                let operation = operation(document, path, method, value, &shared, at, errors);
                operations.extend(keep(operation, errors));
            }
        }
    }
    operations
}

/// Moves an error to `errors`.
fn keep<T>(result: Result<T, Error>, errors: &mut Vec<Error>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

/// Follows the reference of a path item. Operations next to the `$ref` are an error because
/// OpenAPI leaves their meaning undefined.
fn path_item<'a>(
    document: &'a Document,
    item: &'a Value,
    at: &Pointer,
) -> Result<(&'a Map<String, Value>, Pointer), Error> {
    let object = expect_object(item, at)?;
    if object.contains_key("$ref")
        && let Some(method) = Method::ALL.iter().find(|it| object.contains_key(it.key()))
    {
        return Err(Error::unsupported(
            &at.child(method.key()),
            "an operation next to the `$ref` of its path item is not supported; move it to the referenced path item",
        ));
    }
    let (item, at) = document.locate(item, at)?;
    Ok((expect_object(item, &at)?, at))
}

fn operation<'a>(
    document: &'a Document,
    path: &'a str,
    method: Method,
    value: &'a Value,
    shared: &[Parameter<'a>],
    at: Pointer,
    errors: &mut Vec<Error>,
) -> Result<Operation<'a>, Error> {
    let object = expect_object(value, &at)?;
    let mut own = parameters(document, object, &at, errors);
    let inherited = shared.iter().filter(|parameter| {
        let overridden = |it: &Parameter<'_>| same_parameter(it, parameter);
        !own.iter().any(overridden)
    });
    let mut parameters: Vec<_> = inherited.cloned().collect();
    parameters.append(&mut own);
    Ok(Operation {
        method,
        path,
        id: keep(optional_string(object, "operationId", &at), errors).flatten(),
        parameters,
        request_body: keep(request_body(document, object, &at, errors), errors).flatten(),
        responses: responses(document, object, &at, errors),
        value,
        pointer: at,
    })
}

fn parameters<'a>(
    document: &'a Document,
    object: &'a Map<String, Value>,
    at: &Pointer,
    errors: &mut Vec<Error>,
) -> Vec<Parameter<'a>> {
    let at = at.child("parameters");
    let list = match object.get("parameters") {
        None => return Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => {
            errors.push(Error::structure(&at, "must be an array of parameters"));
            return Vec::new();
        }
    };
    let mut parameters: Vec<Parameter<'a>> = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        let at = at.child(index);
        let Some(parameter) = keep(parameter(document, value, &at), errors) else {
            continue;
        };
        if parameters.iter().any(|it| same_parameter(it, &parameter)) {
            errors.push(Error::structure(
                &at,
                format!(
                    "the {} parameter {:?} is listed twice; remove one",
                    parameter.location, parameter.name
                ),
            ));
            continue;
        }
        parameters.push(parameter);
    }
    parameters
}

fn parameter<'a>(
    document: &'a Document,
    value: &'a Value,
    at: &Pointer,
) -> Result<Parameter<'a>, Error> {
    let (value, at) = document.locate(value, at)?;
    let object = expect_object(value, &at)?;
    let name = required_string(object, "name", &at)?;
    let location = required_string(object, "in", &at)?;
    let location = ParameterLocation::from_name(location).ok_or_else(|| {
        Error::structure(
            &at.child("in"),
            "must be \"path\", \"query\", \"header\" or \"cookie\"",
        )
    })?;
    Ok(Parameter {
        name,
        location,
        required: bool_or_false(object, "required", &at)? || location == ParameterLocation::Path,
        schema: schema(object, &at)?,
        value,
        pointer: at,
    })
}

/// Header names are case-insensitive.
fn same_parameter(one: &Parameter<'_>, other: &Parameter<'_>) -> bool {
    one.location == other.location
        && match one.location {
            ParameterLocation::Header => one.name.eq_ignore_ascii_case(other.name),
            _ => one.name == other.name,
        }
}

fn request_body<'a>(
    document: &'a Document,
    operation: &'a Map<String, Value>,
    at: &Pointer,
    errors: &mut Vec<Error>,
) -> Result<Option<RequestBody<'a>>, Error> {
    let Some(value) = operation.get("requestBody") else {
        return Ok(None);
    };
    let (value, at) = document.locate(value, &at.child("requestBody"))?;
    let object = expect_object(value, &at)?;
    if !object.contains_key("content") {
        return Err(Error::structure(
            &at.child("content"),
            "missing; list the media types of the request body here",
        ));
    }
    Ok(Some(RequestBody {
        required: bool_or_false(object, "required", &at)?,
        content: content(object, &at, errors),
        value,
        pointer: at,
    }))
}

fn responses<'a>(
    document: &'a Document,
    operation: &'a Map<String, Value>,
    at: &Pointer,
    errors: &mut Vec<Error>,
) -> Vec<Response<'a>> {
    let at = at.child("responses");
    let mut responses = Vec::new();
    for (key, value) in entries(operation.get("responses"), &at, errors) {
        if key.starts_with("x-") {
            continue;
        }
        let response = response(document, key, value, &at.child(key), errors);
        responses.extend(keep(response, errors));
    }
    responses.sort_by_key(|response| response.status);
    responses
}

fn response<'a>(
    document: &'a Document,
    key: &str,
    value: &'a Value,
    at: &Pointer,
    errors: &mut Vec<Error>,
) -> Result<Response<'a>, Error> {
    let status = StatusPattern::from_key(key).ok_or_else(|| {
        Error::structure(
            at,
            "not a status; use a code such as \"200\", a range such as \"4XX\", or \"default\"",
        )
    })?;
    let (value, at) = document.locate(value, at)?;
    Ok(Response {
        status,
        content: content(expect_object(value, &at)?, &at, errors),
        value,
        pointer: at,
    })
}

fn content<'a>(
    object: &'a Map<String, Value>,
    at: &Pointer,
    errors: &mut Vec<Error>,
) -> Vec<MediaType<'a>> {
    let at = at.child("content");
    let mut content = Vec::new();
    for (name, value) in entries(object.get("content"), &at, errors) {
        let at = at.child(name);
        let schema = expect_object(value, &at).and_then(|object| schema(object, &at));
        if let Some(schema) = keep(schema, errors) {
            content.push(MediaType {
                name,
                schema,
                value,
                pointer: at,
            });
        }
    }
    content
}

fn schema<'a>(object: &'a Map<String, Value>, at: &Pointer) -> Result<Option<&'a Value>, Error> {
    match object.get("schema") {
        Some(schema) if !schema.is_object() && !schema.is_boolean() => Err(Error::structure(
            &at.child("schema"),
            "must be a schema, which is an object",
        )),
        schema => Ok(schema),
    }
}

/// Returns the entries of an object sorted by name; a missing object has none.
fn entries<'a>(
    value: Option<&'a Value>,
    at: &Pointer,
    errors: &mut Vec<Error>,
) -> Vec<(&'a str, &'a Value)> {
    let object = value.and_then(|value| keep(expect_object(value, at), errors));
    object.map(sorted_entries).unwrap_or_default()
}

fn bool_or_false(object: &Map<String, Value>, name: &str, at: &Pointer) -> Result<bool, Error> {
    match object.get(name) {
        None => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(Error::structure(&at.child(name), "must be true or false")),
    }
}

fn optional_string<'a>(
    object: &'a Map<String, Value>,
    name: &str,
    at: &Pointer,
) -> Result<Option<&'a str>, Error> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(value)) => Ok(Some(value)),
        Some(_) => Err(Error::structure(&at.child(name), "must be a string")),
    }
}

fn required_string<'a>(
    object: &'a Map<String, Value>,
    name: &str,
    at: &Pointer,
) -> Result<&'a str, Error> {
    optional_string(object, name, at)?
        .ok_or_else(|| Error::structure(&at.child(name), "missing; it must be a string"))
}
