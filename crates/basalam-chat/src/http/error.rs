//! Errors of sending a request and of reading its response.

use std::error::Error as StdError;
use std::time::Duration;

use basalam_chat_api::operation::{Authorization, Operation};

use super::redact::Secrets;
use crate::error::{Error, ErrorKind, ErrorResponse, Outlook, printable};

impl Error {
    /// The HTTP client rejected the request.
    pub(crate) fn invalid_request(error: reqwest::Error) -> Error {
        let error = error.without_url();
        let problem = format!("the request is invalid: {}", root_cause(&error));
        let remedy = "check the base URL and the arguments";
        Error::new(ErrorKind::InvalidInput, problem, remedy).with_source(error)
    }

    /// The operation timeout elapsed before the first attempt.
    pub(super) fn timed_out_before_sending() -> Error {
        Error::new(
            ErrorKind::Authentication,
            "the operation timeout elapsed before the request was sent",
            "raise `operation_timeout`, or check what provides the access token",
        )
        .with_outlook(Outlook::Transient)
    }

    /// The service is rate limiting the login, and the call cannot wait that long.
    pub(super) fn rate_limited_before_sending(wait: Option<Duration>) -> Error {
        Error::new(
            ErrorKind::Status,
            "the service is rate limiting this login, so the request was not sent",
            "wait before the next request",
        )
        .with_status(429)
        .with_retry_after(wait)
    }

    /// No response arrived.
    pub(super) fn send_failed(error: reqwest::Error) -> Error {
        let host = error
            .url()
            .map_or_else(|| "the service".to_owned(), host_and_port);
        // The URL may contain a bot token.
        let error = error.without_url();
        let cause = root_cause(&error);
        if is_unprocessed(&error) {
            let problem = format!("{host} refused the request without processing it: {cause}");
            return Error::new(ErrorKind::Connect, problem, "it is safe to send it again")
                .with_source(error);
        }
        if error.is_connect() {
            return Error::new(
                ErrorKind::Connect,
                format!("no connection to {host}, nothing was sent: {cause}"),
                "check the base URL, the network and the proxy",
            )
            .with_source(error);
        }
        if error.is_timeout() {
            // A timeout that was set in `configure_http`; the client's own are measured elsewhere.
            return Error::http_client_timed_out().with_source(error);
        }
        let problem = format!("the connection to {host} broke before a response arrived: {cause}");
        Error::new(ErrorKind::Connection, problem, "").with_source(error)
    }

    /// The response body was not read to its end.
    pub(super) fn body_interrupted(status: u16, error: reqwest::Error) -> Error {
        let error = error.without_url();
        let interrupted = match error.is_timeout() {
            true => Error::http_client_timed_out(),
            false => {
                let cause = root_cause(&error);
                let problem = format!("the connection broke while the response was read: {cause}");
                Error::new(ErrorKind::Connection, problem, "")
            }
        };
        interrupted.with_status(status).with_source(error)
    }

    /// The service closed an HTTP/2 stream before the end of the response, without reporting an error.
    pub(super) fn body_truncated(status: u16) -> Error {
        let problem = "the connection broke while the response was read: the service closed the \
                       stream before its end";
        Error::new(ErrorKind::Connection, problem, "").with_status(status)
    }

    fn http_client_timed_out() -> Error {
        Error::new(ErrorKind::Timeout, "the request timed out", "")
    }

    /// An attempt took longer than `limit`.
    pub(super) fn timed_out(limit: Duration) -> Error {
        let problem = format!("the request timed out after {limit:?}");
        Error::new(ErrorKind::Timeout, problem, "")
    }

    pub(super) fn redirected(status: u16, target: Option<String>) -> Error {
        let target = target.map_or_else(
            || "an unspecified URL".to_owned(),
            |target| printable(&target),
        );
        Error::new(
            ErrorKind::Redirect,
            format!("the service redirects to {target}, and redirects are never followed"),
            "check the base URL",
        )
        .with_status(status)
    }

    pub(super) fn response_too_large(status: u16, limit: usize) -> Error {
        Error::new(
            ErrorKind::ResponseTooLarge,
            format!("the response is larger than {limit} bytes"),
            "request less at once, or raise `max_response_bytes`",
        )
        .with_status(status)
    }

    /// The response has an error status. The secrets of the request are redacted in what is kept of its body.
    pub(super) fn error_status(
        operation: &'static Operation,
        status: u16,
        body: &[u8],
        secrets: &Secrets,
    ) -> Error {
        let (problem, remedy) = status_message(operation, status);
        Error::new(ErrorKind::Status, problem, remedy)
            .with_status(status)
            .with_response(ErrorResponse::parse(body, &|text, max| {
                secrets.excerpt(text, max)
            }))
    }

    /// The response is one that the generated client does not know.
    pub(crate) fn unexpected_response(status: Option<u16>) -> Error {
        let problem = "the response is not one that the contract describes";
        let remedy = "check that the base URL is the service's";
        let error = Error::new(ErrorKind::Decode, problem, remedy);
        match status {
            Some(status) => error.with_status(status),
            None => error,
        }
    }
}

/// The message and the remedy of an error status.
fn status_message(operation: &'static Operation, status: u16) -> (&'static str, String) {
    let takes_token = operation.authorization != Authorization::None;
    match status {
        401 if operation.secret_path => (
            "the service rejected the bot token",
            "check the bot token, and that it belongs to this environment".to_owned(),
        ),
        403 if !takes_token => ("the service does not permit this", String::new()),
        401 => (
            "the service rejected the access token",
            "get a new access token, or check that it belongs to this environment".to_owned(),
        ),
        403 => (
            "the access token does not permit this",
            scope_hint(operation),
        ),
        404 => (
            "the service did not find the resource",
            "check the ids and the base URL".to_owned(),
        ),
        422 => (
            "the service rejected the request as invalid",
            "correct the listed fields".to_owned(),
        ),
        429 => (
            "the service is rate limiting requests",
            "wait before the next request".to_owned(),
        ),
        500.. => ("the service failed", String::new()),
        _ => ("the service returned an error", String::new()),
    }
}

fn scope_hint(operation: &'static Operation) -> String {
    match operation.authorization {
        Authorization::Bearer { scopes } if !scopes.is_empty() => format!(
            "it likely lacks the scope `{}`: create a token that has it",
            scopes.join("`, `")
        ),
        _ => "create a token with more scopes".to_owned(),
    }
}

/// Returns `true` if the service confirmed with an HTTP/2 frame that it did not process the request.
fn is_unprocessed(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let closing = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
            let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (closing || refused);
        }
        cause = error.source();
    }
    false
}

/// Returns the deepest cause, which is more specific than the errors around it.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Returns the host of a URL, with the port unless it is the default.
fn host_and_port(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or("the service");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
