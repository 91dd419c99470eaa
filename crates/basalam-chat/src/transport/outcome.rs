//! From what the generated client gives to an answer or an [`Error`].

use basalam_chat_api::operation::Operation;
use basalam_chat_api::{Failure, ResponseValue};
use serde::de::DeserializeOwned;

use crate::{Client, Error};

/// Reads the result of a generated operation of `client`.
pub(crate) fn outcome<T: DeserializeOwned>(
    client: &Client,
    operation: &'static Operation,
    result: Result<ResponseValue<T>, basalam_chat_api::Error<()>>,
) -> Result<T, Error> {
    use basalam_chat_api::Error as Raw;
    let error = match result {
        Ok(answer) => return Ok(answer.into_inner()),
        Err(Raw::UnexpectedResponse(mut answer)) => Failure::take::<Error>(&mut answer)
            .unwrap_or_else(|| Error::undocumented(Some(answer.status().as_u16()))),
        Err(Raw::InvalidResponsePayload(body, error)) => {
            // No more of it is kept than a part of this.
            let beginning = &body[..body.len().min(16 * 1024)];
            let text = client
                .transport()
                .redact(&String::from_utf8_lossy(beginning));
            Error::unreadable(&text, path_of::<T>(&body), &error)
        }
        Err(Raw::InvalidRequest(_)) => Error::invalid_input(
            "header",
            "has characters that no header can carry",
            "use visible ASCII characters and spaces in the header parameters",
        ),
        Err(Raw::CommunicationError(error)) => Error::unsendable(error),
        // Only success answers are generated and bodies are read by the transport, so what is left
        // of progenitor's errors does not occur.
        Err(other) => Error::undocumented(other.status().map(|status| status.as_u16())),
    };
    Err(error.of(operation))
}

/// Where in a body reading fails, such as `data.messages[3].id`.
///
/// The body is read a second time for it, which only unreadable answers pay for.
fn path_of<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => String::new(),
        Err(error) => error.path().to_string(),
    }
}
