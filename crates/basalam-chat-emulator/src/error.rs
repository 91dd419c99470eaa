//! Errors of the emulator itself.

/// An error of the emulator itself: it did not start, or it rejected an argument.
///
/// Errors of emulated requests are HTTP responses, not values of this type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bind,
    Runtime,
    Document,
    InvalidArgument,
}

impl Error {
    /// Returns `true` if the address could not be bound.
    ///
    /// Usually another program uses the port; port 0 takes any free one.
    #[must_use]
    pub fn is_bind(&self) -> bool {
        self.kind == Kind::Bind
    }

    /// Returns `true` if the thread or event loop of the server could not be started.
    #[must_use]
    pub fn is_runtime(&self) -> bool {
        self.kind == Kind::Runtime
    }

    /// Returns `true` if the OpenAPI document inside the crate cannot be used.
    ///
    /// This is a bug of the crate: please report it.
    #[must_use]
    pub fn is_document(&self) -> bool {
        self.kind == Kind::Document
    }

    /// Returns `true` if an argument is invalid; the message names it and the remedy.
    #[must_use]
    pub fn is_invalid_argument(&self) -> bool {
        self.kind == Kind::InvalidArgument
    }

    pub(crate) fn bind(message: String) -> Self {
        Self::new(Kind::Bind, message)
    }

    pub(crate) fn runtime(message: String) -> Self {
        Self::new(Kind::Runtime, message)
    }

    pub(crate) fn document(message: String) -> Self {
        Self::new(Kind::Document, message)
    }

    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidArgument, message.into())
    }

    fn new(kind: Kind, message: String) -> Self {
        Self { kind, message }
    }
}
