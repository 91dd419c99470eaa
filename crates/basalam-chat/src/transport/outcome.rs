//! From what the generated client gives to an answer or an [`Error`].

use basalam_chat_api::operation::Operation;
use basalam_chat_api::{ResponseValue, TransportError};

use crate::error::json_path;
use crate::{Client, Error};

/// Reads the result of a generated operation of `client`.
pub(crate) fn outcome<T>(
    client: &Client,
    operation: &'static Operation,
    result: Result<ResponseValue<T>, basalam_chat_api::Error<()>>,
) -> Result<T, Error> {
    match result {
        Ok(answer) => Ok(answer.into_inner()),
        Err(error) => Err(failed(client, operation, error)),
    }
}

/// Tells why an operation of `client` failed.
pub(super) fn failed(
    client: &Client,
    operation: &'static Operation,
    error: basalam_chat_api::Error<()>,
) -> Error {
    use basalam_chat_api::Error as Raw;
    let error = match error {
        Raw::UnexpectedResponse(mut answer) => TransportError::take::<Error>(&mut answer)
            .unwrap_or_else(|| Error::undocumented(Some(answer.status().as_u16()))),
        Raw::InvalidResponsePayload(body, error) => {
            // All of it, since a secret that is cut in two is not found.
            let text = client.transport().redact(&String::from_utf8_lossy(&body));
            // An answer that breaks off within a character is still one that breaks off.
            let utf8 = std::str::from_utf8(&body).err();
            let is_utf8 = utf8.is_none_or(|error| error.error_len().is_none());
            Error::unreadable(&text, is_utf8, json_path(&body, &error), &error)
        }
        Raw::InvalidRequest(_) => Error::invalid_input(
            "header",
            "has characters that no header can carry",
            "use visible ASCII characters and spaces in the header parameters",
        ),
        Raw::CommunicationError(error) => Error::unsendable(error),
        // Only success answers are generated and bodies are read by the transport, so what is left
        // of progenitor's errors does not occur.
        other => Error::undocumented(other.status().map(|status| status.as_u16())),
    };
    error.of(operation)
}
