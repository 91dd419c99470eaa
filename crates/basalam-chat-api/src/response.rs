//! Sending requests and reading answers, compiled in this crate.
//!
//! Generic functions and the bodies of `async fn`s are compiled where they are used. What the generated
//! client does beyond waiting is therefore in functions that are neither: reading an answer of each type
//! is compiled here, once, and not again in every crate that calls an operation.

use http::StatusCode;
use reqwest::Request;
use serde::de::DeserializeOwned;

use crate::client::{Client, Error, ResponseValue};
use crate::operation::Operation;
use crate::transport::{SuccessResponse, TransportError};
use crate::types::UploadFileResponse;

/// A success answer whose body is there, and not read yet.
pub(crate) struct RawResponse {
    operation: &'static Operation,
    answer: SuccessResponse,
}

/// What an operation answers with.
pub(crate) trait FromResponse: Sized {
    /// Reads an answer.
    // The error is progenitor's, as the generated client's users get it.
    #[allow(clippy::result_large_err)]
    fn read(answer: RawResponse) -> Result<ResponseValue<Self>, Error<()>>;
}

/// Sends the request that `make` makes, and waits for its success answer.
pub(crate) async fn send(
    client: &Client,
    operation: &'static Operation,
    make: &(dyn Fn() -> Result<Request, Error<()>> + Sync),
) -> Result<RawResponse, Error<()>> {
    let request = make()?;
    // What could be made once can be made again.
    let again = || make().ok();
    let transport = &client.inner.transport;
    let answer = transport.send(operation, request, &again).await;
    match answer {
        Ok(answer) => Ok(RawResponse { operation, answer }),
        Err(failure) => Err(refused(failure)),
    }
}

/// What progenitor has for an answer that is none of success.
fn refused(failure: TransportError) -> Error<()> {
    Error::UnexpectedResponse(failure.into_answer())
}

/// Makes types answers. Each is read by a function of its own that is not generic.
macro_rules! impl_from_json {
    ($($answer:ty),+ $(,)?) => {
        $(impl $crate::response::FromResponse for $answer {
            fn read(
                answer: $crate::response::RawResponse,
            ) -> ::std::result::Result<ResponseValue<Self>, Error<()>> {
                match $crate::response::read_json(answer.body()) {
                    ::std::result::Result::Ok(value) => ::std::result::Result::Ok(answer.with(value)),
                    ::std::result::Result::Err(error) => ::std::result::Result::Err(answer.unreadable(error)),
                }
            }
        })+
    };
}
pub(crate) use impl_from_json;

/// An answer without a body, whatever came in its place.
impl FromResponse for () {
    fn read(answer: RawResponse) -> Result<ResponseValue<()>, Error<()>> {
        Ok(answer.with(()))
    }
}

impl RawResponse {
    pub(crate) fn body(&self) -> &[u8] {
        &self.answer.body
    }

    pub(crate) fn with<T>(self, value: T) -> ResponseValue<T> {
        // The document's statuses are between 200 and 299, so the default is never reached.
        let status = StatusCode::from_u16(self.operation.success).unwrap_or_default();
        ResponseValue::new(value, status, self.answer.headers)
    }

    pub(crate) fn unreadable(self, error: serde_json::Error) -> Error<()> {
        Error::InvalidResponsePayload(self.answer.body, error)
    }
}

/// Reads the answer of the upload, whose request is none that progenitor writes.
///
/// # Errors
///
/// Fails where the body is not what the document describes.
pub fn read_uploaded_file(body: &[u8]) -> Result<UploadFileResponse, serde_json::Error> {
    read_json(body)
}

/// Reads a JSON text.
///
/// # Errors
///
/// Fails where the text is not UTF-8, not JSON, or not what the type asks for. Where it is not UTF-8, the
/// error is that of a text which breaks off there.
pub fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    // To look at the whole of it once is a good deal quicker than at each text in it.
    let (text, is_whole) = match std::str::from_utf8(json) {
        Ok(json) => (json, true),
        // It was found to be UTF-8 up to there just now, so the default is never reached.
        Err(error) => {
            let beginning = &json[..error.valid_up_to()];
            (std::str::from_utf8(beginning).unwrap_or_default(), false)
        }
    };
    // In one place, since reading is compiled for every type.
    let value = serde_json::from_str(text)?;
    match is_whole {
        true => Ok(value),
        false => Err(serde::de::Error::custom("what follows it is not UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_not_utf8_breaks_off_there() {
        for json in [
            &b"{\"text\": \"a\xffb\"}"[..],
            b"{\"text\": \"a\",\xff}",
            b"\xff",
        ] {
            let error = read_json::<Value>(json).unwrap_err();
            assert!(error.is_eof(), "{error}");
            let place = json.iter().position(|byte| *byte == 0xff).unwrap();
            assert_eq!((error.line(), error.column()), (1, place), "{error}");
        }
        let error = read_json::<Value>(b"{}\xff").unwrap_err();
        assert!(error.is_data(), "{error}");
    }

    #[test]
    fn what_is_wrong_before_the_text_ceases_to_be_utf8_is_told_first() {
        let error = read_json::<Vec<u8>>(b"[1, \"a\", \"\xff\"]").unwrap_err();
        assert!(error.is_data(), "{error}");
    }

    #[test]
    fn what_breaks_off_within_a_character_breaks_off() {
        let json = "{\"text\": \"سلام\"}";
        let within = json.find('م').unwrap() + 1;
        let error = read_json::<Value>(&json.as_bytes()[..within]).unwrap_err();
        assert!(error.is_eof(), "{error}");
    }

    #[test]
    fn what_a_type_has_no_use_for_must_be_utf8_too() {
        #[derive(serde::Deserialize)]
        struct Nothing {}
        assert!(read_json::<Nothing>(b"{\"token\": \"\xff\"}").is_err());
    }
}
