//! The JSON of recorded exchanges, redacted.

use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, PROXY_AUTHORIZATION, SET_COOKIE,
};
use axum::http::{HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::exchange::RecordedMessage;
use crate::redaction::{MASK, mask_form_fields, mask_json_fields, mask_words, without_cut_word};
use crate::state::State;

/// A recorded message whose secrets are masked.
pub(super) struct RedactedMessage {
    pub(super) headers: Vec<(String, String)>,
    /// `None` if there is no body, or none was recorded.
    pub(super) body: Option<String>,
    pub(super) is_base64: bool,
    pub(super) is_truncated: bool,
    pub(super) media_type: String,
}

impl RedactedMessage {
    pub(super) fn new(message: &RecordedMessage, state: &State) -> Self {
        let headers = message.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_string(), header(name, value, state)));
        let bytes = match message.body.is_truncated {
            true => without_cut_word(&message.body.bytes),
            false => &message.body.bytes[..],
        };
        let bytes = body(bytes, message.media_type(), state);
        let (body, is_base64) = match String::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) if is_cut_character(error.as_bytes(), error.utf8_error()) => (
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                false,
            ),
            Err(error) => (STANDARD.encode(error.as_bytes()), true),
        };
        Self {
            headers: headers.collect(),
            body: (!body.is_empty()).then_some(body),
            is_base64,
            is_truncated: message.body.is_truncated,
            media_type: message.media_type().to_owned(),
        }
    }
}

/// Returns `true` if a text is invalid only because its last character is cut off.
fn is_cut_character(bytes: &[u8], error: std::str::Utf8Error) -> bool {
    error.error_len().is_none() && error.valid_up_to() > 0 && bytes.len() - error.valid_up_to() < 4
}

/// Masks the secrets in a URL or path.
pub(super) fn url(url: &str, state: &State) -> String {
    let masked = match url.split_once('?') {
        Some((path, query)) => format!("{path}?{}", mask_form_fields(query)),
        None => url.to_owned(),
    };
    words(masked.as_bytes(), state)
}

fn header(name: &HeaderName, value: &HeaderValue, state: &State) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    if [AUTHORIZATION, PROXY_AUTHORIZATION].contains(name) {
        return match text.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {MASK}"),
            None => MASK.to_owned(),
        };
    }
    if [COOKIE, SET_COOKIE].contains(name) {
        return MASK.to_owned();
    }
    match *name == LOCATION {
        true => url(&text, state),
        // A boundary is not a secret, but looks like one.
        false if *name == CONTENT_TYPE => text.into_owned(),
        false => words(text.as_bytes(), state),
    }
}

fn body(bytes: &[u8], media_type: &str, state: &State) -> Vec<u8> {
    let is_form = media_type.starts_with("application/x-www-form-urlencoded");
    let masked = match std::str::from_utf8(bytes) {
        Ok(form) if is_form => mask_form_fields(form).into_bytes(),
        // Clients also send JSON without its media type.
        _ => mask_json_fields(bytes, &|word| state.is_secret(word)),
    };
    mask_words(&masked, &|word| state.is_secret(word))
}

fn words(text: &[u8], state: &State) -> String {
    let masked = mask_words(text, &|word| state.is_secret(word));
    String::from_utf8_lossy(&masked).into_owned()
}

/// Masks the secrets in a JSON document.
pub(super) fn json(json: &Value, state: &State) -> Value {
    let masked = body(json.to_string().as_bytes(), "application/json", state);
    // Masking keeps JSON valid, since secrets are parts of strings.
    serde_json::from_slice(&masked).unwrap_or(Value::Null)
}
