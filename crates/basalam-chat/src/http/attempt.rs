//! One attempt: a request is sent and its whole response is read.

use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;

use basalam_chat_api::SuccessResponse;
use basalam_chat_api::operation::Operation;
use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use http::header::LOCATION;
use reqwest::{Request, Response};

use super::body::BodyBuffer;
use super::redact::Secrets;
use super::retry::retry_after::retry_after;
use super::stack::HttpStack;
use super::timeout::timeout;
use super::trace;
use crate::Error;

/// The head of a response: what is known of the outcome before its body is read.
enum ResponseHead {
    /// The status of a success.
    Success(u16),
    /// The status of an error, and its `Retry-After`.
    Error(u16, Option<Duration>),
}

/// The maximum number of bytes that are read of an error response. Error messages are short.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// The maximum number of bytes that are kept of the target of a redirect.
const MAX_REDIRECT_BYTES: usize = 200;

/// The time allowed for the body of an error response: the status alone is enough for an error.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(3);

/// Skips the byte order mark of UTF-8, which some servers write before JSON.
fn without_byte_order_mark(body: Bytes) -> Bytes {
    match body.starts_with(b"\xef\xbb\xbf") {
        true => body.slice(3..),
        false => body,
    }
}

impl HttpStack {
    /// Sends a request once and reads the whole response, within `limit`. Nothing is sent before the
    /// future is polled. `authorization` is a header to redact if the request has none.
    pub(super) fn attempt(
        &self,
        operation: &'static Operation,
        request: Request,
        authorization: Option<HeaderValue>,
        limit: Duration,
    ) -> impl Future<Output = Result<SuccessResponse, Error>> {
        let secrets = Secrets::of_request(operation, &request, authorization);
        // Called here, so that the future below holds reqwest's future and not the request too.
        let response = self.client.execute(request);
        self.receive(operation, response, secrets, limit)
    }

    async fn receive(
        &self,
        operation: &'static Operation,
        response: impl Future<Output = reqwest::Result<Response>> + Send,
        secrets: Secrets,
        limit: Duration,
    ) -> Result<SuccessResponse, Error> {
        let head = OnceLock::new();
        let exchange = pin!(self.exchange(operation, response, secrets, &head));
        let result = timeout(self.clock(), limit, exchange).await;
        result.unwrap_or_else(|| {
            let timed_out = Error::timed_out(limit);
            Err(match head.get() {
                None => timed_out,
                Some(ResponseHead::Success(status)) => timed_out.with_status(*status),
                // The status is known, and the body is optional.
                Some(ResponseHead::Error(status, retry_after)) => {
                    Error::error_status(operation, *status, &[], &Secrets::default())
                        .with_retry_after(*retry_after)
                }
            })
        })
    }

    async fn exchange(
        &self,
        operation: &'static Operation,
        response: impl Future<Output = reqwest::Result<Response>> + Send,
        secrets: Secrets,
        head: &OnceLock<ResponseHead>,
    ) -> Result<SuccessResponse, Error> {
        let mut response = response.await.map_err(Error::send_failed)?;
        let status = response.status();
        trace::record_status(status.as_u16());
        if status.is_success() {
            head.get_or_init(|| ResponseHead::Success(status.as_u16()));
            let body = self.read_body(&mut response).await?;
            // The status is not returned, since every 2xx means the same.
            return Ok(SuccessResponse {
                headers: std::mem::take(response.headers_mut()),
                body: without_byte_order_mark(body),
                // Needed if the body cannot be decoded.
                context: Some(Box::new(secrets)),
            });
        }
        if status.is_redirection() {
            let target = response.headers().get(LOCATION);
            let target = target.map(|it| secrets.excerpt(it.as_bytes(), MAX_REDIRECT_BYTES));
            return Err(Error::redirected(status.as_u16(), target));
        }
        let retry_after = retry_after(response.headers(), self.clock().system_time());
        head.get_or_init(|| ResponseHead::Error(status.as_u16(), retry_after));
        let body = Box::pin(self.read_error_body(&mut response)).await;
        let body = without_byte_order_mark(body.freeze());
        let error = Error::error_status(operation, status.as_u16(), &body, &secrets);
        Err(error.with_retry_after(retry_after))
    }

    /// Reads the body of a success up to the limit, and buffers no more than that.
    async fn read_body(&self, response: &mut Response) -> Result<Bytes, Error> {
        let status = response.status().as_u16();
        let limit = self.max_response_bytes;
        let too_large = || Error::response_too_large(status, limit);
        // The length of what has not been read yet.
        let announced = response.content_length();
        let content_length = announced.unwrap_or(0);
        if usize::try_from(content_length).map_or(true, |length| length > limit) {
            return Err(too_large());
        }
        let mut body = BodyBuffer::default();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Error::body_interrupted(status, error))?
        {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.push(chunk, content_length);
        }
        let body = body.into_bytes();
        // The HTTP client takes an HTTP/2 stream that is closed with `NO_ERROR` for the end of the body.
        if announced.is_some_and(|length| u64::try_from(body.len()) != Ok(length)) {
            return Err(Error::body_truncated(status));
        }
        Ok(body)
    }

    /// Reads the start of an error response. A body that breaks off, hangs or never ends is ignored, since
    /// the status is known.
    async fn read_error_body(&self, response: &mut Response) -> BytesMut {
        let mut body = BytesMut::new();
        let reading = async {
            while let Ok(Some(chunk)) = response.chunk().await {
                let capacity = MAX_ERROR_BODY_BYTES - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(capacity)]);
                if chunk.len() >= capacity {
                    break;
                }
            }
        };
        // On a timeout, the part that has arrived is used.
        let _ = timeout(self.clock(), ERROR_BODY_TIMEOUT, pin!(reading)).await;
        body
    }
}
