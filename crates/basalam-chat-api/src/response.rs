//! Sending requests and decoding responses.
//!
//! Generic functions and `async fn`s are compiled in the crates that use them. To compile the decoding of
//! each response type only once, in this crate, it is in functions that are neither.

use http::StatusCode;
use reqwest::Request;
use serde::de::DeserializeOwned;

use crate::decode;
use crate::operation::Operation;
use crate::transport::{Inner, SuccessResponse, TransportError, UndecodableResponse};
use crate::{Error, ResponseValue};

/// A success response whose body is not decoded yet.
pub struct RawResponse {
    operation: &'static Operation,
    inner: SuccessResponse,
}

/// Sends the request that `build` returns and waits for the success response.
pub async fn send(
    client: &Inner,
    operation: &'static Operation,
    build: &(dyn Fn() -> Result<Request, Error<()>> + Sync),
) -> Result<RawResponse, Error<()>> {
    let request = build()?;
    // Building the same request again cannot fail.
    let rebuild = || build().ok();
    let transport = &client.transport;
    let result = transport.send(operation, request, &rebuild).await;
    match result {
        Ok(inner) => Ok(RawResponse { operation, inner }),
        Err(error) => Err(into_progenitor_error(error)),
    }
}

fn into_progenitor_error(error: TransportError) -> Error<()> {
    Error::UnexpectedResponse(error.into_response())
}

// The error type is progenitor's.
#[allow(clippy::result_large_err)]
impl RawResponse {
    /// Decodes the JSON body.
    ///
    /// # Errors
    ///
    /// Returns an error with the body if it does not match the type.
    pub fn read_json<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error<()>> {
        match read_json(&self.inner.body) {
            Ok(value) => Ok(self.with_value(value)),
            Err(error) => Err(self.into_decode_error(error)),
        }
    }

    /// Returns a response without a body. Any body is ignored.
    ///
    /// # Errors
    ///
    /// Never; the result has the form of [`read_json`](RawResponse::read_json).
    pub fn read_empty(self) -> Result<ResponseValue<()>, Error<()>> {
        Ok(self.with_value(()))
    }

    fn with_value<T>(self, value: T) -> ResponseValue<T> {
        // Documented success statuses are between 200 and 299, so the default is never used.
        let status = StatusCode::from_u16(self.operation.success).unwrap_or_default();
        ResponseValue::new(value, status, self.inner.headers)
    }

    fn into_decode_error(self, error: serde_json::Error) -> Error<()> {
        let SuccessResponse { body, context, .. } = self.inner;
        into_progenitor_error(TransportError::new(UndecodableResponse {
            body,
            error,
            context,
        }))
    }
}

/// Decodes JSON of the service, in the tolerant way of all responses. A byte order mark is skipped, and an
/// empty input is decoded as an empty object.
///
/// # Errors
///
/// Returns an error if the input is not UTF-8, not JSON, or does not match the type. Invalid UTF-8 is
/// treated as the end of the input.
pub fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    // Validating the whole input at once is considerably faster than validating each string in it.
    let (json, is_complete) = match std::str::from_utf8(json) {
        Ok(json) => (json, true),
        // The prefix was just found to be valid, so the default is never used.
        Err(error) => {
            let prefix = &json[..error.valid_up_to()];
            (std::str::from_utf8(prefix).unwrap_or_default(), false)
        }
    };
    match serde_json::from_str(json) {
        Ok(value) if is_complete => Ok(value),
        Ok(_) => Err(serde::de::Error::custom("invalid UTF-8 after the value")),
        Err(error) if !is_complete => Err(error),
        Err(error) if json.trim_ascii().is_empty() => serde_json::from_str("{}").map_err(|_| error),
        Err(error) => decode::read_tolerantly(json, error),
    }
}

/// The byte order mark of UTF-8, which some servers write before JSON.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn invalid_utf8_is_treated_as_end_of_input() {
        for json in [
            &b"{\"text\": \"a\xffb\"}"[..],
            b"{\"text\": \"a\",\xff}",
            b"\xff",
        ] {
            let error = read_json::<Value>(json).unwrap_err();
            assert!(error.is_eof(), "{error}");
            let position = json.iter().position(|byte| *byte == 0xff).unwrap();
            assert_eq!((error.line(), error.column()), (1, position), "{error}");
        }
        let error = read_json::<Value>(b"{}\xff").unwrap_err();
        assert!(error.is_data(), "{error}");
    }

    #[test]
    fn earlier_type_error_takes_precedence_over_invalid_utf8() {
        let error = read_json::<Vec<u8>>(b"[1, \"a\", \"\xff\"]").unwrap_err();
        assert!(error.is_data(), "{error}");
    }

    #[test]
    fn input_truncated_within_a_character_is_end_of_input() {
        let json = "{\"text\": \"سلام\"}";
        let within = json.find('م').unwrap() + 1;
        let error = read_json::<Value>(&json.as_bytes()[..within]).unwrap_err();
        assert!(error.is_eof(), "{error}");
    }

    #[test]
    fn rejects_invalid_utf8_in_ignored_fields() {
        #[derive(serde::Deserialize)]
        struct Empty {}
        assert!(read_json::<Empty>(b"{\"token\": \"\xff\"}").is_err());
    }
}
