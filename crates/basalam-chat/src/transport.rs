//! The way of every request: authorise, send, read.

mod by_hand;
mod outcome;
mod secrets;

use std::time::Duration;

use basalam_chat_api::operation::{Authorization, Operation};
use basalam_chat_api::{Failure, Transport, TransportFuture};
use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, LOCATION};
use reqwest::{Request, Response, Url};

use crate::Error;
use crate::auth::Authentication;

pub(crate) use by_hand::by_hand;
pub(crate) use outcome::outcome;
use secrets::Secrets;

/// Sends requests over HTTP.
#[derive(Debug)]
pub(crate) struct HttpTransport {
    http: reqwest::Client,
    /// The checked URL that every request must begin with.
    base_url: Url,
    authentication: Authentication,
    limits: Limits,
}

/// What an attempt may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_answer_bytes: usize,
}

/// How much of an error answer is read. What the service says of an error is short.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            attempt_timeout: Duration::from_secs(30),
            max_answer_bytes: 32 * 1024 * 1024,
        }
    }
}

impl Limits {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.attempt_timeout.is_zero() {
            return Err(Error::invalid_input(
                "attempt_timeout",
                "is zero",
                "wait longer",
            ));
        }
        if self.max_answer_bytes == 0 {
            return Err(Error::invalid_input(
                "max_answer_bytes",
                "is zero",
                "allow more",
            ));
        }
        Ok(())
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, operation: &'static Operation, request: Request) -> TransportFuture<'a> {
        Box::pin(async move {
            self.attempt(operation, request)
                .await
                .map_err(|error| Failure::new(error.of(operation)))
        })
    }
}

impl HttpTransport {
    pub(crate) fn new(
        http: reqwest::Client,
        base_url: Url,
        authentication: Authentication,
        limits: Limits,
    ) -> HttpTransport {
        HttpTransport {
            http,
            base_url,
            authentication,
            limits,
        }
    }

    /// Replaces the token where it stands in a text.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.authentication.redact(text)
    }

    /// Sends a request once, and reads its answer whole.
    async fn attempt(
        &self,
        operation: &'static Operation,
        mut request: Request,
    ) -> Result<Response, Error> {
        self.authorise(operation, &mut request)?;
        // A request that takes longer by its nature brings a time of its own.
        let timeout = self.limits.attempt_timeout;
        request.timeout_mut().get_or_insert(timeout);
        let secrets = Secrets::new(&self.authentication, operation, request.url());
        let mut response = self.http.execute(request).await.map_err(Error::sending)?;
        let status = response.status();
        if status.is_success() {
            let body = self.read(&mut response).await?;
            return Ok(documented(operation, &response, body));
        }
        if status.is_redirection() {
            let target = response.headers().get(LOCATION);
            let target = target.map(|target| String::from_utf8_lossy(target.as_bytes()));
            let target = target.map(|target| secrets.redact(&target));
            return Err(Error::redirected(status.as_u16(), target));
        }
        let body = read_refusal(&mut response).await;
        let body = String::from_utf8_lossy(&body);
        Err(Error::refused(operation, status.as_u16(), &body, |text| {
            secrets.redact(text)
        }))
    }

    /// Puts the token on a request whose operation asks for one.
    fn authorise(&self, operation: &'static Operation, request: &mut Request) -> Result<(), Error> {
        // The generated client is public, and can be given another URL than the one that was checked.
        if request.url().origin() != self.base_url.origin() {
            return Err(Error::invalid_input(
                "base_url",
                "of the generated client is another one than that of the client it came from",
                "build a client for that URL",
            ));
        }
        if let Authorization::Bearer { .. } = operation.authorization {
            let header = self.authentication.header()?;
            request.headers_mut().insert(AUTHORIZATION, header);
        }
        Ok(())
    }

    /// Reads a success answer up to the limit, and buffers no more than that.
    async fn read(&self, response: &mut Response) -> Result<Bytes, Error> {
        let status = response.status().as_u16();
        let limit = self.limits.max_answer_bytes;
        let too_large = || Error::too_large(status, limit);
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |announced| announced > limit) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Error::interrupted(status, error))?
        {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

/// Reads the beginning of an error answer. Its status says what matters, so that a body that breaks
/// off or has no end changes nothing.
async fn read_refusal(response: &mut Response) -> BytesMut {
    let mut body = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_REFUSAL_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    body
}

/// A success answer in the form that the generated client reads: with the documented status, since
/// every 2xx means the same, and with its body at hand.
fn documented(operation: &'static Operation, response: &Response, body: Bytes) -> Response {
    let mut answer = http::Response::new(body);
    // The document's statuses are between 200 and 299, so the default is never reached.
    *answer.status_mut() = http::StatusCode::from_u16(operation.success).unwrap_or_default();
    *answer.headers_mut() = response.headers().clone();
    Response::from(answer)
}
