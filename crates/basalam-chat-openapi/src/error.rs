//! Errors of reading a document.

use crate::Pointer;

/// An error of reading a document or a part of it.
///
/// `Display` prints the location as `#` and a JSON pointer, the problem and the remedy.
/// The predicates classify the error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("#{pointer}: {message}")]
pub struct Error {
    kind: ErrorKind,
    pointer: Pointer,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    Syntax,
    Structure,
    Reference,
    Unsupported,
}

impl Error {
    /// Returns the location in the document.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Returns the problem and the remedy, without the location.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns `true` if the input is not valid JSON.
    ///
    /// The usual cause is a document in YAML or a truncated file. The message contains line
    /// and column.
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        self.kind == ErrorKind::Syntax
    }

    /// Returns `true` if something that OpenAPI requires is missing or has the wrong type.
    #[must_use]
    pub fn is_structure(&self) -> bool {
        self.kind == ErrorKind::Structure
    }

    /// Returns `true` if a `$ref` has no target, is circular or points outside the document.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        self.kind == ErrorKind::Reference
    }

    /// Returns `true` if the document uses something that this crate does not support: another
    /// OpenAPI version, a keyword that its OpenAPI version does not define, or nesting that is too
    /// deep.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.kind == ErrorKind::Unsupported
    }

    pub(crate) fn syntax(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Syntax, &Pointer::default(), message)
    }

    /// Creates an error for a part that is missing or has the wrong type.
    pub fn structure(pointer: &Pointer, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Structure, pointer, message)
    }

    /// Creates an error for a `$ref` that cannot be resolved.
    pub fn reference(pointer: &Pointer, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Reference, pointer, message)
    }

    /// Creates an error for something that is not supported.
    pub fn unsupported(pointer: &Pointer, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, pointer, message)
    }

    fn new(kind: ErrorKind, pointer: &Pointer, message: impl Into<String>) -> Self {
        Self {
            kind,
            pointer: pointer.clone(),
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_starts_with_the_pointer() {
        let error = Error::structure(&Pointer::default().child("paths"), "must be an object");
        assert_eq!(error.to_string(), "#/paths: must be an object");
        assert!(error.is_structure());
        assert!(!error.is_syntax() && !error.is_reference() && !error.is_unsupported());
    }
}
