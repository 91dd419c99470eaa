//! Errors of the database, without values.

use basalam_chat::state::{StateError, StateErrorKind};
use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

use crate::remote::{corrupt, refused};

/// The error of a connection that cannot be opened. No value has been sent.
pub(super) fn connecting(error: PoolError) -> StateError {
    let message = match &error {
        PoolError::Backend(error) => match error.as_db_error() {
            Some(database) if is_configuration(database.code()) => {
                let message = format!("the server refuses the connection: {}", database.message());
                return refused(message);
            }
            Some(database) => format!("the server cannot be used: {}", database.message()),
            None => match tls_error(error) {
                Some(error) => return error,
                None => format!("the server cannot be reached: {}", cause(error)),
            },
        },
        _ => "the server cannot be reached".to_owned(),
    };
    StateError::new(StateErrorKind::Unavailable, message)
}

/// Returns the error of a TLS connection that fails until the configuration is changed.
fn tls_error(error: &Error) -> Option<StateError> {
    let cause = std::error::Error::source(error)?;
    #[cfg(feature = "postgres-rustls")]
    if let Some(error) = cause.downcast_ref().and_then(crate::tls::handshake_error) {
        return Some(error);
    }
    // The library has no predicate for it.
    let is_refused = cause.to_string() == "server does not support TLS";
    is_refused.then(|| {
        refused(
            "the URL requires TLS, and the server does not support it; enable `ssl` on the server",
        )
    })
}

/// Authentication, permissions, and missing or different databases, tables and columns.
pub(super) fn is_configuration(code: &SqlState) -> bool {
    ["28", "3D", "42"].contains(&code.code().get(..2).unwrap_or_default())
}

/// The error of a statement. It has the kind `lost` if a write may have been made all the same. The message of the
/// server can contain values, so only its code is kept.
pub(super) fn statement(lost: StateErrorKind, error: &Error) -> StateError {
    let Some(database) = error.as_db_error() else {
        let cause = cause(error);
        return StateError::new(
            lost,
            format!("the connection to the server failed: {cause}"),
        );
    };
    let code = database.code().code();
    let message = format!("the server reports the error {code}");
    // The server or a proxy has closed the connection, and its last response may be lost.
    let is_lost = database.parsed_severity() != Some(Severity::Error) || code.starts_with("08");
    let kind = if is_lost {
        lost
    } else {
        StateErrorKind::Unavailable
    };
    StateError::new(kind, message)
}

pub(super) fn is_missing_table(error: &Error) -> bool {
    error.code() == Some(&SqlState::UNDEFINED_TABLE)
}

/// A column of another type.
pub(super) fn row(_: Error) -> StateError {
    corrupt("the table has other columns than expected")
}

/// Returns the innermost cause.
fn cause(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
