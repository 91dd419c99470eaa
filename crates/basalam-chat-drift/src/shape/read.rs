//! Reading operations into shapes.

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::{
    Document, Error, MediaType, Operation, Parameter, ParameterLocation, Pointer, Response,
};
use serde_json::Value;

use super::operator::Operator;
use super::path::server_paths;
use super::schema_reader::SchemaReader;
use super::{
    BodyShape, OperationKey, OperationShape, ParameterShape, ResponseShape, ShapeId, WireShape,
    canonicalize, join, not_compared, parameter_names,
};

/// The description of an alternative that requires no credentials.
pub(crate) const NO_AUTHORIZATION: &str = "no authorization";

pub(super) fn read(document: &Document) -> Result<WireShape, Error> {
    let mut reader = SchemaReader::new(document);
    let mut operations = BTreeMap::new();
    for operation in document.operations()? {
        let shape = self::operation(&mut reader, &operation)?;
        for server_path in server_paths(document, &operation)? {
            let path = server_path + operation.path;
            let key = OperationKey::new(operation.method, &path);
            let shape = OperationShape {
                path,
                ..shape.clone()
            };
            if operations.insert(key, shape).is_some() {
                return Err(Error::structure(
                    &operation.pointer,
                    "another path differs from this one only in parameter names; remove one of them",
                ));
            }
        }
    }
    let values = reader.finish()?;
    let not_compared = not_compared::count(document.root());
    canonicalize(WireShape {
        operations,
        values,
        not_compared,
    })
}

fn operation(
    reader: &mut SchemaReader<'_>,
    operation: &Operation<'_>,
) -> Result<OperationShape, Error> {
    let mut parameters = BTreeMap::new();
    for parameter in operation.parameters.iter().filter(|it| !it.is_ignored()) {
        let key = parameter_key(operation.path, parameter.location, parameter.name);
        let shape = self::parameter(reader, parameter)?;
        parameters.insert((parameter.location, key), shape);
    }
    let body = operation.request_body.as_ref().map(|body| BodyShape {
        required: body.required,
        content: content(reader, &body.content),
    });
    let mut responses = BTreeMap::new();
    for response in &operation.responses {
        responses.insert(response.status, self::response(reader, response)?);
    }
    Ok(OperationShape {
        method: operation.method,
        path: operation.path.to_owned(),
        deprecated: is_deprecated(operation.value),
        security: security(reader.document, operation),
        parameters,
        body,
        responses,
    })
}

/// Returns the key that identifies a parameter on the wire: its position among those of the path,
/// otherwise its name.
fn parameter_key(path: &str, location: ParameterLocation, name: &str) -> String {
    match location {
        ParameterLocation::Path => parameter_names(path)
            .iter()
            .position(|it| *it == name)
            .map_or_else(|| name.to_owned(), |it| format!("{it:03}")),
        ParameterLocation::Header => name.to_ascii_lowercase(),
        ParameterLocation::Query | ParameterLocation::Cookie => name.to_owned(),
    }
}

fn parameter(
    reader: &mut SchemaReader<'_>,
    parameter: &Parameter<'_>,
) -> Result<ParameterShape, Error> {
    Ok(ParameterShape {
        name: parameter.name.to_owned(),
        required: parameter.required,
        deprecated: is_deprecated(parameter.value),
        style: style(parameter.value, parameter.location, &parameter.pointer)?,
        value: schema_or_content(reader, parameter.value, &parameter.pointer),
    })
}

/// The schema of a parameter or a header, which may also be under its only media type.
fn schema_or_content(reader: &mut SchemaReader<'_>, value: &Value, at: &Pointer) -> ShapeId {
    if value.get("schema").is_some() {
        return reader.schema(&at.child("schema"));
    }
    let content = value.get("content").and_then(Value::as_object);
    let media_type = content.and_then(|it| it.iter().find(|(_, it)| it.get("schema").is_some()));
    match media_type {
        Some((name, _)) => reader.schema(&at.child("content").child(name).child("schema")),
        None => reader.anything(),
    }
}

fn style(value: &Value, location: ParameterLocation, at: &Pointer) -> Result<String, Error> {
    if value.get("content").is_some() {
        return Ok("media type".to_owned());
    }
    let default = match location {
        ParameterLocation::Query | ParameterLocation::Cookie => "form",
        ParameterLocation::Path | ParameterLocation::Header => "simple",
    };
    let style = match value.get("style") {
        None => default,
        Some(Value::String(style)) => style,
        Some(_) => return Err(Error::structure(&at.child("style"), "must be a string")),
    };
    let explode = match value.get("explode") {
        None => style == "form",
        Some(Value::Bool(explode)) => *explode,
        Some(_) => {
            let at = at.child("explode");
            return Err(Error::structure(&at, "must be true or false"));
        }
    };
    Ok(match explode {
        true => format!("{style}, exploded"),
        false => style.to_owned(),
    })
}

fn content(reader: &mut SchemaReader<'_>, content: &[MediaType<'_>]) -> BTreeMap<String, ShapeId> {
    let mut media_types = BTreeMap::new();
    for media_type in content {
        let id = match media_type.schema {
            Some(_) => reader.schema(&media_type.pointer.child("schema")),
            None => reader.anything(),
        };
        let name = media_type_name(media_type.name);
        let id = match media_types.get(&name) {
            Some(other) => reader.combined_id(Operator::Union, *other, id),
            None => id,
        };
        media_types.insert(name, id);
    }
    media_types
}

/// Returns the name with its parameters, in the same form for every spelling. The boundary of forms
/// and the encoding of JSON are left out: they do not distinguish contents.
pub(crate) fn media_type_name(name: &str) -> String {
    let mut parts = name.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let parameters = parts.filter_map(|it| {
        let (name, value) = it.split_once('=').unwrap_or((it, ""));
        let name = name.trim().to_ascii_lowercase();
        let value = value.trim().trim_matches('"');
        let is_utf_8 = name == "charset" && value.eq_ignore_ascii_case("utf-8");
        let is_left_out = is_utf_8 || name == "boundary" || name.is_empty();
        (!is_left_out).then(|| format!("; {name}={value}"))
    });
    essence + &join(parameters.collect::<BTreeSet<_>>(), "", "")
}

fn response(
    reader: &mut SchemaReader<'_>,
    response: &Response<'_>,
) -> Result<ResponseShape, Error> {
    let mut headers = BTreeMap::new();
    let at = response.pointer.child("headers");
    let documented = match response.value.get("headers") {
        None => None,
        Some(Value::Object(headers)) => Some(headers),
        Some(_) => {
            let message = "must be an object of headers by name";
            return Err(Error::structure(&at, message));
        }
    };
    for (name, header) in documented.into_iter().flatten() {
        // OpenAPI ignores it, because `content` describes it.
        if name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        let (header, at) = reader.document.locate(header, &at.child(name))?;
        let shape = ParameterShape {
            name: name.clone(),
            required: header.get("required") == Some(&Value::Bool(true)),
            deprecated: is_deprecated(header),
            style: style(header, ParameterLocation::Header, &at)?,
            value: schema_or_content(reader, header, &at),
        };
        headers.insert(name.to_ascii_lowercase(), shape);
    }
    Ok(ResponseShape {
        headers,
        content: content(reader, &response.content),
    })
}

fn is_deprecated(value: &Value) -> bool {
    value.get("deprecated") == Some(&Value::Bool(true))
}

/// Returns the alternative security requirements, described by scheme type because scheme names are
/// arbitrary.
fn security(document: &Document, operation: &Operation<'_>) -> Option<BTreeSet<String>> {
    let requirements = operation
        .value
        .get("security")
        .or_else(|| document.root().get("security"))?;
    let alternatives = requirements.as_array()?;
    if alternatives.is_empty() {
        return Some(BTreeSet::from([NO_AUTHORIZATION.to_owned()]));
    }
    let alternatives = alternatives.iter().filter_map(Value::as_object);
    let alternatives = alternatives.map(|requirement| {
        let schemes = requirement.iter();
        let schemes = schemes.map(|(name, scopes)| scheme(document, name, scopes));
        join(schemes.collect::<BTreeSet<_>>(), " and ", NO_AUTHORIZATION)
    });
    Some(alternatives.collect())
}

fn scheme(document: &Document, name: &str, scopes: &Value) -> String {
    let place = Pointer::default()
        .child("components")
        .child("securitySchemes");
    let scheme = place.child(name).find(document.root());
    let field = |name: &str| scheme.and_then(|it| it.get(name)?.as_str());
    let kind = match field("type") {
        Some("http") => field("scheme").unwrap_or("http").to_ascii_lowercase(),
        Some("apiKey") => format!(
            "{} {:?}",
            field("in").unwrap_or("header"),
            field("name").unwrap_or_default()
        ),
        Some(other) => other.to_owned(),
        None => "undocumented scheme".to_owned(),
    };
    let scopes = scopes.as_array().into_iter().flatten();
    let scopes: BTreeSet<&str> = scopes.filter_map(Value::as_str).collect();
    match scopes.is_empty() {
        true => kind,
        false => format!("{kind} with {}", join(scopes, ", ", "")),
    }
}
