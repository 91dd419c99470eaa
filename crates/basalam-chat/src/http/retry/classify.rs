//! Which errors are retried: those after which a retry is safe and may succeed.

use crate::error::{Error, ErrorKind};

/// Returns why a request may be retried after an error other than a 429, or `None` if it must not be or a
/// retry is pointless.
pub(super) fn retry_reason(is_idempotent: bool, error: &Error) -> Option<&'static str> {
    match (error.kind(), error.status()) {
        // The service did not process the request.
        (ErrorKind::Connect, _) => Some("no connection"),
        // It may have processed the request.
        _ if !is_idempotent => None,
        (ErrorKind::Timeout, _) => Some("timeout"),
        (ErrorKind::Connection, _) => Some("broken connection"),
        (ErrorKind::Status, Some(408 | 500 | 502 | 503 | 504)) => Some("server error or 408"),
        // The response would be the same again.
        _ => None,
    }
}
