//! The operations of a document.

use serde_json::{Map, Value};

use super::{Document, expect_object, sorted_entries};
use crate::{
    Error, MediaType, Method, Operation, Parameter, ParameterLocation, Pointer, RequestBody,
    Response, StatusPattern,
};

/// Reads every operation, sorted by path and method.
pub(super) fn read(document: &Document) -> Result<Vec<Operation<'_>>, Error> {
    let at = Pointer::default().child("paths");
    let mut operations = Vec::new();
    for (path, item) in entries(document.root().get("paths"), &at)? {
        let at = at.child(path);
        if path.starts_with("x-") {
            continue;
        }
        if !path.starts_with('/') {
            return Err(Error::structure(
                &at,
                "a path template must begin with \"/\"",
            ));
        }
        let (item, at) = path_item(document, item, &at)?;
        let shared = parameters(document, item, &at)?;
        for method in Method::ALL {
            if let Some(value) = item.get(method.key()) {
                let at = at.child(method.key());
                operations.push(operation(document, path, method, value, &shared, at)?);
            }
        }
    }
    Ok(operations)
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
) -> Result<Operation<'a>, Error> {
    let object = expect_object(value, &at)?;
    let mut own = parameters(document, object, &at)?;
    let inherited = shared.iter().filter(|parameter| {
        let overridden = |it: &Parameter<'_>| same_parameter(it, parameter);
        !own.iter().any(overridden)
    });
    let mut parameters: Vec<_> = inherited.cloned().collect();
    parameters.append(&mut own);
    Ok(Operation {
        method,
        path,
        id: optional_string(object, "operationId", &at)?,
        parameters,
        request_body: request_body(document, object, &at)?,
        responses: responses(document, object, &at)?,
        value,
        pointer: at,
    })
}

fn parameters<'a>(
    document: &'a Document,
    object: &'a Map<String, Value>,
    at: &Pointer,
) -> Result<Vec<Parameter<'a>>, Error> {
    let at = at.child("parameters");
    let list = match object.get("parameters") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Error::structure(&at, "must be an array of parameters")),
    };
    let mut parameters: Vec<Parameter<'a>> = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        let at = at.child(index);
        let parameter = parameter(document, value, &at)?;
        if parameters.iter().any(|it| same_parameter(it, &parameter)) {
            return Err(Error::structure(
                &at,
                format!(
                    "the {} parameter {:?} is listed twice; remove one",
                    parameter.location, parameter.name
                ),
            ));
        }
        parameters.push(parameter);
    }
    Ok(parameters)
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
        content: content(object, &at)?,
        value,
        pointer: at,
    }))
}

fn responses<'a>(
    document: &'a Document,
    operation: &'a Map<String, Value>,
    at: &Pointer,
) -> Result<Vec<Response<'a>>, Error> {
    let at = at.child("responses");
    let mut responses = Vec::new();
    for (key, value) in entries(operation.get("responses"), &at)? {
        if key.starts_with("x-") {
            continue;
        }
        let at = at.child(key);
        let status = StatusPattern::from_key(key).ok_or_else(|| {
            Error::structure(
                &at,
                "not a status; use a code such as \"200\", a range such as \"4XX\", or \"default\"",
            )
        })?;
        let (value, at) = document.locate(value, &at)?;
        let object = expect_object(value, &at)?;
        responses.push(Response {
            status,
            content: content(object, &at)?,
            value,
            pointer: at,
        });
    }
    responses.sort_by_key(|response| response.status);
    Ok(responses)
}

fn content<'a>(object: &'a Map<String, Value>, at: &Pointer) -> Result<Vec<MediaType<'a>>, Error> {
    let at = at.child("content");
    entries(object.get("content"), &at)?
        .into_iter()
        .map(|(name, value)| {
            let at = at.child(name);
            Ok(MediaType {
                name,
                schema: schema(expect_object(value, &at)?, &at)?,
                value,
                pointer: at,
            })
        })
        .collect()
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
fn entries<'a>(value: Option<&'a Value>, at: &Pointer) -> Result<Vec<(&'a str, &'a Value)>, Error> {
    value.map_or_else(
        || Ok(Vec::new()),
        |value| expect_object(value, at).map(sorted_entries),
    )
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
