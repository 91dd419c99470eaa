//! Bodies and responses of the control endpoints.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::Response;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::Error;
use crate::server::{body, response};

/// Why a request was rejected.
pub(super) struct ControlError {
    status: u16,
    message: String,
}

pub(super) type ControlResult<T = Value> = Result<T, ControlError>;

impl ControlError {
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self {
            status: 404,
            message: message.into(),
        }
    }

    /// The error of a task that the shutdown ended.
    pub(super) fn interrupted() -> Self {
        Self {
            status: 503,
            message: "the emulator is shutting down".to_owned(),
        }
    }
}

impl From<Error> for ControlError {
    fn from(error: Error) -> Self {
        Self {
            status: 400,
            message: error.to_string(),
        }
    }
}

/// The response to a request without another result.
pub(super) fn done() -> ControlResult {
    Ok(json!({ "ok": true }))
}

/// Reads the body and responds with the result.
pub(super) async fn with_body(
    body: Body,
    handle: impl FnOnce(&Bytes) -> ControlResult,
) -> Response {
    match body::read(body).await {
        Ok(body) => respond(handle(&body)),
        Err(rejection) => rejection,
    }
}

pub(super) fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        Error::invalid_argument(format!("the body is invalid at {path}: {}", error.inner()))
    })
}

pub(super) fn respond(result: ControlResult) -> Response {
    match result {
        Ok(body) => response::json(200, &body),
        Err(error) => response::json(error.status, &json!({ "message": error.message })),
    }
}

/// Like [`respond`], but browsers save the result as a file.
pub(super) fn respond_with_attachment(result: ControlResult, name: &str) -> Response {
    let is_ok = result.is_ok();
    let mut response = respond(result);
    let value = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    if let (true, Ok(value)) = (is_ok, value) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}
