//! Errors of tokens and logins.

use std::fmt;
use std::sync::Arc;

use super::BoxError;
use crate::error::{Error, ErrorKind, ErrorResponse, Outlook};
use crate::state::StateError;

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
            "check whether a custom state store or token provider panicked",
        )
    }

    pub(super) fn provider_failed(error: BoxError) -> Error {
        let problem = format!("the token provider failed: {error}");
        Error::authentication(&problem, "check the source of the tokens")
            .with_outlook(Outlook::Transient)
            .with_source(error)
    }

    pub(super) fn store_load_failed(error: StateError) -> Error {
        let problem = "the token store failed to load the tokens";
        store_failed(problem, error, "check that the store can be used")
    }

    pub(super) fn store_save_failed(error: StateError) -> Error {
        let problem = "the token store failed to save the tokens";
        store_failed(problem, error, "save them again, or they may be lost")
    }

    pub(super) fn store_delete_failed(error: StateError) -> Error {
        let problem = "the token store failed to delete the tokens";
        store_failed(problem, error, "delete them again")
    }

    /// The tokens of a refresh are kept, since the store cannot be written.
    pub(super) fn store_keep_failed(error: StateError) -> Error {
        store_failed(
            "the token store failed to save the tokens",
            error,
            "do not end the program: it alone has the new tokens, and saves them with the next request or in `close`",
        )
    }

    /// The store cannot record that a refresh begins, so nothing was sent.
    pub(super) fn store_begin_failed(error: StateError) -> Error {
        let problem = "the token store failed before the refresh, so nothing was sent";
        store_failed(problem, error, "check that the store can be written")
    }

    /// The key of the tokens holds another value, which is not shown.
    pub(super) fn no_stored_tokens() -> Error {
        Error::authentication(
            "the token store holds something else than tokens at its key",
            "use a separate key for each login, and the encryption with which the tokens were saved",
        )
    }

    /// The tokens of a login are no longer stored.
    pub(super) fn tokens_deleted() -> Error {
        Error::authentication(
            "the tokens were deleted from the token store",
            "log in again",
        )
        .with_outlook(Outlook::NeedsLogin)
    }

    /// The refreshes that `close` waits for did not end.
    pub(crate) fn close_timed_out() -> Error {
        Error::authentication(
            "the token refreshes did not finish in time",
            "call `close` again before the program ends, or raise `operation_timeout`",
        )
        .with_outlook(Outlook::Transient)
    }

    /// Another process refreshes the tokens all the time.
    pub(super) fn refresh_elsewhere() -> Error {
        Error::authentication(
            "another process is refreshing the access token and did not finish in time",
            "try again later",
        )
        .with_outlook(Outlook::Transient)
    }

    /// A process has begun a refresh and did not save its tokens, and the service rejects the refresh token.
    pub(super) fn unfinished_refresh(rejection: Error) -> Error {
        let messages = rejection.messages().iter().map(String::as_str);
        let response = ErrorResponse::new(messages);
        let mut error = Error::authentication(
            "a refresh of the access token was begun by a process that did not finish it, and the service now \
             rejects the refresh token",
            "log in again: the new tokens were lost with that process",
        )
        .with_response(response)
        .with_outlook(Outlook::NeedsLogin)
        .with_attempts(rejection.attempts())
        .with_attachment(UnfinishedRefresh);
        if let Some(status) = rejection.status() {
            error = error.with_status(status);
        }
        match rejection.oauth_error() {
            Some(name) => error.with_oauth_error(name),
            None => error,
        }
    }

    /// Returns `true` if the login is lost because a process died during a token refresh: after the service had
    /// issued new tokens, and before they were saved. [`needs_login`](Error::needs_login) is then `true`, too.
    ///
    /// It is also `true` if the response of the service was lost.
    ///
    /// # Troubleshooting
    ///
    /// Let the person log in again. If it happens often, let processes end with
    /// [`Client::close`](crate::Client::close) instead of killing them. See
    /// [`TokenStore`](crate::auth::TokenStore).
    pub fn is_unfinished_refresh(&self) -> bool {
        match self.cause() {
            Some(cause) => cause.is_unfinished_refresh(),
            None => self.attachment::<UnfinishedRefresh>().is_some(),
        }
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

/// Marks the error of a refresh that a process did not finish.
struct UnfinishedRefresh;

fn store_failed(problem: &str, error: StateError, remedy: &str) -> Error {
    let is_transient = error.is_unavailable() || error.is_unknown();
    let failed = Error::authentication(&format!("{problem}: {error}"), remedy);
    let failed = match is_transient {
        true => failed.with_outlook(Outlook::Transient),
        false => failed,
    };
    failed.with_source(error)
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
