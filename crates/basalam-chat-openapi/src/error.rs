//! What can go wrong while reading a document.

use crate::Pointer;

/// Why a document, or a part of it, could not be read.
///
/// `Display` names the place as `#` and a JSON pointer, what is wrong there and
/// what to do about it; the predicates tell the sort of failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("#{pointer}: {message}")]
pub struct Error {
    kind: Kind,
    pointer: Pointer,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Syntax,
    Structure,
    Reference,
    Unsupported,
}

impl Error {
    /// The place in the document that the failure is about.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Tells whether the text is not JSON at all.
    ///
    /// Usually caused by a document in YAML or by a file cut short. The message
    /// gives line and column.
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        self.kind == Kind::Syntax
    }

    /// Tells whether the JSON lacks something that OpenAPI demands, or has a value of
    /// the wrong type where OpenAPI demands another.
    #[must_use]
    pub fn is_structure(&self) -> bool {
        self.kind == Kind::Structure
    }

    /// Tells whether a `$ref` leads nowhere, in a circle, or out of the document.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        self.kind == Kind::Reference
    }

    /// Tells whether the document uses something that this crate does not read:
    /// another version of OpenAPI, a keyword foreign to its version, absurd nesting.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.kind == Kind::Unsupported
    }

    pub(crate) fn syntax(message: impl Into<String>) -> Self {
        Self::new(Kind::Syntax, &Pointer::default(), message)
    }

    pub(crate) fn structure(pointer: &Pointer, message: impl Into<String>) -> Self {
        Self::new(Kind::Structure, pointer, message)
    }

    pub(crate) fn reference(pointer: &Pointer, message: impl Into<String>) -> Self {
        Self::new(Kind::Reference, pointer, message)
    }

    pub(crate) fn unsupported(pointer: &Pointer, message: impl Into<String>) -> Self {
        Self::new(Kind::Unsupported, pointer, message)
    }

    fn new(kind: Kind, pointer: &Pointer, message: impl Into<String>) -> Self {
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
    fn an_error_names_its_place_first() {
        let error = Error::structure(&Pointer::default().child("paths"), "must be an object");
        assert_eq!(error.to_string(), "#/paths: must be an object");
        assert!(error.is_structure());
        assert!(!error.is_syntax() && !error.is_reference() && !error.is_unsupported());
    }
}
