//! Compares a request with its operation.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Document, MediaType, Operation, ParameterLocation};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::multipart;
use super::recorder::{Call, TOKEN};
use crate::schema::{MAX_DEPTH, Schema};

/// Headers that HTTP and the client set.
const TRANSPORT_HEADERS: [&str; 8] = [
    "accept",
    "accept-encoding",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
];

/// The names and values of one parameter location.
type Parameters = BTreeMap<String, String>;

/// Returns the differences between a request and its operation.
pub(super) fn violations(
    document: &Document,
    operation: &Operation<'_>,
    call: &Call,
) -> Vec<String> {
    let mut violations = request_line(operation, call);
    let path = path_values(operation.path, &call.sent.path).unwrap_or_default();
    for (location, sent) in [
        (ParameterLocation::Path, path),
        (ParameterLocation::Query, query(call, &mut violations)),
        (ParameterLocation::Header, headers(operation, call)),
    ] {
        violations.extend(parameters(document, operation, call, location, &sent));
    }
    violations.extend(body(document, operation, call));
    let start = format!(
        "{} {}",
        crate::operation_name(operation),
        call.expected.description
    );
    violations
        .into_iter()
        .map(|violation| format!("{start}: {violation}"))
        .collect()
}

/// Checks the method, the path and the token.
fn request_line(operation: &Operation<'_>, call: &Call) -> Vec<String> {
    let mut violations = Vec::new();
    let (method, path) = (operation.method.as_str(), operation.path);
    if call.sent.method != method {
        violations.push(format!("method: sent {}, not {method}", call.sent.method));
    }
    if path_values(path, &call.sent.path).is_none() {
        violations.push(format!("path: sent {}, not {path}", call.sent.path));
    }
    let is_public = operation.value["security"]
        .as_array()
        .is_some_and(Vec::is_empty);
    let expected = (!is_public).then(|| format!("Bearer {TOKEN}"));
    if call.sent.headers.get("authorization") != expected.as_ref() {
        let needs = if is_public { "no token" } else { "the token" };
        violations.push(format!("security: the document asks for {needs}"));
    }
    violations
}

/// Returns the values of the path parameters of a template.
pub(super) fn path_values(template: &str, path: &str) -> Option<Parameters> {
    let mut values = Parameters::new();
    let (template, path) = (template.split('/'), path.split('/'));
    if template.clone().count() != path.clone().count() {
        return None;
    }
    for (name, segment) in template.zip(path) {
        match name.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) => {
                let value = percent_decode_str(segment).decode_utf8().ok()?;
                values.insert(name.to_owned(), value.into_owned());
            }
            None if name == segment => {}
            None => return None,
        }
    }
    Some(values)
}

fn query(call: &Call, violations: &mut Vec<String>) -> Parameters {
    let mut parameters = Parameters::new();
    for (name, value) in &call.sent.query {
        if parameters.insert(name.clone(), value.clone()).is_some() {
            violations.push(format!("query {name}: sent twice"));
        }
    }
    parameters
}

/// Returns the headers that are parameters, with the case that the document uses.
fn headers(operation: &Operation<'_>, call: &Call) -> Parameters {
    let documented = |name: &str| {
        let parameters = operation.parameters.iter();
        let mut headers = parameters.filter(|it| it.location == ParameterLocation::Header);
        headers.find(|it| it.name.eq_ignore_ascii_case(name))
    };
    let is_set = |name: &str| {
        let mut set = call.expected.headers.keys();
        set.any(|it| it.eq_ignore_ascii_case(name))
    };
    let sent = call.sent.headers.iter();
    sent.filter(|(name, _)| !TRANSPORT_HEADERS.contains(&name.as_str()) || is_set(name))
        .map(|(name, value)| {
            let spelling = documented(name).map_or(name.as_str(), |it| it.name);
            (spelling.to_owned(), value.clone())
        })
        .collect()
}

fn parameters(
    document: &Document,
    operation: &Operation<'_>,
    call: &Call,
    location: ParameterLocation,
    sent: &Parameters,
) -> Vec<String> {
    let mut violations = Vec::new();
    let expected = match location {
        ParameterLocation::Path => &call.expected.path,
        ParameterLocation::Query => &call.expected.query,
        _ => &call.expected.headers,
    };
    let documented = operation.parameters.iter();
    let documented: Vec<_> = documented.filter(|it| it.location == location).collect();
    for parameter in &documented {
        let name = parameter.name;
        let Some(value) = sent.get(name) else {
            if parameter.required {
                violations.push(format!("{location} {name}: required, and not sent"));
            }
            continue;
        };
        let Some(schema) = parameter.schema else {
            violations.push(format!("{location} {name}: has no schema"));
            continue;
        };
        match Schema::new(document, schema) {
            Ok(schema) => {
                let errors = schema.errors(&schema.parse_string(value));
                violations.extend(errors.iter().map(|it| format!("{location} {name}: {it}")));
            }
            Err(error) => violations.push(format!("{location} {name}: {error}")),
        }
    }
    for (name, value) in sent {
        if !documented.iter().any(|it| it.name == name) {
            violations.push(format!("{location} {name}: the document does not name it"));
        }
        match expected.get(name.as_str()) {
            Some(expected) if expected == value => {}
            Some(expected) => {
                violations.push(format!("{location} {name}: {value:?}, not {expected:?}"));
            }
            None => violations.push(format!("{location} {name}: sent though it was not set")),
        }
    }
    for name in expected.keys() {
        if !sent.contains_key(*name) {
            violations.push(format!("{location} {name}: set, and not sent"));
        }
    }
    violations
}

fn body(document: &Document, operation: &Operation<'_>, call: &Call) -> Vec<String> {
    let sent = &call.sent;
    let Some(documented) = &operation.request_body else {
        return match sent.body.is_empty() && call.expected.body.is_none() {
            true => vec![],
            false => vec!["body: the document has no body".to_owned()],
        };
    };
    if sent.body.is_empty() {
        return match documented.required {
            true => vec!["body: required, and not sent".to_owned()],
            false => vec![],
        };
    }
    let content_type = sent.headers.get("content-type").map_or("", String::as_str);
    let is_sent = |media: &&MediaType<'_>| content_type.split(';').next() == Some(media.name);
    let Some(media) = documented.content.iter().find(is_sent) else {
        return vec![format!(
            "body: the document has no content of type {content_type:?}"
        )];
    };
    let schema = match media.schema.map(|schema| Schema::new(document, schema)) {
        Some(Ok(schema)) => schema,
        Some(Err(error)) => return vec![format!("body: {error}")],
        None => return vec!["body: has no schema".to_owned()],
    };
    let body = match parse_body(&schema, content_type, &sent.body) {
        Ok(body) => body,
        Err(error) => return vec![format!("body: {error}")],
    };
    let mut violations: Vec<String> = schema
        .errors(&body)
        .iter()
        .map(|error| format!("body {error}"))
        .collect();
    undocumented(&schema, schema.root(), &body, "body", 0, &mut violations);
    if Some(&body) != call.expected.body.as_ref() {
        violations.push("body: differs from the expected body".to_owned());
    }
    violations
}

/// Parses a JSON body, or converts the parts of a form to JSON.
fn parse_body(schema: &Schema, content_type: &str, body: &[u8]) -> Result<Value, String> {
    if !content_type.starts_with("multipart/") {
        return serde_json::from_slice(body).map_err(|error| error.to_string());
    }
    let keywords = schema.keywords(schema.root());
    let mut fields = Map::new();
    for part in multipart::parts(content_type, body)? {
        let property = keywords.properties.get(part.name.as_str());
        let is_file = property.is_some_and(|it| it["format"] == "binary");
        if is_file != part.file_name.is_some() {
            return Err(format!("{}: must be a file: {is_file}", part.name));
        }
        let value = parse_part(schema, property.copied(), part.content);
        if fields.insert(part.name.clone(), value).is_some() {
            return Err(format!("{}: sent twice", part.name));
        }
    }
    Ok(Value::Object(fields))
}

fn parse_part(schema: &Schema, property: Option<&Value>, content: String) -> Value {
    let is_number = property.is_some_and(|it| schema.keywords(it).has_type("integer"));
    match content.parse::<i64>() {
        Ok(number) if is_number => Value::from(number),
        _ => Value::from(content),
    }
}

/// Finds properties that the document neither names nor allows as additional ones.
fn undocumented(
    root: &Schema,
    schema: &Value,
    value: &Value,
    at: &str,
    depth: usize,
    violations: &mut Vec<String>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let keywords = root.keywords(schema);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let at = format!("{at}.{name}");
                match keywords.properties.get(name.as_str()) {
                    Some(property) => {
                        undocumented(root, property, value, &at, depth + 1, violations)
                    }
                    None if keywords.allows_additional() => {}
                    None => violations.push(format!("{at}: the document does not name it")),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                if let Some(schema) = keywords.items {
                    let at = format!("{at}[]");
                    undocumented(root, schema, item, &at, depth + 1, violations);
                }
            }
        }
        _ => {}
    }
}
