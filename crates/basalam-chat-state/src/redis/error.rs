//! Errors of the server, without values.

use basalam_chat::state::{StateError, StateErrorKind};
use redis::{ErrorKind, RedisError};

use crate::remote::refused;

/// Returns `true` if the server has reported the error, so the connection works and nothing was written.
pub(super) fn is_response(error: &RedisError) -> bool {
    matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension)
}

/// The error of a command. It has the kind `lost` if a write may have been made all the same. The message of the
/// server can contain values, so only its code is kept.
pub(super) fn command(lost: StateErrorKind, error: &RedisError) -> StateError {
    if error.kind() == ErrorKind::AuthenticationFailed {
        return refused("the server refuses the login; check the user and the password of the URL");
    }
    if !is_response(error) {
        let cause = match error.is_io_error() {
            true => error.to_string(),
            false => error.category().to_owned(),
        };
        let message = format!("the connection to the server failed: {cause}");
        return StateError::new(lost, message);
    }
    let code = error.code().unwrap_or("ERR");
    let (kind, remedy) = match code {
        "NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED" => (
            StateErrorKind::Configuration,
            "; check the login and its permissions",
        ),
        "MOVED" | "ASK" | "CROSSSLOT" => (
            StateErrorKind::Configuration,
            "; Redis Cluster is not supported",
        ),
        "WRONGTYPE" => (
            StateErrorKind::Corrupt,
            "; another program uses the namespace",
        ),
        _ => (StateErrorKind::Unavailable, ""),
    };
    StateError::new(kind, format!("the server reports the error {code}{remedy}"))
}
