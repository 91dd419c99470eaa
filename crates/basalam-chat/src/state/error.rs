//! Errors of state stores.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// An error of a [`StateStore`](super::StateStore). Neither its message nor its sources contain values.
#[derive(Clone, Debug)]
pub struct StateError {
    kind: StateErrorKind,
    message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kind of a [`StateError`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StateErrorKind {
    /// The key or the value is invalid. Nothing was written.
    InvalidInput,
    /// The condition of a write is not met. Nothing was written.
    Conflict,
    /// The store cannot be reached or is busy. Nothing was written.
    Unavailable,
    /// The response to a write was lost, so it may or may not have been made.
    Unknown,
    /// What is stored cannot be read.
    Corrupt,
    /// The store cannot be opened as it is configured, or could lose data.
    Configuration,
}

impl StateError {
    /// Creates an error, for custom stores. The message must not contain values.
    pub fn new(kind: StateErrorKind, message: impl Into<String>) -> StateError {
        StateError {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause. Its message must not contain values.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> StateError {
        self.source = Some(Arc::from(source.into()));
        self
    }

    pub(super) fn invalid_input(message: String) -> StateError {
        StateError::new(StateErrorKind::InvalidInput, message)
    }

    /// Creates the error of a write whose condition is not met.
    pub fn conflict() -> StateError {
        let message = "the key does not have the expected version; read it again";
        StateError::new(StateErrorKind::Conflict, message)
    }

    /// Returns the kind.
    pub fn kind(&self) -> StateErrorKind {
        self.kind
    }

    /// Returns `true` if the key or the value is invalid. Nothing was written.
    pub fn is_invalid_input(&self) -> bool {
        self.kind == StateErrorKind::InvalidInput
    }

    /// Returns `true` if the condition of a write is not met: the key has a value, has none, or has one of
    /// another version. Nothing was written.
    pub fn is_conflict(&self) -> bool {
        self.kind == StateErrorKind::Conflict
    }

    /// Returns `true` if the store cannot be reached or is busy. Nothing was written, and a later call may
    /// succeed.
    pub fn is_unavailable(&self) -> bool {
        self.kind == StateErrorKind::Unavailable
    }

    /// Returns `true` if the response to a write was lost, so it may or may not have been made. Read the key
    /// to find out; [`put_confirmed`](super::StateStore::put_confirmed) does.
    pub fn is_unknown(&self) -> bool {
        self.kind == StateErrorKind::Unknown
    }

    /// Returns `true` if what is stored cannot be read.
    pub fn is_corrupt(&self) -> bool {
        self.kind == StateErrorKind::Corrupt
    }

    /// Returns `true` if the store cannot be opened, or is configured in a way that could lose data.
    pub fn is_configuration(&self) -> bool {
        self.kind == StateErrorKind::Configuration
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StateError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_predicate() {
        let predicates = [
            StateError::is_invalid_input,
            StateError::is_conflict,
            StateError::is_unavailable,
            StateError::is_unknown,
            StateError::is_corrupt,
            StateError::is_configuration,
        ];
        let kinds = [
            StateErrorKind::InvalidInput,
            StateErrorKind::Conflict,
            StateErrorKind::Unavailable,
            StateErrorKind::Unknown,
            StateErrorKind::Corrupt,
            StateErrorKind::Configuration,
        ];
        for (position, kind) in kinds.into_iter().enumerate() {
            let error = StateError::new(kind, "message");
            let holds: Vec<bool> = predicates.iter().map(|it| it(&error)).collect();
            let expected: Vec<bool> = (0..kinds.len()).map(|it| it == position).collect();
            assert_eq!(holds, expected, "{kind:?}");
        }
    }

    #[test]
    fn source_is_kept_and_not_repeated_in_the_message() {
        let error = StateError::new(StateErrorKind::Unavailable, "the store is down");
        let error = error.with_source("connection reset").clone();
        assert_eq!(error.to_string(), "the store is down");
        assert_eq!(error.source().unwrap().to_string(), "connection reset");
    }
}
