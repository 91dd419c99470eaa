//! Reading operations into shapes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::read::Reader;
use super::{
    AnswerShape, BodyShape, OperationKey, OperationShape, ParameterShape, ShapeId, WireShape,
    canonical,
};
use basalam_chat_openapi::{
    Document, Error, MediaType, Operation, Parameter, ParameterLocation, Pointer, Response,
};

pub(super) fn read(document: &Document) -> Result<WireShape, Error> {
    let mut reader = Reader::new(document);
    let mut operations = BTreeMap::new();
    for operation in document.operations()? {
        let key = OperationKey::new(operation.method, operation.path);
        let shape = self::operation(&mut reader, &operation)?;
        if operations.insert(key, shape).is_some() {
            return Err(Error::structure(
                &operation.pointer,
                "another path with the same operation differs from this one in the names of its parameters alone; remove one",
            ));
        }
    }
    let values = reader.finish()?;
    canonical::tidy(WireShape { operations, values })
}

fn operation(reader: &mut Reader<'_>, operation: &Operation<'_>) -> Result<OperationShape, Error> {
    let mut parameters = BTreeMap::new();
    for parameter in &operation.parameters {
        let key = key(operation.path, parameter.location, parameter.name);
        let shape = self::parameter(reader, parameter)?;
        parameters.insert((parameter.location, key), shape);
    }
    let body = operation.request_body.as_ref().map(|body| BodyShape {
        required: body.required,
        content: content(reader, &body.content),
    });
    let mut answers = BTreeMap::new();
    for response in &operation.responses {
        answers.insert(response.status, answer(reader, response)?);
    }
    Ok(OperationShape {
        method: operation.method,
        path: operation.path.to_owned(),
        deprecated: is_deprecated(operation.value),
        security: security(reader.document, operation),
        parameters,
        body,
        answers,
    })
}

/// What tells parameters apart on the wire: in a path the position, in headers any case is the same.
pub(super) fn key(path: &str, location: ParameterLocation, name: &str) -> String {
    match location {
        ParameterLocation::Path => path
            .split('/')
            .position(|segment| segment.contains(&format!("{{{name}}}")))
            .map_or_else(|| name.to_owned(), |it| format!("{it:03}")),
        ParameterLocation::Header => name.to_ascii_lowercase(),
        ParameterLocation::Query | ParameterLocation::Cookie => name.to_owned(),
    }
}

fn parameter(reader: &mut Reader<'_>, parameter: &Parameter<'_>) -> Result<ParameterShape, Error> {
    Ok(ParameterShape {
        name: parameter.name.to_owned(),
        required: parameter.required,
        deprecated: is_deprecated(parameter.value),
        style: style(parameter.value, parameter.location, &parameter.pointer)?,
        value: described(reader, parameter.value, &parameter.pointer),
    })
}

/// The schema of a parameter or a header, which may also stand below its one media type.
fn described(reader: &mut Reader<'_>, value: &Value, at: &Pointer) -> ShapeId {
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
        return Ok("as its media type".to_owned());
    }
    let usual = match location {
        ParameterLocation::Query | ParameterLocation::Cookie => "form",
        ParameterLocation::Path | ParameterLocation::Header => "simple",
    };
    let style = match value.get("style") {
        None => usual,
        Some(Value::String(style)) => style,
        Some(_) => return Err(Error::structure(&at.child("style"), "must be a string")),
    };
    let explode = match value.get("explode") {
        None => style == "form",
        Some(Value::Bool(explode)) => *explode,
        Some(_) => {
            return Err(Error::structure(
                &at.child("explode"),
                "must be true or false",
            ));
        }
    };
    Ok(match explode {
        true => format!("{style}, exploded"),
        false => style.to_owned(),
    })
}

fn content(reader: &mut Reader<'_>, content: &[MediaType<'_>]) -> BTreeMap<String, ShapeId> {
    let media_types = content.iter().map(|media_type| {
        let id = match media_type.schema {
            Some(_) => reader.schema(&media_type.pointer.child("schema")),
            None => reader.anything(),
        };
        (media_name(media_type.name), id)
    });
    media_types.collect()
}

/// Without its parameters, and in lower case.
fn media_name(name: &str) -> String {
    let name = name.split(';').next().unwrap_or(name);
    name.trim().to_ascii_lowercase()
}

fn answer(reader: &mut Reader<'_>, response: &Response<'_>) -> Result<AnswerShape, Error> {
    let mut headers = BTreeMap::new();
    let at = response.pointer.child("headers");
    let written = match response.value.get("headers") {
        None => None,
        Some(Value::Object(headers)) => Some(headers),
        Some(_) => {
            return Err(Error::structure(
                &at,
                "must be an object of headers by name",
            ));
        }
    };
    for (name, header) in written.into_iter().flatten() {
        let (header, at) = reader.document.locate(header, &at.child(name))?;
        let shape = ParameterShape {
            name: name.clone(),
            required: header.get("required") == Some(&Value::Bool(true)),
            deprecated: is_deprecated(header),
            style: style(header, ParameterLocation::Header, &at)?,
            value: described(reader, header, &at),
        };
        headers.insert(name.to_ascii_lowercase(), shape);
    }
    Ok(AnswerShape {
        headers,
        content: content(reader, &response.content),
    })
}

fn is_deprecated(value: &Value) -> bool {
    value.get("deprecated") == Some(&Value::Bool(true))
}

/// The ways to be allowed in, by what each asks for and not by what the document calls it.
fn security(document: &Document, operation: &Operation<'_>) -> Option<BTreeSet<String>> {
    let written = operation
        .value
        .get("security")
        .or_else(|| document.root().get("security"))?;
    let ways = written.as_array()?;
    if ways.is_empty() {
        return Some(BTreeSet::from(["nothing".to_owned()]));
    }
    let ways = ways.iter().filter_map(Value::as_object).map(|way| {
        let schemes: BTreeSet<String> = way
            .iter()
            .map(|(name, scopes)| scheme(document, name, scopes))
            .collect();
        match schemes.is_empty() {
            true => "nothing".to_owned(),
            false => schemes.into_iter().collect::<Vec<_>>().join(" and "),
        }
    });
    Some(ways.collect())
}

fn scheme(document: &Document, name: &str, scopes: &Value) -> String {
    let place = Pointer::default()
        .child("components")
        .child("securitySchemes");
    let scheme = place.child(name).find(document.root());
    let text = |member: &str| scheme.and_then(|it| it.get(member)?.as_str());
    let kind = match text("type") {
        Some("http") => text("scheme").unwrap_or("http").to_ascii_lowercase(),
        Some("apiKey") => format!(
            "the {} {:?}",
            text("in").unwrap_or("header"),
            text("name").unwrap_or_default()
        ),
        Some(other) => other.to_owned(),
        None => "a scheme that is not described".to_owned(),
    };
    let scopes: BTreeSet<&str> = scopes
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    match scopes.is_empty() {
        true => kind,
        false => format!(
            "{kind} with {}",
            scopes.into_iter().collect::<Vec<_>>().join(", ")
        ),
    }
}
