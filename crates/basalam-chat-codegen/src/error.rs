//! Errors of code generation.

use std::any::Any;
use std::collections::HashSet;
use std::fmt;

/// An error of code generation.
///
/// `Display` writes every diagnostic on a separate line: JSON pointer, problem and remedy.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Parse(basalam_chat_openapi::Error),
    Unsupported(Vec<Diagnostic>),
    Generator(String),
    Internal(String),
}

/// One problem in a document that prevents code generation.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The place in the document, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The problem.
    pub message: String,
    /// The change that fixes it.
    pub remedy: String,
}

impl Diagnostic {
    /// Sorts by place, and items of an array by their index.
    fn sort_key(&self) -> Vec<(Option<usize>, &str)> {
        let segments = self.pointer.split('/');
        segments
            .map(|segment| (segment.parse().ok(), segment))
            .collect()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = match self.pointer.as_str() {
            "" => "(root)",
            pointer => pointer,
        };
        write!(f, "{pointer}: {}; {}", self.message, self.remedy)
    }
}

impl Error {
    /// Sorts by place and removes duplicates: a component that several operations share is checked once for
    /// each of them.
    pub(crate) fn unsupported(mut diagnostics: Vec<Diagnostic>) -> Error {
        let mut seen = HashSet::new();
        diagnostics.retain(|diagnostic| seen.insert(diagnostic.clone()));
        diagnostics.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
        Error {
            kind: Kind::Unsupported(diagnostics),
        }
    }

    pub(crate) fn generator(message: impl Into<String>) -> Error {
        Error {
            kind: Kind::Generator(message.into()),
        }
    }

    pub(crate) fn internal(message: impl Into<String>) -> Error {
        Error {
            kind: Kind::Internal(message.into()),
        }
    }

    pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Error {
        let message = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("no panic message");
        Error::generator(format!("panicked: {message}"))
    }

    /// Returns the problems in the document, sorted by place.
    ///
    /// The slice is empty unless [`is_unsupported`](Error::is_unsupported) returns `true`.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.kind {
            Kind::Unsupported(diagnostics) => diagnostics,
            _ => &[],
        }
    }

    /// Returns `true` if the input cannot be parsed as an OpenAPI document.
    pub fn is_parse(&self) -> bool {
        matches!(self.kind, Kind::Parse(_))
    }

    /// Returns `true` if the document uses constructs from which no source can be generated.
    ///
    /// [`diagnostics`](Error::diagnostics) lists them.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.kind, Kind::Unsupported(_))
    }

    /// Returns `true` if progenitor failed on a document that passed validation.
    ///
    /// This is a bug in the validation; please report it.
    pub fn is_generator(&self) -> bool {
        matches!(self.kind, Kind::Generator(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Parse(error) => write!(f, "cannot parse the OpenAPI document: {error}"),
            Kind::Unsupported(diagnostics) => {
                let (count, plural) = match diagnostics.len() {
                    1 => (1, ""),
                    count => (count, "s"),
                };
                write!(
                    f,
                    "cannot generate source from the document: {count} problem{plural}"
                )?;
                for diagnostic in diagnostics {
                    write!(f, "\n  {diagnostic}")?;
                }
                Ok(())
            }
            Kind::Generator(message) => write!(
                f,
                "progenitor failed on a document that passed validation: {message}"
            ),
            Kind::Internal(message) => write!(f, "code generation failed: {message}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Parse(error) => Some(error),
            _ => None,
        }
    }
}

impl From<basalam_chat_openapi::Error> for Error {
    fn from(error: basalam_chat_openapi::Error) -> Error {
        Error {
            kind: Kind::Parse(error),
        }
    }
}
