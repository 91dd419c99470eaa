//! Failures of the command, and their exit codes.

use std::fmt::Display;
use std::io;

use basalam_chat::Error;
use basalam_chat::state::StateError;
use basalam_chat::watch::WatchError;

/// The kind of a failure, which determines the exit code. The names and the codes are stable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Failed,
    Usage,
    NeedsLogin,
    /// A part of the result is missing.
    Partial,
    TryLater,
    Interrupted,
    /// Nobody reads the output any more, which is no failure.
    BrokenPipe,
}

impl Kind {
    pub(crate) fn exit_code(self) -> i32 {
        match self {
            Kind::BrokenPipe => 0,
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::NeedsLogin => 4,
            Kind::Partial => 5,
            Kind::TryLater => 6,
            Kind::Interrupted => 130,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::BrokenPipe => "broken_pipe",
            Kind::Failed => "failed",
            Kind::Usage => "usage",
            Kind::NeedsLogin => "needs_login",
            Kind::Partial => "partial",
            Kind::TryLater => "try_later",
            Kind::Interrupted => "interrupted",
        }
    }
}

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    /// What to do about it: a sentence, or a command.
    pub(crate) hint: Option<String>,
    pub(crate) operation: Option<&'static str>,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<u64>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            hint: None,
            operation: None,
            status: None,
            retry_after: None,
        }
    }

    pub(crate) fn failed(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Failed, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Usage, message)
    }

    pub(crate) fn interrupted() -> Failure {
        Failure::new(Kind::Interrupted, "interrupted")
    }

    pub(crate) fn io(problem: impl Display, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::new(Kind::BrokenPipe, "the output is closed"),
            io::ErrorKind::Interrupted => Failure::interrupted(),
            _ => Failure::failed(format!("{problem}: {error}")),
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// Replaces the hint, if there is another one.
    pub(crate) fn hint_if(self, hint: Option<String>) -> Failure {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::from(&error)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Failure {
        let kind = if error.needs_login() {
            Kind::NeedsLogin
        } else if error.is_invalid_input() {
            Kind::Usage
        } else if error.is_transient() {
            Kind::TryLater
        } else {
            Kind::Failed
        };
        let retry_after = error.retry_after().map(|wait| wait.as_secs().max(1));
        let hint = match (kind, retry_after) {
            (_, Some(seconds)) => Some(format!("Try again in {seconds} seconds.")),
            (Kind::NeedsLogin, None) => Some("Log in again with `basalam-chat login`.".to_owned()),
            (Kind::TryLater, None) => Some("Try again later.".to_owned()),
            _ => None,
        };
        Failure {
            kind,
            message: error.to_string(),
            hint,
            operation: error.operation(),
            status: error.status(),
            retry_after,
        }
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Failure {
        let kind = match error.is_unavailable() {
            true => Kind::TryLater,
            false => Kind::Failed,
        };
        Failure::new(kind, format!("the files of the profile: {error}"))
    }
}

impl From<WatchError> for Failure {
    fn from(error: WatchError) -> Failure {
        match error.service() {
            Some(service) => Failure::from(service),
            None if error.is_invalid_input() => Failure::usage(error.to_string()),
            None => Failure::failed(error.to_string()),
        }
    }
}
