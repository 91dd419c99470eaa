//! Redaction of the secrets of a request in the texts of its response.

mod spelling;

use std::any::Any;
use std::fmt;
use std::ops::Range;

use basalam_chat_api::operation::{Authorization, Operation};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;
use reqwest::{Request, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::error::truncate;
use spelling::Spelling;

/// The secrets that one request carries: the access token, the bot token in the path, and the grant and the
/// client secret of a token request.
///
/// Creating it for a request with an access token copies nothing.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    authorization: Option<HeaderValue>,
    others: Vec<SecretString>,
}

/// The replacement for a secret.
const REDACTED: &[u8] = b"[redacted]";

/// The length from which a secret is redacted within words too. A shorter one, as tests have, may be part of
/// any word. Also the length from which the start of a secret at the end of a text is redacted.
const MIN_PART_LENGTH: usize = 8;

/// The number of nested escapes that are decoded, such as a URL in a JSON string in a JSON string.
const MAX_ESCAPE_LEVELS: usize = 4;

/// The maximum number of bytes that spell one byte of a secret.
const MAX_SPELLING_LENGTH: usize = 8;

/// The form fields of a token request that are secret.
const SECRET_FIELDS: [&str; 3] = ["client_secret", "code", "refresh_token"];

/// The start of the paths of operations whose bodies can contain the secret headers of a webhook.
const WEBHOOKS: &str = "/v1/webhooks";

impl Secrets {
    /// Returns the secrets of a request. `authorization` is a header to redact if the request has none.
    pub(super) fn of_request(
        operation: &Operation,
        request: &Request,
        authorization: Option<HeaderValue>,
    ) -> Secrets {
        let mut others = Vec::new();
        if operation.secret_path {
            others.extend(path_parameters(operation.path, request.url()));
        } else if operation.authorization == Authorization::None {
            let form = request.body().and_then(reqwest::Body::as_bytes);
            others.extend(form.into_iter().flat_map(form_secrets));
        } else if operation.path.starts_with(WEBHOOKS) {
            let body = request.body().and_then(reqwest::Body::as_bytes);
            others.extend(body.into_iter().flat_map(webhook_secrets));
        }
        Secrets {
            authorization: request
                .headers()
                .get(AUTHORIZATION)
                .cloned()
                .or(authorization),
            others,
        }
    }

    /// Returns a bot token, as the secret of a bot method.
    pub(crate) fn bot_token(token: &str) -> Secrets {
        Secrets {
            authorization: None,
            others: with_secret_part(token.to_owned()).collect(),
        }
    }

    /// Returns the secrets that belong to a response.
    pub(crate) fn from_context(context: Option<Box<dyn Any + Send + Sync>>) -> Secrets {
        let secrets = context.and_then(|context| context.downcast::<Secrets>().ok());
        secrets.map(|secrets| *secrets).unwrap_or_default()
    }

    /// Adds the value of an `Authorization` header.
    pub(crate) fn with_authorization(mut self, header: Option<HeaderValue>) -> Secrets {
        self.authorization = header;
        self
    }

    /// Returns the start of a text, at most `max_bytes` and an ellipsis, with secrets redacted.
    ///
    /// Only this start is searched, and as much after it as belongs to a secret that starts in it.
    pub(crate) fn excerpt(&self, text: &[u8], max_bytes: usize) -> String {
        let values = self.values();
        let longest = values.iter().map(|value| value.len()).max();
        let overlap = longest.unwrap_or(0).saturating_mul(MAX_SPELLING_LENGTH);
        let window = text.len().min(max_bytes.saturating_add(overlap));
        let redacted = redact(&String::from_utf8_lossy(&text[..window]), &values);
        let excerpt = truncate(&redacted, max_bytes);
        match window < text.len() && !excerpt.ends_with('…') {
            true => excerpt + "…",
            false => excerpt,
        }
    }

    fn values(&self) -> Vec<&str> {
        let header = self.authorization.as_ref();
        let header = header.and_then(|header| header.to_str().ok());
        // Without the scheme.
        let token = header.map(|it| it.split_once(' ').map_or(it, |(_, token)| token));
        let others = self.others.iter().map(ExposeSecret::expose_secret);
        let values = token.into_iter().chain(others);
        values.filter(|value| !value.is_empty()).collect()
    }
}

/// Contains no secret.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// Replaces each secret, in all spellings.
fn redact(text: &str, secrets: &[&str]) -> String {
    let mut found = Vec::new();
    let mut level = (!secrets.is_empty()).then(|| Spelling::literal(text));
    for _ in 0..=MAX_ESCAPE_LEVELS {
        let Some(spelling) = level else { break };
        for secret in secrets {
            find(&spelling, secret.as_bytes(), &mut found);
        }
        level = spelling.decoded();
    }
    found.sort_by_key(|range| range.start);
    let mut redacted = Vec::with_capacity(text.len());
    let mut end = 0;
    for range in found {
        if range.start >= end {
            redacted.extend_from_slice(&text.as_bytes()[end..range.start]);
            redacted.extend_from_slice(REDACTED);
        }
        end = end.max(range.end);
    }
    redacted.extend_from_slice(&text.as_bytes()[end..]);
    String::from_utf8_lossy(&redacted).into_owned()
}

/// Adds the ranges of the original text that spell the secret, or the start of it at the end of the text.
fn find(spelling: &Spelling, secret: &[u8], found: &mut Vec<Range<usize>>) {
    let text = spelling.bytes();
    let mut position = 0;
    while let Some(rest) = text.get(position..) {
        let candidates = rest.windows(secret.len());
        // Comparing the first byte alone is faster for most windows.
        let mut candidates = candidates.map(|it| it[0] == secret[0] && it == secret);
        let Some(offset) = candidates.position(|is_match| is_match) else {
            break;
        };
        let start = position + offset;
        let end = start + secret.len();
        if secret.len() >= MIN_PART_LENGTH || is_word(text, start, end) {
            found.push(spelling.original(start, end));
        }
        position = end;
    }
    // The text may have been truncated within the secret.
    let lengths = MIN_PART_LENGTH..secret.len();
    if let Some(length) = lengths.rev().find(|it| text.ends_with(&secret[..*it])) {
        found.push(spelling.original(text.len() - length, text.len()));
    }
}

/// Returns `true` if no letter or digit is next to the range.
fn is_word(text: &[u8], start: usize, end: usize) -> bool {
    let before = text[..start].last();
    let mut neighbours = before.into_iter().chain(text.get(end));
    neighbours.all(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
}

/// Returns the values of a path template's parameters.
fn path_parameters(template: &str, url: &Url) -> impl Iterator<Item = SecretString> {
    // Compared from their ends, since the base URL may have a path.
    let segments = template.rsplit('/').zip(url.path().rsplit('/'));
    let parameters = segments.filter(|(name, _)| name.starts_with('{'));
    parameters.flat_map(|(_, segment)| {
        with_secret_part(percent_decode_str(segment).decode_utf8_lossy().into_owned())
    })
}

/// Returns a bot token, and the part of it after the colon, which is its secret.
fn with_secret_part(token: String) -> impl Iterator<Item = SecretString> {
    let secret = token.split_once(':').map(|(_, secret)| secret.to_owned());
    std::iter::once(token).chain(secret).map(SecretString::from)
}

/// Returns the secrets of a token request, and its client credentials as HTTP basic authentication.
fn form_secrets(form: &[u8]) -> Vec<SecretString> {
    let Ok(mut url) = Url::parse("http://localhost") else {
        return Vec::new();
    };
    url.set_query(std::str::from_utf8(form).ok());
    let fields: Vec<_> = url.query_pairs().collect();
    let value = |name| {
        fields
            .iter()
            .find(|(it, _)| it == name)
            .map(|(_, value)| value)
    };
    let mut secrets: Vec<SecretString> = SECRET_FIELDS
        .iter()
        .filter_map(|name| Some(SecretString::from(value(*name)?.as_ref())))
        .collect();
    if let (Some(id), Some(secret)) = (value("client_id"), value("client_secret")) {
        let credentials = format!("{id}:{secret}");
        secrets.push(STANDARD_NO_PAD.encode(&credentials).into());
        secrets.push(URL_SAFE_NO_PAD.encode(&credentials).into());
    }
    secrets
}

/// Returns the values of the headers in the body of a request for a webhook, each also without its scheme.
fn webhook_secrets(body: &[u8]) -> Vec<SecretString> {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let headers = body
        .as_ref()
        .and_then(|it| it.get("request_headers")?.as_str());
    let headers = headers.and_then(|it| serde_json::from_str(it).ok());
    let Some(Value::Object(headers)) = headers else {
        return Vec::new();
    };
    let values = headers.values().filter_map(Value::as_str);
    values
        .flat_map(|it| [Some(it), it.split_once(' ').map(|(_, secret)| secret)])
        .flatten()
        .map(SecretString::from)
        .collect()
}

#[cfg(test)]
mod tests;
