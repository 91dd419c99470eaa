//! Sending requests and reading answers, compiled in this crate.
//!
//! Generic functions and the bodies of `async fn`s are compiled where they are used. What the generated
//! client does beyond waiting is therefore in functions that are neither: reading an answer of each type
//! is compiled here, once, and not again in every crate that calls an operation.

use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode};

use crate::client::{Client, Error, ResponseValue};
use crate::types::UploadedFile;

/// A success answer whose body is there, and not read yet.
pub(crate) struct Whole {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// What an operation answers with.
pub(crate) trait Answer: Sized {
    /// Reads an answer.
    // The error is progenitor's, as the generated client's users get it.
    #[allow(clippy::result_large_err)]
    fn read(answer: Whole) -> Result<ResponseValue<Self>, Error<()>>;
}

/// Sends a request of the operation with this id, and waits for its success answer.
pub(crate) async fn whole(
    client: &Client,
    request: Request,
    operation_id: &'static str,
    success: u16,
) -> Result<Whole, Error<()>> {
    let mut response = client
        .exec(request, &OperationInfo { operation_id })
        .await?;
    if response.status().as_u16() != success {
        return Err(Error::UnexpectedResponse(response));
    }
    Ok(Whole {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: response.bytes().await.map_err(Error::ResponseBodyError)?,
    })
}

/// Makes types answers. Each is read by a function of its own that is not generic.
macro_rules! answers {
    ($($answer:ty),+ $(,)?) => {
        $(impl $crate::answer::Answer for $answer {
            fn read(
                answer: $crate::answer::Whole,
            ) -> ::std::result::Result<ResponseValue<Self>, Error<()>> {
                match ::serde_json::from_slice(answer.body()) {
                    ::std::result::Result::Ok(value) => ::std::result::Result::Ok(answer.with(value)),
                    ::std::result::Result::Err(error) => ::std::result::Result::Err(answer.unreadable(error)),
                }
            }
        })+
    };
}
pub(crate) use answers;

/// An answer without a body, whatever came in its place.
impl Answer for () {
    fn read(answer: Whole) -> Result<ResponseValue<()>, Error<()>> {
        Ok(answer.with(()))
    }
}

impl Whole {
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn with<T>(self, value: T) -> ResponseValue<T> {
        ResponseValue::new(value, self.status, self.headers)
    }

    pub(crate) fn unreadable(self, error: serde_json::Error) -> Error<()> {
        Error::InvalidResponsePayload(self.body, error)
    }
}

/// Reads the answer of the upload, whose request is none that progenitor writes.
///
/// # Errors
///
/// Fails where the body is not what the document describes.
pub fn read_uploaded_file(body: &[u8]) -> Result<UploadedFile, serde_json::Error> {
    serde_json::from_slice(body)
}
