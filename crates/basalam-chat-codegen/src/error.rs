//! Errors of code generation.

use std::any::Any;
use std::collections::HashSet;
use std::fmt;

/// An error of code generation.
///
/// `Display` writes every diagnostic on a separate line: JSON pointer, problem and remedy.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("cannot parse the OpenAPI document: {0}")]
    Parse(#[source] basalam_chat_openapi::Error),
    #[error("cannot generate source from the document: {}", list(.0))]
    Unsupported(Vec<Diagnostic>),
    #[error("progenitor failed on a document that passed validation: {0}")]
    Generator(String),
    #[error("code generation failed: {0}")]
    Internal(String),
}

fn list(diagnostics: &[Diagnostic]) -> String {
    let plural = if diagnostics.len() == 1 { "" } else { "s" };
    let lines = diagnostics.iter().map(|it| format!("\n  {it}"));
    format!(
        "{} problem{plural}{}",
        diagnostics.len(),
        lines.collect::<String>()
    )
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
        Error(Kind::Unsupported(diagnostics))
    }

    pub(crate) fn generator(message: impl Into<String>) -> Error {
        Error(Kind::Generator(message.into()))
    }

    pub(crate) fn internal(message: impl Into<String>) -> Error {
        Error(Kind::Internal(message.into()))
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
        match &self.0 {
            Kind::Unsupported(diagnostics) => diagnostics,
            _ => &[],
        }
    }

    /// Returns `true` if the input cannot be parsed as an OpenAPI document.
    pub fn is_parse(&self) -> bool {
        matches!(self.0, Kind::Parse(_))
    }

    /// Returns `true` if the document uses constructs from which no source can be generated.
    ///
    /// [`diagnostics`](Error::diagnostics) lists them.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.0, Kind::Unsupported(_))
    }

    /// Returns `true` if progenitor failed on a document that passed validation.
    ///
    /// This is a bug in the validation; please report it.
    pub fn is_generator(&self) -> bool {
        matches!(self.0, Kind::Generator(_))
    }
}

impl From<basalam_chat_openapi::Error> for Error {
    fn from(error: basalam_chat_openapi::Error) -> Error {
        Error(Kind::Parse(error))
    }
}
