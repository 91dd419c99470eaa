//! Parsing of error responses, whose formats are only partly documented.

use std::fmt;

use serde_json::Value;

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
    /// The path of the field, from the outside in, such as `body`, `files`, `0`. Integers are array indexes.
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
/// The maximum number of messages that are kept.
const MAX_MESSAGES: usize = 8;

impl ErrorResponse {
    /// Parses a body of any format. `redact` is applied to the raw body, and to its strings after their
    /// escapes are decoded.
    pub(crate) fn parse(body: &str, redact: impl Fn(&str) -> String) -> ErrorResponse {
        let mut response = ErrorResponse::default();
        match serde_json::from_str::<Value>(body) {
            Ok(mut value) => {
                redact_strings(&mut value, &redact);
                response.read_json(&value);
            }
            Err(_) => response.messages.extend(plain_text(&redact(body))),
        }
        response.messages.truncate(MAX_MESSAGES);
        response.validation.truncate(MAX_MESSAGES);
        if !body.is_empty() {
            response.body = Some(truncate(&redact(body), MAX_BODY_BYTES));
        }
        response
    }

    /// Creates an error response from a code and messages that were found elsewhere, with secrets redacted.
    pub(crate) fn new<'a>(
        code: Option<i64>,
        messages: impl IntoIterator<Item = &'a str>,
    ) -> ErrorResponse {
        let messages = messages.into_iter();
        let messages = messages.map(|text| one_line(text.trim(), MAX_MESSAGE_BYTES));
        ErrorResponse {
            messages: messages.filter(|text| !text.is_empty()).collect(),
            code,
            ..ErrorResponse::default()
        }
    }

    /// Keeps the start of a body without parsing it.
    pub(crate) fn unparsed(body: &str) -> ErrorResponse {
        ErrorResponse {
            body: Some(truncate(body, MAX_BODY_BYTES)),
            ..ErrorResponse::default()
        }
    }

    /// Redacts all strings.
    pub(super) fn redact(&mut self, redact: impl Fn(&str) -> String) {
        let validation = self.validation.iter_mut().flat_map(|problem| {
            let others = [&mut problem.message, &mut problem.kind];
            problem.location.iter_mut().chain(others)
        });
        let strings = self.messages.iter_mut().chain(&mut self.body);
        for text in strings.chain(validation) {
            *text = redact(text);
        }
    }

    fn read_json(&mut self, value: &Value) {
        match value {
            Value::Array(items) => self.read_items(items),
            Value::Object(object) => {
                self.code = object.get("error_code").and_then(Value::as_i64);
                // The most specific first: `message` is often a summary of `errors`.
                for name in [
                    "detail",
                    "errors",
                    "messages",
                    "error",
                    "error_description",
                    "message",
                    "description",
                ] {
                    if let Some(value) = object.get(name) {
                        self.read_field(value);
                    }
                }
            }
            other => self.add_message(other),
        }
    }

    fn read_field(&mut self, value: &Value) {
        match value {
            Value::Array(items) => self.read_items(items),
            Value::Object(object) => match object.get("messages") {
                Some(Value::Array(items)) => self.read_items(items),
                _ => self.read_item(value),
            },
            other => self.add_message(other),
        }
    }

    fn read_items(&mut self, items: &[Value]) {
        for item in items.iter().take(MAX_MESSAGES) {
            self.read_item(item);
        }
    }

    /// Reads an item of a list: a validation problem, an object with a message, or a string.
    fn read_item(&mut self, item: &Value) {
        if let (Some(Value::Array(location)), Some(Value::String(message))) =
            (item.get("loc"), item.get("msg"))
        {
            let kind = item.get("type").and_then(Value::as_str);
            self.validation.push(ValidationProblem {
                location: location.iter().map(segment).collect(),
                message: one_line(message, MAX_MESSAGE_BYTES),
                kind: one_line(kind.unwrap_or_default(), MAX_MESSAGE_BYTES),
            });
            return;
        }
        match item {
            Value::Object(object) => {
                for name in ["message", "text", "msg"] {
                    if let Some(value) = object.get(name) {
                        self.add_message(value);
                    }
                }
            }
            other => self.add_message(other),
        }
    }

    fn add_message(&mut self, value: &Value) {
        if let Value::String(text) = value {
            let text = one_line(text, MAX_MESSAGE_BYTES);
            if !text.is_empty() && !self.messages.contains(&text) {
                self.messages.push(text);
            }
        }
    }
}

fn segment(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text, MAX_MESSAGE_BYTES),
        other => one_line(&other.to_string(), MAX_MESSAGE_BYTES),
    }
}

/// Returns the message of a body that is not JSON, without the content of HTML pages.
fn plain_text(body: &str) -> Option<String> {
    let text = body.trim();
    if text.is_empty() {
        return None;
    }
    if text.starts_with('<') {
        return Some("an HTML page".to_owned());
    }
    Some(one_line(text, MAX_MESSAGE_BYTES))
}

/// Redacts every string of a value.
fn redact_strings(value: &mut Value, redact: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = redact(text),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| redact_strings(item, redact)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|value| redact_strings(value, redact)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Truncates a string to `max_bytes` like [`truncate`], and replaces control characters by spaces.
pub(crate) fn one_line(text: &str, max_bytes: usize) -> String {
    let printable = |character: char| match character.is_control() {
        true => ' ',
        false => character,
    };
    truncate(text, max_bytes).chars().map(printable).collect()
}

/// Truncates a string to `max_bytes` at a character boundary. Appends an ellipsis to a truncated string.
fn truncate(text: &str, max_bytes: usize) -> String {
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
mod tests {
    use super::*;

    fn messages(body: &str) -> Vec<String> {
        ErrorResponse::parse(body, str::to_owned).messages
    }

    #[test]
    fn parses_every_known_format() {
        for body in [
            r#"{"errors":[{"message":"no"}]}"#,
            r#"{"http_status":401,"message":"no","errors":[{"code":1,"message":"no","fields":[]}]}"#,
            r#"{"messages":[{"message":"no","fields":["x"]}]}"#,
            r#"[{"message":"no"}]"#,
            r#"{"message":"no"}"#,
            r#"{"error":"no"}"#,
            r#"{"error":{"messages":[{"text":"no"}]}}"#,
            r#"{"error":[{"text":"no"}]}"#,
            r#"{"error":{"message":"no"}}"#,
            r#"{"error_description":"no"}"#,
            r#"{"detail":"no"}"#,
            r#"{"detail":["no"]}"#,
            r#"{"ok":false,"error_code":401,"description":"no"}"#,
            r#""no""#,
            "no",
            " no\n",
        ] {
            assert_eq!(messages(body), ["no"], "{body}");
        }
    }

    #[test]
    fn parses_validation_problems_with_location() {
        let response = ErrorResponse::parse(
            r#"{"detail":[{"loc":["body","files",0,"url"],"msg":"field required","type":"missing"}]}"#,
            str::to_owned,
        );
        assert_eq!(response.validation.len(), 1);
        assert_eq!(
            response.validation[0].location,
            ["body", "files", "0", "url"]
        );
        assert_eq!(
            response.validation[0].to_string(),
            "`body.files.0.url` field required"
        );
    }

    #[test]
    fn malformed_bodies_have_no_messages() {
        for body in [
            "",
            "null",
            "7",
            "{}",
            "[]",
            "[[]]",
            r#"{"errors":{}}"#,
            r#"{"detail":[{"loc":1}]}"#,
        ] {
            assert!(messages(body).is_empty(), "{body}");
        }
        assert_eq!(
            messages("<html><body>Bad gateway</body></html>"),
            ["an HTML page"]
        );
        let deep = "[".repeat(100_000);
        assert_eq!(messages(&deep).len(), 1);
    }

    #[test]
    fn truncates_at_character_boundary_and_replaces_control_characters() {
        let text = format!("a{}", "\u{633}".repeat(400));
        let truncated = one_line(&text, MAX_MESSAGE_BYTES);
        assert!(truncated.len() <= MAX_MESSAGE_BYTES + '…'.len_utf8());
        assert!(truncated.ends_with('…'));
        assert_eq!(one_line("a\nb\u{1b}[31m", 100), "a b [31m");
    }
}
