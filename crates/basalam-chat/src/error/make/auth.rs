//! Errors of tokens and logins.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::super::answer::ErrorResponse;
use super::{Error, ErrorKind};
use crate::auth::BoxError;

impl Error {
    /// A login or a token that cannot be used.
    pub(crate) fn authentication(problem: &str, remedy: &str) -> Error {
        Error::new(ErrorKind::Authentication, problem, remedy)
    }

    /// A login that the person or the service refused.
    pub(crate) fn login_refused(code: &str, description: Option<&str>) -> Error {
        let mut error = Error::authentication("the login was refused", "begin the login anew");
        let mut answer = ErrorResponse::said(None, Some(code));
        let description = ErrorResponse::said(None, description);
        answer.messages.extend(description.messages);
        error.inner.answer = answer;
        error
    }

    /// The deadline of a call came before its token.
    pub(crate) fn no_token_in_time() -> Error {
        Error::authentication(
            "no access token came in time, and this request was not sent",
            "look at what gives the tokens, or allow more time by `operation_timeout`",
        )
    }

    /// No way to another token.
    pub(crate) fn not_refreshable() -> Error {
        Error::authentication(
            "there is no access token that is still good, and nothing to get a new one with",
            "log in again, or give a refresh token with the client's id and secret",
        )
    }

    /// The end of a renewal, told to one of those who waited for it.
    pub(crate) fn not_renewed(error: Arc<Error>) -> Error {
        let problem =
            format!("no access token could be got, and this request was not sent: {error}");
        let mut told = Error::new(ErrorKind::Authentication, problem, "");
        told.inner.status = None;
        told.inner.answer.messages = error.messages().to_vec();
        told.inner.source = Some(Box::new(Shared(error)));
        told
    }

    /// A renewal that ended without a word.
    pub(crate) fn renewal_broke_off() -> Error {
        Error::authentication(
            "the renewal of the access token broke off, and this request was not sent",
            "check whether a token store or a token provider of your own panicked",
        )
    }

    pub(crate) fn no_runtime(error: tokio::runtime::TryCurrentError) -> Error {
        Error::new(
            ErrorKind::Configuration,
            "there is no tokio runtime here",
            "await requests inside of one, or use the blocking client",
        )
        .because(error)
    }

    /// A token provider of the user's that failed.
    pub(crate) fn provider(error: BoxError) -> Error {
        foreign("the token provider failed", error)
    }

    pub(crate) fn store_unread(error: BoxError) -> Error {
        foreign("the token store could not be read", error)
    }

    pub(crate) fn store_unwritten(error: BoxError) -> Error {
        foreign(
            "new tokens are here and the token store did not take them",
            error,
        )
    }

    /// An answer of the token endpoint that gives no token. Its body is not kept: it may hold some.
    pub(crate) fn unreadable_tokens(problem: &str) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("the answer {problem}"),
            "check the address of the token endpoint",
        )
    }
}

fn foreign(problem: &str, error: BoxError) -> Error {
    let mut made = Error::authentication(&format!("{problem}: {error}"), "");
    made.inner.source = Some(error);
    made
}

/// An error that several callers are told.
struct Shared(Arc<Error>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Shared {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
