//! Errors.

use std::error::Error as StdError;
use std::fmt;

use basalam_chat::state::{StateError, StateErrorKind};

/// An error of the connection to NATS or of what is set up there. It contains no credentials and no messages.
#[derive(Debug)]
pub struct NatsError {
    kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    InvalidInput,
    Configuration,
    Unavailable,
    Overtaken,
}

impl NatsError {
    fn new(kind: Kind, message: impl Into<String>) -> NatsError {
        NatsError {
            kind,
            message: message.into(),
            source: None,
        }
    }

    pub(crate) fn invalid_input(message: impl Into<String>) -> NatsError {
        NatsError::new(Kind::InvalidInput, message)
    }

    pub(crate) fn configuration(message: impl Into<String>) -> NatsError {
        NatsError::new(Kind::Configuration, message)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> NatsError {
        NatsError::new(Kind::Unavailable, message)
    }

    pub(crate) fn overtaken() -> NatsError {
        let message = "another relay has read this login later, so nothing was published; if the state store was \
                       replaced, use another queue, too";
        NatsError::new(Kind::Overtaken, message)
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> NatsError {
        self.source = Some(source.into());
        self
    }

    /// Returns `true` if an argument is invalid.
    pub fn is_invalid_input(&self) -> bool {
        self.kind == Kind::InvalidInput
    }

    /// Returns `true` if the server cannot be used as it is set up: it refuses the credentials, is too old, could lose
    /// what it has stored, or has a stream or consumer with other settings. The message names the difference.
    pub fn is_configuration(&self) -> bool {
        self.kind == Kind::Configuration
    }

    /// Returns `true` if the server cannot be reached, or did not respond in time. A later call may succeed.
    pub fn is_unavailable(&self) -> bool {
        self.kind == Kind::Unavailable
    }

    /// Returns `true` if a relay was refused since another one has taken over its login.
    pub fn is_overtaken(&self) -> bool {
        self.kind == Kind::Overtaken
    }
}

impl fmt::Display for NatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for NatsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The error of a store that cannot be set up.
impl From<NatsError> for StateError {
    fn from(error: NatsError) -> StateError {
        let kind = match error.kind {
            Kind::InvalidInput => StateErrorKind::InvalidInput,
            Kind::Configuration => StateErrorKind::Configuration,
            Kind::Unavailable | Kind::Overtaken => StateErrorKind::Unavailable,
        };
        let state = StateError::new(kind, error.message);
        match error.source {
            Some(source) => state.with_source(source),
            None => state,
        }
    }
}
