//! Answers as HTTP.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::MAX_BODY_BYTES;
use crate::state::files::File;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// What an operation answers.
pub(super) struct Answer {
    pub(super) status: u16,
    /// JSON.
    pub(super) body: String,
}

impl Answer {
    pub(super) fn new(status: u16, body: &Value) -> Self {
        // Faster than `to_string`; a value in memory can always be written.
        let body = serde_json::to_string(body).unwrap_or_else(|_| body.to_string());
        Self { status, body }
    }

    /// Gives the same answer with another status.
    pub(super) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn into_response(self) -> Response {
        text(self.status, self.body)
    }
}

/// Says of a response that it is JSON.
pub(super) fn mark_as_json(response: &mut Response) {
    let media_type = HeaderValue::from_static(JSON);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
}

/// An answer in JSON.
pub(super) fn json(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    with_type(status, JSON, body.to_string())
}

/// An answer in JSON that is written already.
fn text(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    with_type(status, JSON, body)
}

/// Likely: what the gateway says where it knows no route, as seen live.
pub(super) fn unknown_route() -> Response {
    with_type(StatusCode::NOT_FOUND, TEXT, "404 page not found")
}

/// A page for people.
pub(super) fn html(status: StatusCode, page: String) -> Response {
    with_type(status, "text/html; charset=utf-8", page)
}

/// Unknown: how the service refuses a body that is too large.
pub(super) fn body_too_large(limit: usize) -> Response {
    let text = format!("the body is larger than {limit} bytes");
    with_type(StatusCode::PAYLOAD_TOO_LARGE, TEXT, text)
}

/// Unknown: how the service refuses a file that is too large.
pub(super) fn file_too_large(limit: usize) -> Response {
    let text = format!(
        "a file of the form is larger than {limit} bytes, or the rest of it than {MAX_BODY_BYTES}"
    );
    with_type(StatusCode::PAYLOAD_TOO_LARGE, TEXT, text)
}

/// An uploaded file, as it came.
pub(super) fn file(file: &File) -> Response {
    let mut response = Response::new(Body::from(file.bytes.clone()));
    let media_type = HeaderValue::from_str(&file.media_type);
    let media_type = media_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// The body ended before its time; most likely nobody is there to read this.
pub(super) fn body_incomplete() -> Response {
    with_type(StatusCode::BAD_REQUEST, TEXT, "the body is incomplete")
}

/// The emulator would have answered what its own document does not allow.
pub(super) fn bug(operation_id: &str, status: u16, fault: &str) -> Answer {
    let message = format!(
        "the emulator's answer {status} to {operation_id} breaks its OpenAPI document {fault}; this is a bug of basalam-chat-emulator, please report it"
    );
    Answer {
        status: 500,
        body: json!({ "message": message }).to_string(),
    }
}

fn with_type(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}
