//! What can be wrong with a document.

use std::any::Any;
use std::collections::HashSet;
use std::fmt;

use basalam_chat_openapi::Pointer;

/// Why no source could be generated.
///
/// Its `Display` lists every problem, a line each: the place in the document as a JSON pointer, what
/// is wrong there, and the remedy.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Document(basalam_chat_openapi::Error),
    Problems(Vec<Problem>),
    Generator(String),
    Internal(String),
}

/// One construct of a document that cannot be generated from.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// The place in the document, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What is wrong there.
    pub problem: String,
    /// What to write instead.
    pub remedy: String,
}

impl Problem {
    pub(crate) fn new(
        at: &Pointer,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem {
            pointer: at.to_string(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = match self.pointer.as_str() {
            "" => "(root)",
            pointer => pointer,
        };
        write!(f, "{pointer}: {}; {}", self.problem, self.remedy)
    }
}

impl Error {
    /// What several operations share is found wrong by each of them, and said once.
    pub(crate) fn problems(mut problems: Vec<Problem>) -> Error {
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert(problem.clone()));
        Error {
            kind: Kind::Problems(problems),
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
            .unwrap_or("without a message");
        Error::generator(format!("it panicked: {message}"))
    }

    /// The constructs that were refused, in the order they were found; empty for other failures.
    pub fn refused(&self) -> &[Problem] {
        match &self.kind {
            Kind::Problems(problems) => problems,
            _ => &[],
        }
    }

    /// Whether the text is no OpenAPI document that the reader takes.
    pub fn is_unreadable(&self) -> bool {
        matches!(self.kind, Kind::Document(_))
    }

    /// Whether the document uses constructs that are refused; [`refused`](Error::refused) has them.
    pub fn is_refused(&self) -> bool {
        matches!(self.kind, Kind::Problems(_))
    }

    /// Whether progenitor itself failed on a document that passed every check.
    ///
    /// The check has a hole then, and the message is worth a report.
    pub fn is_generator(&self) -> bool {
        matches!(self.kind, Kind::Generator(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Document(error) => write!(f, "the document cannot be read: {error}"),
            Kind::Problems(problems) => {
                f.write_str("the document uses what cannot be generated from:")?;
                for problem in problems {
                    write!(f, "\n  {problem}")?;
                }
                Ok(())
            }
            Kind::Generator(message) => write!(
                f,
                "progenitor failed on a document that passed every check: {message}"
            ),
            Kind::Internal(message) => write!(f, "generation failed: {message}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Document(error) => Some(error),
            _ => None,
        }
    }
}

impl From<basalam_chat_openapi::Error> for Error {
    fn from(error: basalam_chat_openapi::Error) -> Error {
        Error {
            kind: Kind::Document(error),
        }
    }
}
