//! Reading error answers, which come in more shapes than anybody has described.

use std::fmt;

use serde_json::Value;

use super::make::BODY_BYTES;

/// What an error answer says.
#[derive(Default)]
pub(super) struct ErrorResponse {
    pub(super) messages: Vec<String>,
    pub(super) validation: Vec<ValidationProblem>,
    /// The number of the error, which bot operations give.
    pub(super) code: Option<i64>,
    pub(super) body: Option<String>,
}

/// One thing that the service found invalid in a request.
///
/// Certain: the published contract describes these for the status 422.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct ValidationProblem {
    /// The place, from the outside in, such as `body`, `content`, `text`; numbers are positions.
    pub location: Vec<String>,
    /// What is wrong there, in the service's words.
    pub message: String,
    /// The kind of problem, in the service's words, such as `value_error.missing`.
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

/// How long one message of the service may be, in bytes.
const MESSAGE_BYTES: usize = 300;
/// How many messages are kept.
const MESSAGES: usize = 8;

impl ErrorResponse {
    /// Reads a body of any shape. `redact` takes the secrets out of what it says: out of the body as
    /// it came, and out of its texts once their escapes are read.
    pub(super) fn read(body: &str, redact: impl Fn(&str) -> String) -> ErrorResponse {
        let mut answer = ErrorResponse::default();
        match serde_json::from_str::<Value>(body) {
            Ok(mut value) => {
                redact_texts(&mut value, &redact);
                answer.read_json(&value);
            }
            Err(_) => answer.messages.extend(plain_text(&redact(body))),
        }
        answer.messages.truncate(MESSAGES);
        answer.validation.truncate(MESSAGES);
        if !body.is_empty() {
            answer.body = Some(cut(&redact(body), BODY_BYTES));
        }
        answer
    }

    /// What a success answer says of a failure.
    pub(super) fn said(code: Option<i64>, description: Option<&str>) -> ErrorResponse {
        let description = description.map(|text| beginning(text.trim(), MESSAGE_BYTES));
        ErrorResponse {
            messages: description
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect(),
            code,
            ..ErrorResponse::default()
        }
    }

    /// Takes one more secret out of everything that was read.
    pub(super) fn redact(&mut self, redact: impl Fn(&str) -> String) {
        let places = self.validation.iter_mut().flat_map(|problem| {
            let texts = [&mut problem.message, &mut problem.kind];
            problem.location.iter_mut().chain(texts)
        });
        for text in self.messages.iter_mut().chain(&mut self.body).chain(places) {
            *text = redact(text);
        }
    }

    fn read_json(&mut self, value: &Value) {
        match value {
            Value::Array(items) => self.read_items(items),
            Value::Object(object) => {
                self.code = object.get("error_code").and_then(Value::as_i64);
                // Specific before general: `message` is often a headline over `errors`.
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
                        self.read_member(value);
                    }
                }
            }
            other => self.say(other),
        }
    }

    fn read_member(&mut self, value: &Value) {
        match value {
            Value::Array(items) => self.read_items(items),
            Value::Object(object) => match object.get("messages") {
                Some(Value::Array(items)) => self.read_items(items),
                _ => self.read_item(value),
            },
            other => self.say(other),
        }
    }

    fn read_items(&mut self, items: &[Value]) {
        for item in items.iter().take(MESSAGES) {
            self.read_item(item);
        }
    }

    /// One item of a list: a validation problem, an object with a message, or a text.
    fn read_item(&mut self, item: &Value) {
        if let (Some(Value::Array(location)), Some(Value::String(message))) =
            (item.get("loc"), item.get("msg"))
        {
            let kind = item.get("type").and_then(Value::as_str);
            self.validation.push(ValidationProblem {
                location: location.iter().map(segment).collect(),
                message: beginning(message, MESSAGE_BYTES),
                kind: beginning(kind.unwrap_or_default(), MESSAGE_BYTES),
            });
            return;
        }
        match item {
            Value::Object(object) => {
                for name in ["message", "text", "msg"] {
                    if let Some(value) = object.get(name) {
                        self.say(value);
                    }
                }
            }
            other => self.say(other),
        }
    }

    fn say(&mut self, value: &Value) {
        if let Value::String(text) = value {
            let text = beginning(text, MESSAGE_BYTES);
            if !text.is_empty() && !self.messages.contains(&text) {
                self.messages.push(text);
            }
        }
    }
}

fn segment(value: &Value) -> String {
    match value {
        Value::String(text) => beginning(text, MESSAGE_BYTES),
        other => beginning(&other.to_string(), MESSAGE_BYTES),
    }
}

/// A body that is no JSON: a short text speaks for itself, a page of HTML does not.
fn plain_text(body: &str) -> Option<String> {
    let text = body.trim();
    if text.is_empty() {
        return None;
    }
    if text.starts_with('<') {
        return Some("an HTML page".to_owned());
    }
    Some(beginning(text, MESSAGE_BYTES))
}

/// Takes the secrets out of every text of a value.
fn redact_texts(value: &mut Value, redact: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = redact(text),
        Value::Array(items) => items.iter_mut().for_each(|item| redact_texts(item, redact)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| redact_texts(member, redact)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The first `bytes` of a text on one line.
pub(super) fn beginning(text: &str, bytes: usize) -> String {
    let on_one_line = |character: char| match character.is_control() {
        true => ' ',
        false => character,
    };
    cut(text, bytes).chars().map(on_one_line).collect()
}

/// The first `bytes` of a text, cut between characters.
pub(super) fn cut(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
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
        ErrorResponse::read(body, str::to_owned).messages
    }

    #[test]
    fn every_known_shape_of_an_error_is_read() {
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
    fn validation_problems_keep_their_place() {
        let answer = ErrorResponse::read(
            r#"{"detail":[{"loc":["body","files",0,"url"],"msg":"field required","type":"missing"}]}"#,
            str::to_owned,
        );
        assert_eq!(answer.validation.len(), 1);
        assert_eq!(answer.validation[0].location, ["body", "files", "0", "url"]);
        assert_eq!(
            answer.validation[0].to_string(),
            "`body.files.0.url` field required"
        );
    }

    #[test]
    fn odd_bodies_say_nothing_and_break_nothing() {
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
    fn long_texts_are_cut_between_characters_and_kept_on_one_line() {
        let text = format!("a{}", "\u{633}".repeat(400));
        let cut = beginning(&text, MESSAGE_BYTES);
        assert!(cut.len() <= MESSAGE_BYTES + '…'.len_utf8());
        assert!(cut.ends_with('…'));
        assert_eq!(beginning("a\nb\u{1b}[31m", 100), "a b [31m");
    }
}
