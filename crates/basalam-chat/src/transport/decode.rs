//! Decoding of responses, generated and custom.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::{Error as ApiError, ResponseValue, TransportError};
use serde_json::error::Category;

use super::HttpTransport;
use super::json_path::json_path;
use crate::error::{Error, ErrorKind, ErrorResponse};
use crate::http::retry::source::RequestSource;

impl HttpTransport {
    /// Converts the result of a generated operation.
    pub(crate) fn decode_response<T>(
        &self,
        operation: &'static Operation,
        result: Result<ResponseValue<T>, ApiError<()>>,
    ) -> Result<T, Error> {
        match result {
            Ok(response) => Ok(response.into_inner()),
            Err(error) => Err(self.convert_error(operation, error)),
        }
    }

    /// Makes a call whose requests the generated client cannot build, through the same pipeline, and decodes
    /// its response with `read`.
    pub(crate) async fn send_custom<T>(
        &self,
        operation: &'static Operation,
        requests: &mut impl RequestSource,
        read: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<T, Error> {
        let response = self.call(operation, requests).await;
        let body = response.map_err(|it| it.with_operation(operation))?.body;
        read(&body).map_err(|error| {
            self.convert_error(operation, ApiError::InvalidResponsePayload(body, error))
        })
    }

    fn convert_error(&self, operation: &'static Operation, error: ApiError<()>) -> Error {
        let error = match error {
            ApiError::UnexpectedResponse(mut response) => {
                TransportError::take::<Error>(&mut response)
                    .unwrap_or_else(|| Error::unexpected_response(Some(response.status().as_u16())))
            }
            ApiError::InvalidResponsePayload(body, error) => {
                // Redacts the whole body, since a truncated secret would not be found.
                let text = self.redact(&String::from_utf8_lossy(&body));
                // A body that ends within a character is truncated, and not invalid.
                let utf8 = std::str::from_utf8(&body).err();
                let is_utf8 = utf8.is_none_or(|error| error.error_len().is_none());
                Error::undecodable(&text, is_utf8, json_path(&body, &error), &error)
            }
            ApiError::InvalidRequest(_) => Error::invalid_input(
                "header",
                "has characters that are not allowed in a header",
                "use visible ASCII characters and spaces in the header parameters",
            ),
            ApiError::CommunicationError(error) => Error::invalid_request(error),
            // The other variants do not occur: only success responses are generated, and the transport reads
            // the bodies.
            other => Error::unexpected_response(other.status().map(|status| status.as_u16())),
        };
        error.with_operation(operation)
    }
}

impl Error {
    /// The response is a success that does not match the contract.
    ///
    /// The message of `error` is not used as it is: it repeats the value found, which may be private.
    fn undecodable(body: &str, is_utf8: bool, path: String, error: &serde_json::Error) -> Error {
        let mut problem = match error.classify() {
            Category::Eof if !is_utf8 => "the response is not UTF-8".to_owned(),
            Category::Data => match expectation(error) {
                Some(expectation) => format!("the response cannot be decoded: {expectation}"),
                None => "the response cannot be decoded".to_owned(),
            },
            Category::Eof => "the response is truncated".to_owned(),
            _ => "the response is not JSON".to_owned(),
        };
        if !path.is_empty() && path != "." {
            problem.push_str(&format!(", at `{path}`"));
        }
        Error::decode(problem).with_response(ErrorResponse::unparsed(body))
    }

    /// The response is a success without a required field.
    pub(crate) fn missing_field(path: &str) -> Error {
        Error::decode(format!("the response has no field `{path}`"))
    }

    fn decode(problem: String) -> Error {
        let remedy = "check that the base URL is the service's";
        Error::new(ErrorKind::Decode, problem, remedy).with_attempts(1)
    }
}

/// Returns what the decoder expected. The part of its message before the last "expected" is data.
fn expectation(error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    if message.starts_with("missing field `") {
        return Some(message.to_owned());
    }
    let (_, expected) = message.rsplit_once(", expected ")?;
    Some(format!("expected {expected}"))
}
