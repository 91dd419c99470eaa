//! Decoding of responses, generated and custom.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::{
    Error as ApiError, ResponseValue, SuccessResponse, TransportError, UndecodableResponse,
};
use serde_json::error::Category;

use super::HttpTransport;
use super::json_path::json_path;
use crate::error::{Error, ErrorKind, ErrorResponse};
use crate::http::Secrets;
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
            Err(error) => Err(convert_error(operation, error)),
        }
    }

    /// Makes a call whose requests the generated client cannot build, through the same pipeline, and decodes
    /// its response with `read`.
    pub(crate) async fn send_custom<T>(
        &self,
        operation: &'static Operation,
        requests: &mut dyn RequestSource,
        read: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<T, Error> {
        let response = self.call(operation, requests).await;
        let response = response.map_err(|it| it.with_operation(operation))?;
        let SuccessResponse { body, context, .. } = response;
        read(&body).map_err(|error| {
            let response = UndecodableResponse {
                body,
                error,
                context,
            };
            Error::undecodable(response).with_operation(operation)
        })
    }
}

fn convert_error(operation: &'static Operation, error: ApiError<()>) -> Error {
    let error = match error {
        ApiError::UnexpectedResponse(mut response) => {
            match TransportError::take::<UndecodableResponse>(&mut response) {
                Some(response) => Error::undecodable(response),
                None => TransportError::take::<Error>(&mut response).unwrap_or_else(|| {
                    Error::unexpected_response(Some(response.status().as_u16()))
                }),
            }
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

impl Error {
    /// The response is a success that does not match the contract.
    ///
    /// The message of the decoder is not used as it is: it repeats the value found, which may be private.
    fn undecodable(response: UndecodableResponse) -> Error {
        let UndecodableResponse {
            body,
            error,
            context,
        } = response;
        let path = json_path(&body, &error);
        let (before, at) = match path.as_str() {
            "" | "." => ("", String::new()),
            path => (", ", format!("at `{path}`")),
        };
        let problem = match error.classify() {
            Category::Data => {
                let at = if at.is_empty() { at } else { format!(" {at}") };
                let expectation = expectation(&error).map(|it| format!(": {it}"));
                let expectation = expectation.unwrap_or_default();
                format!("the response cannot be decoded{at}{expectation}")
            }
            Category::Eof if body.is_empty() => "the response is empty".to_owned(),
            Category::Eof if !is_utf8(&body) => format!("the response is not UTF-8{before}{at}"),
            Category::Eof => format!("the response is truncated{before}{at}"),
            _ => format!("the response is not JSON{before}{at}"),
        };
        let secrets = Secrets::from_context(context);
        let response = ErrorResponse::unparsed(&body, &|text, max| secrets.excerpt(text, max));
        let remedy = match error.classify() {
            Category::Data => UPDATE,
            _ => "check that the base URL is the service's",
        };
        Error::decode(problem, remedy).with_response(response)
    }

    /// The response is a success without a required field.
    pub(crate) fn missing_field(path: &str) -> Error {
        Error::decode(format!("the response has no field `{path}`"), UPDATE)
    }

    fn decode(problem: String, remedy: &str) -> Error {
        Error::new(ErrorKind::Decode, problem, remedy).with_attempts(1)
    }
}

/// The remedy for JSON that does not match the contract.
const UPDATE: &str =
    "if the base URL is the service's, the service has changed: update basalam-chat";

/// Returns `true` if the body is UTF-8 as far as it goes. One that ends within a character is truncated, and not
/// invalid.
fn is_utf8(body: &[u8]) -> bool {
    let error = std::str::from_utf8(body).err();
    error.is_none_or(|error| error.error_len().is_none())
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
    Some(format!("expected {}", json_type(expected)?))
}

/// Returns what a decoder expects in terms of JSON, without the names of Rust types.
fn json_type(expected: &str) -> Option<&str> {
    let is_integer = |name: &str| {
        let size = name.strip_prefix(['i', 'u']).unwrap_or_default();
        size == "size" || size.parse::<u8>().is_ok()
    };
    Some(match expected {
        "f32" | "f64" => "a number",
        "unit" => "null",
        "a map" => "an object",
        "a sequence" => "an array",
        "a borrowed string" => "a string",
        name if is_integer(name) => "an integer",
        name if name.starts_with("struct ") => "an object",
        name if name.starts_with("a tuple ") => "an array",
        // Of the decoders of this project, and of standard types.
        name if name.starts_with("a ") || name.starts_with("an ") => name,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use basalam_chat_api::types::{Group, Message};
    use serde::de::DeserializeOwned;

    use super::*;

    fn expected<T: DeserializeOwned>(json: &str) -> Option<String> {
        expectation(&serde_json::from_str::<T>(json).err().unwrap())
    }

    #[test]
    fn names_json_types_instead_of_rust_types() {
        for (found, name) in [
            (expected::<i64>("true"), "an integer"),
            (expected::<u8>("300"), "an integer"),
            (expected::<usize>("-1"), "an integer"),
            (expected::<f64>("[]"), "a number"),
            (expected::<bool>("1"), "a boolean"),
            (expected::<()>("1"), "null"),
            (expected::<String>("1"), "a string"),
            (expected::<Vec<i64>>("{}"), "an array"),
            (expected::<(i64, i64)>("[1]"), "an array"),
            (expected::<HashMap<String, i64>>("1"), "an object"),
            (expected::<Group>("true"), "an object"),
            (
                expected::<Message>("\"private, expected nothing\""),
                "an object",
            ),
        ] {
            assert_eq!(found, Some(format!("expected {name}")));
        }
    }

    #[test]
    fn unknown_expectations_are_left_out() {
        #[derive(Debug, serde::Deserialize)]
        enum Internal {
            One,
        }
        assert_eq!(expected::<Internal>("1"), None);
        assert_eq!(expected::<Internal>("\"private\""), None);
    }
}
