//! Errors of tokens and logins.

use std::fmt;
use std::sync::Arc;

use super::BoxError;
use crate::error::{Error, ErrorKind, ErrorResponse, Outlook};

impl Error {
    /// A login or a token cannot be used.
    pub(super) fn authentication(problem: &str, remedy: &str) -> Error {
        Error::new(ErrorKind::Authentication, problem, remedy)
    }

    /// The person or the service denied the login.
    pub(super) fn login_denied(code: &str, description: Option<&str>) -> Error {
        let messages = [Some(code), description];
        Error::authentication("the login was denied", "start a new login")
            .with_response(ErrorResponse::new(messages.into_iter().flatten()))
            .with_outlook(Outlook::NeedsLogin)
            .with_oauth_error(code)
    }

    /// The operation timeout elapsed before a token was available.
    pub(crate) fn token_timed_out() -> Error {
        Error::authentication(
            "no access token was available in time, so the request was not sent",
            "check what provides the tokens, or raise `operation_timeout`",
        )
        .with_outlook(Outlook::Transient)
    }

    /// The client has no login, which only bot methods do not need.
    pub(super) fn no_login() -> Error {
        Error::new(
            ErrorKind::Configuration,
            "the client has no login, which this operation needs",
            "create the client from a `PersonalToken` or another login instead of \
             `Authentication::none`",
        )
    }

    /// There is no way to get another token.
    pub(super) fn not_refreshable() -> Error {
        Error::authentication(
            "there is no valid access token, and no credentials to get a new one",
            "log in again, or set a refresh token with the client id and secret",
        )
        .with_outlook(Outlook::NeedsLogin)
    }

    /// A token refresh failed, which several requests report.
    pub(super) fn refresh_failed(cause: Arc<Error>) -> Error {
        // The messages and the remedy follow at their usual places.
        let summary = cause.summary();
        let problem =
            format!("no access token is available, so the request was not sent: {summary}");
        let response = ErrorResponse {
            messages: cause.messages().to_vec(),
            ..ErrorResponse::default()
        };
        Error::new(ErrorKind::Authentication, problem, cause.remedy())
            .with_response(response)
            .with_retry_after(cause.retry_after())
            .with_attachment(cause.clone())
            .with_source(SharedError(cause))
    }

    /// The task of a token refresh ended without a result.
    pub(super) fn refresh_aborted() -> Error {
        Error::authentication(
            "the refresh of the access token was aborted, so the request was not sent",
            "check whether a custom token store or token provider panicked",
        )
    }

    pub(super) fn provider_failed(error: BoxError) -> Error {
        callback_failed("the token provider failed", error)
    }

    pub(super) fn store_load_failed(error: BoxError) -> Error {
        callback_failed("the token store failed to load the tokens", error)
    }

    pub(super) fn store_save_failed(error: BoxError) -> Error {
        callback_failed(
            "received new tokens, but the token store failed to save them",
            error,
        )
    }

    /// The response of the token endpoint has no usable token. Its body is not kept, since it may contain
    /// secrets.
    pub(super) fn invalid_token_response(problem: &str) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("the token response {problem}"),
            "check the URL of the token endpoint",
        )
    }

    /// The tokens of a refresh have no refresh token.
    pub(super) fn no_refresh_token() -> Error {
        Error::invalid_input(
            "tokens",
            "has no refresh token",
            "pass the tokens that the login returned, or log in again",
        )
    }
}

fn callback_failed(problem: &str, error: BoxError) -> Error {
    Error::authentication(&format!("{problem}: {error}"), "")
        .with_outlook(Outlook::Transient)
        .with_source(error)
}

/// An error that several callers receive.
struct SharedError(Arc<Error>);

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SharedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
