//! What can go wrong with the emulator itself.

/// Why the emulator did not start, or would not do what it was asked.
///
/// Faults of a request are no errors of this kind: they are answered over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Address,
    System,
    Document,
    Argument,
}

impl Error {
    /// Tells whether the address could not be listened on.
    ///
    /// Usually another program has the port; port 0 takes any free one.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.kind == Kind::Address
    }

    /// Tells whether the operating system refused a thread or an event loop.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.kind == Kind::System
    }

    /// Tells whether the OpenAPI document inside the crate cannot be used.
    ///
    /// That is a fault of the crate: please report it.
    #[must_use]
    pub fn is_document(&self) -> bool {
        self.kind == Kind::Document
    }

    /// Tells whether an argument was refused; the message names it and the remedy.
    #[must_use]
    pub fn is_argument(&self) -> bool {
        self.kind == Kind::Argument
    }

    pub(crate) fn address(message: String) -> Self {
        Self::new(Kind::Address, message)
    }

    pub(crate) fn system(message: String) -> Self {
        Self::new(Kind::System, message)
    }

    pub(crate) fn document(message: String) -> Self {
        Self::new(Kind::Document, message)
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(Kind::Argument, message.into())
    }

    fn new(kind: Kind, message: String) -> Self {
        Self { kind, message }
    }
}
