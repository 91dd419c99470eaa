//! What may be sent again: only what cannot double a message.

use basalam_chat_api::operation::Operation;

use crate::{Error, ErrorKind};

/// Why a request may be sent again after an error; nothing where it must not, or where it would not help.
pub(super) fn reason(operation: &Operation, error: &Error) -> Option<&'static str> {
    match (error.kind(), error.status()) {
        // The service has done nothing, whatever the operation.
        (ErrorKind::Connect, _) => Some("no connection"),
        (ErrorKind::Status, Some(429)) => Some("too many requests"),
        // It may have, so that repeating must do no harm.
        _ if !operation.idempotent => None,
        (ErrorKind::Timeout, _) => Some("time-out"),
        (ErrorKind::Connection, _) => Some("broken connection"),
        (ErrorKind::Status, Some(408 | 500 | 502 | 503 | 504)) => Some("failure of the service"),
        // The same answer would come again.
        _ => None,
    }
}
