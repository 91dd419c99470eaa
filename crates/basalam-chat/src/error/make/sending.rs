//! Errors of sending a request and of waiting for its answer.

use std::error::Error as StdError;
use std::time::Duration;

use super::{Error, ErrorKind, root_cause};

impl Error {
    /// A failure before any answer came.
    pub(crate) fn sending(error: reqwest::Error) -> Error {
        let host = error
            .url()
            .map_or_else(|| "the service".to_owned(), host_and_port);
        // The URL may hold a bot's token.
        let error = error.without_url();
        let cause = root_cause(&error);
        if error.is_connect() || was_not_taken(&error) {
            return Error::new(
                ErrorKind::Connect,
                format!("there was no connection to {host}, and nothing was sent: {cause}"),
                "check the base URL, the network and the proxy",
            )
            .because(error);
        }
        if error.is_timeout() {
            // Of a time-out that was set in `configure_http`; the client's own is kept elsewhere.
            return Error::timeout().because(error);
        }
        Error::new(
            ErrorKind::Connection,
            format!("the connection to {host} broke before an answer came: {cause}"),
            "",
        )
        .because(error)
    }

    /// A failure while the answer's body came.
    pub(crate) fn interrupted(status: u16, error: reqwest::Error) -> Error {
        let error = error.without_url();
        let made = match error.is_timeout() {
            true => Error::timeout(),
            false => {
                let cause = root_cause(&error);
                let problem = format!("the connection broke within the answer: {cause}");
                Error::new(ErrorKind::Connection, problem, "")
            }
        };
        made.with_status(status).because(error)
    }

    fn timeout() -> Error {
        Error::new(ErrorKind::Timeout, "the answer did not come in time", "")
    }

    /// An answer, or a whole call, that took longer than this.
    pub(crate) fn timed_out(after: Duration) -> Error {
        let problem = format!("the answer did not come in time ({after:?})");
        Error::new(ErrorKind::Timeout, problem, "")
    }
}

/// Whether the service has said, in HTTP/2's own words, that it did not begin to work on a request.
fn was_not_taken(error: &reqwest::Error) -> bool {
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

/// The host of a URL, with the port where it is not the usual one.
fn host_and_port(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or("the service");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
