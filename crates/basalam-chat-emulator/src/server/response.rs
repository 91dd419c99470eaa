//! HTTP responses.

use axum::body::Body;
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::options::MAX_BODY_BYTES;
use crate::state::files::File;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Decides which origins can embed a file.
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// The response of an operation.
pub(super) struct JsonResponse {
    pub(super) status: u16,
    /// Serialized JSON.
    pub(super) body: String,
}

impl JsonResponse {
    pub(super) fn new(status: u16, body: &Value) -> Self {
        // Most responses fit without another allocation. Faster than `Value::to_string`; the
        // fallback is unreachable.
        let mut bytes = Vec::with_capacity(1024);
        let written = serde_json::to_writer(&mut bytes, body);
        let text = written.ok().and_then(|()| String::from_utf8(bytes).ok());
        Self {
            status,
            body: text.unwrap_or_else(|| body.to_string()),
        }
    }

    /// Creates the response for a bug: the emulator's own response violates its document.
    pub(super) fn bug(operation_id: &str, status: u16, violation: &str) -> Self {
        let message = format!(
            "the emulator's {status} response to {operation_id} violates its OpenAPI document {violation}; this is a bug in basalam-chat-emulator, please report it"
        );
        Self::new(500, &json!({ "message": message }))
    }

    /// Replaces the status.
    pub(super) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn into_response(self) -> Response {
        with_type(status_code(self.status), JSON, self.body)
    }
}

/// Creates a JSON response.
pub(super) fn json(status: u16, body: &Value) -> Response {
    JsonResponse::new(status, body).into_response()
}

/// Creates the response for an unknown route. Likely: observed from the live gateway.
pub(super) fn unknown_route() -> Response {
    with_type(StatusCode::NOT_FOUND, TEXT, "404 page not found")
}

/// Creates the response to a request above the rate limit. The body of the service's is unknown.
pub(super) fn too_many_requests(seconds: u64) -> Response {
    let mut response = json(429, &json!({ "message": "too many requests" }));
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Creates an HTML page.
pub(super) fn html(status: StatusCode, page: String) -> Response {
    with_type(status, "text/html; charset=utf-8", page)
}

/// Creates the response for a body that is too large. The service's response is unknown.
pub(super) fn body_too_large(limit: usize) -> Response {
    let text = format!("the body is larger than {limit} bytes");
    with_type(StatusCode::PAYLOAD_TOO_LARGE, TEXT, text)
}

/// Creates the response for a file that is too large. The service's response is unknown.
pub(super) fn file_too_large(limit: usize) -> Response {
    let text = format!(
        "a file of the form is larger than {limit} bytes, or the rest of it than {MAX_BODY_BYTES}"
    );
    with_type(StatusCode::PAYLOAD_TOO_LARGE, TEXT, text)
}

/// Creates the response for a body that ended early. Usually the client has disconnected.
pub(super) fn body_incomplete() -> Response {
    with_type(StatusCode::BAD_REQUEST, TEXT, "the body is incomplete")
}

/// Returns an uploaded file.
///
/// A browser does not show it as a page, in which a script could use the control endpoints; pictures can be shown
/// inside of other pages.
pub(super) fn file(file: &File, cross_origin: bool) -> Response {
    let media_type = HeaderValue::from_str(&file.media_type);
    let media_type = media_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let resource_policy = match cross_origin {
        true => "cross-origin",
        false => "same-origin",
    };
    let mut response = Response::new(Body::from(file.bytes.clone()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type);
    for (name, value) in [
        (CONTENT_DISPOSITION, "attachment"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CROSS_ORIGIN_RESOURCE_POLICY, resource_policy),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Sets the media type of a response to JSON.
pub(super) fn set_json_type(response: &mut Response) {
    let media_type = HeaderValue::from_static(JSON);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
}

/// Creates a response without a media type.
pub(super) fn with_status(status: u16, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status_code(status);
    response
}

pub(super) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn with_type(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}
