//! Parsing of error responses, whose formats are only partly documented.

use std::fmt;

use serde_json::{Map, Value};

use super::field_name::known_field_name;

/// The content of an error response.
#[derive(Default)]
pub(crate) struct ErrorResponse {
    pub(crate) messages: Vec<String>,
    pub(crate) validation: Vec<ValidationProblem>,
    /// The error code, which bot operations return.
    pub(crate) code: Option<i64>,
    pub(crate) body: Option<String>,
}

/// A field of a request that the service rejected as invalid.
///
/// Certain: the published contract describes these for the status 422.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct ValidationProblem {
    /// The path of the field, from the outside in, such as `body`, `files`, `0`. Integers are array indexes. A
    /// name that the contract does not have, such as a key of the message's metadata, is `?`.
    pub location: Vec<String>,
    /// The service's message.
    pub message: String,
    /// The service's name for the kind of problem, such as `value_error.missing`.
    pub kind: String,
}

impl fmt::Display for ValidationProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location.is_empty() {
            true => f.write_str(&self.message),
            false => write!(f, "`{}` {}", self.location.join("."), self.message),
        }
    }
}

/// The maximum number of bytes that are kept of a body.
const MAX_BODY_BYTES: usize = 8 * 1024;
/// The maximum number of bytes that are kept of one message.
const MAX_MESSAGE_BYTES: usize = 300;
/// The maximum number of segments that are kept of a location.
const MAX_LOCATION: usize = 32;
/// The maximum number of messages that are kept.
const MAX_MESSAGES: usize = 8;
/// Bodies that are not JSON and no more than an error message. Likely: the gateway's for an unknown path, as
/// seen in a live integration.
const PLAIN_MESSAGES: [&str; 1] = ["404 page not found"];

/// Returns the start of a text, at most this number of bytes, with secrets redacted.
pub(crate) type Excerpt<'a> = &'a dyn Fn(&[u8], usize) -> String;

impl ErrorResponse {
    /// Parses a body of any format. Only the error messages of known formats are read, since any other part
    /// may repeat the request.
    pub(crate) fn parse(body: &[u8], excerpt: Excerpt<'_>) -> ErrorResponse {
        let mut parser = Parser {
            response: ErrorResponse::unparsed(body, excerpt),
            excerpt,
        };
        let json = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        match serde_json::from_slice::<Value>(json) {
            Ok(value) => parser.read_body(&value),
            Err(_) => {
                let message = plain_message(body).map(str::to_owned);
                parser.response.messages.extend(message);
            }
        }
        parser.response
    }

    /// Creates an error response from messages of the login's redirect.
    pub(crate) fn new<'a>(messages: impl IntoIterator<Item = &'a str>) -> ErrorResponse {
        let messages = messages.into_iter();
        let messages = messages.map(|text| one_line(text.trim(), MAX_MESSAGE_BYTES));
        ErrorResponse {
            messages: messages.filter(|text| !text.is_empty()).collect(),
            ..ErrorResponse::default()
        }
    }

    /// Creates an error response from a code and a message.
    pub(crate) fn from_message(
        code: Option<i64>,
        message: Option<&str>,
        excerpt: Excerpt<'_>,
    ) -> ErrorResponse {
        let mut parser = Parser {
            response: ErrorResponse::default(),
            excerpt,
        };
        parser.response.code = code;
        if let Some(message) = message {
            parser.add_message(message);
        }
        parser.response
    }

    /// Keeps the start of a body without parsing it.
    pub(crate) fn unparsed(body: &[u8], excerpt: Excerpt<'_>) -> ErrorResponse {
        ErrorResponse {
            body: (!body.is_empty()).then(|| excerpt(body, MAX_BODY_BYTES)),
            ..ErrorResponse::default()
        }
    }
}

/// Returns the message of a body that is not JSON, without its content.
fn plain_message(body: &[u8]) -> Option<&'static str> {
    let text = body.trim_ascii();
    if text.starts_with(b"<") {
        return Some("an HTML page");
    }
    let mut known = PLAIN_MESSAGES.into_iter();
    known.find(|message| message.as_bytes() == text)
}

/// Reads the error messages of a JSON body.
struct Parser<'a> {
    response: ErrorResponse,
    excerpt: Excerpt<'a>,
}

impl Parser<'_> {
    fn read_body(&mut self, body: &Value) {
        match body {
            Value::Array(items) => {
                let items = items.iter().filter(|item| item.is_object());
                items.take(MAX_MESSAGES).for_each(|it| self.read_item(it));
            }
            Value::Object(object) => self.read_object(object),
            _ => {}
        }
    }

    fn read_object(&mut self, object: &Map<String, Value>) {
        self.response.code = object.get("error_code").and_then(Value::as_i64);
        // The most specific first: `message` is often a summary of `errors`.
        for name in ["detail", "errors", "messages"] {
            match object.get(name) {
                Some(Value::Array(items)) => self.read_items(items),
                Some(value) => self.read_item(value),
                None => {}
            }
        }
        match object.get("error") {
            Some(Value::Array(items)) => self.read_legacy_items(items),
            Some(Value::Object(error)) => {
                if let Some(Value::Array(items)) = error.get("messages") {
                    self.read_legacy_items(items);
                }
                self.add_field(error, "message");
            }
            Some(Value::String(message)) => self.add_message(message),
            _ => {}
        }
        for name in ["error_description", "message", "description"] {
            self.add_field(object, name);
        }
    }

    fn read_items(&mut self, items: &[Value]) {
        items
            .iter()
            .take(MAX_MESSAGES)
            .for_each(|item| self.read_item(item));
    }

    /// Reads a validation problem, an object with a message, or a string.
    fn read_item(&mut self, item: &Value) {
        match item {
            Value::String(message) => self.add_message(message),
            Value::Object(object) => match (object.get("loc"), object.get("msg")) {
                (Some(Value::Array(location)), Some(Value::String(message))) => {
                    self.add_validation_problem(location, message, object.get("type"));
                }
                _ => ["message", "msg"]
                    .into_iter()
                    .for_each(|name| self.add_field(object, name)),
            },
            _ => {}
        }
    }

    /// Reads the items of `error` in an older format, whose messages are called `text`.
    fn read_legacy_items(&mut self, items: &[Value]) {
        for item in items.iter().take(MAX_MESSAGES) {
            self.read_item(item);
            if let Value::Object(object) = item {
                self.add_field(object, "text");
            }
        }
    }

    fn add_validation_problem(&mut self, location: &[Value], message: &str, kind: Option<&Value>) {
        if self.response.validation.len() == MAX_MESSAGES {
            return;
        }
        let problem = ValidationProblem {
            location: location.iter().take(MAX_LOCATION).map(segment).collect(),
            message: self.message(message),
            kind: self.message(kind.and_then(Value::as_str).unwrap_or_default()),
        };
        self.response.validation.push(problem);
    }

    fn add_field(&mut self, object: &Map<String, Value>, name: &str) {
        if let Some(Value::String(message)) = object.get(name) {
            self.add_message(message);
        }
    }

    fn add_message(&mut self, message: &str) {
        let message = self.message(message);
        let messages = &mut self.response.messages;
        let is_new = !message.is_empty() && !messages.contains(&message);
        if is_new && messages.len() < MAX_MESSAGES {
            messages.push(message);
        }
    }

    fn message(&self, text: &str) -> String {
        printable(&(self.excerpt)(text.trim().as_bytes(), MAX_MESSAGE_BYTES))
    }
}

/// Returns an array index or the name of a field. Names that the sender chose are left out.
fn segment(value: &Value) -> String {
    match value {
        Value::String(name) if name.parse::<u32>().is_ok() => name.clone(),
        Value::String(name) => known_field_name(name).to_owned(),
        Value::Number(index) => index.to_string(),
        _ => known_field_name("").to_owned(),
    }
}

/// Truncates a string to `max_bytes` like [`truncate`], and replaces control characters by spaces.
pub(crate) fn one_line(text: &str, max_bytes: usize) -> String {
    printable(&truncate(text, max_bytes))
}

/// Replaces control characters by spaces.
pub(crate) fn printable(text: &str) -> String {
    let printable = |character: char| match character.is_control() {
        true => ' ',
        false => character,
    };
    text.chars().map(printable).collect()
}

/// Truncates a string to `max_bytes` at a character boundary. Appends an ellipsis to a truncated string.
pub(crate) fn truncate(text: &str, max_bytes: usize) -> String {
    let mut end = text.len().min(max_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match end < text.len() {
        true => format!("{}…", &text[..end]),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
