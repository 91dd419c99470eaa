//! OAuth errors of the token endpoint and of the login page (RFC 6749, sections 4.1.2.1 and 5.2).

use serde::Deserialize;
use serde_json::Value;

use super::token_endpoint::Grant;
use crate::error::{Error, ErrorKind, ErrorResponse};
use crate::http::Secrets;

/// The name of an OAuth error, such as `invalid_grant`.
struct OAuthError(String);

/// No known name of an error is longer.
const MAX_NAME_LENGTH: usize = 64;

/// The part of an error description that is kept.
const MAX_DESCRIPTION_BYTES: usize = 300;

/// The fields of an OAuth error in a response.
#[derive(Deserialize)]
struct ErrorFields {
    error: String,
    #[serde(default)]
    error_description: Option<Value>,
}

impl Error {
    /// Returns the name of the OAuth error that the token endpoint or the login page reported, such as
    /// `invalid_grant` or `invalid_client` (RFC 6749, section 5.2), or `None` if it is another error.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) {
    /// if let Err(error) = client.authenticate().await
    ///     && error.oauth_error() == Some("invalid_grant")
    /// {
    ///     println!("the person has to log in again");
    /// }
    /// # }
    /// ```
    pub fn oauth_error(&self) -> Option<&str> {
        self.attachment::<OAuthError>().map(|name| &*name.0)
    }

    /// Adds the name of an OAuth error, if it is one.
    pub(super) fn with_oauth_error(self, name: &str) -> Error {
        match is_name(name) {
            true => self.with_attachment(OAuthError(name.to_owned())),
            false => self,
        }
    }

    /// Describes the failure of a token request, which is not that of another request with the same status.
    pub(super) fn into_token_error(self, grant: Grant) -> Error {
        let fields = self.body().and_then(|body| serde_json::from_str(body).ok());
        let fields: Option<ErrorFields> = fields.filter(has_name);
        match (self.kind(), self.status()) {
            (ErrorKind::Status, Some(400..=499)) if !self.is_temporary() => {
                self.rejected(grant, fields)
            }
            _ => match fields {
                Some(fields) => self.with_oauth_error(&fields.error),
                None => self,
            },
        }
    }

    /// Returns the OAuth error in a response with a success status, if there is one.
    pub(super) fn oauth_error_in(body: &[u8], grant: Grant, secrets: &Secrets) -> Option<Error> {
        let fields = basalam_chat_api::read_json(body).ok();
        let fields: ErrorFields = fields.filter(has_name)?;
        let description = fields.description();
        let description =
            description.map(|it| secrets.excerpt(it.as_bytes(), MAX_DESCRIPTION_BYTES));
        Some(Error::token_request_rejected(
            grant,
            Some(&fields.error),
            description.as_deref(),
        ))
    }

    fn is_temporary(&self) -> bool {
        matches!(self.status(), Some(408 | 429))
    }

    fn rejected(self, grant: Grant, fields: Option<ErrorFields>) -> Error {
        let name = fields.as_ref().map(|fields| &*fields.error);
        let description = fields.as_ref().and_then(ErrorFields::description);
        let mut error = Error::token_request_rejected(grant, name, description);
        if name.is_none() {
            let messages = self.messages().iter().map(String::as_str);
            error = error.with_response(ErrorResponse::new(messages));
        }
        let error = match self.status() {
            Some(status) => error.with_status(status),
            None => error,
        };
        error.with_attempts(self.attempts())
    }

    /// The token endpoint rejected a request, with a certain OAuth error or an unknown one.
    fn token_request_rejected(
        grant: Grant,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Error {
        let (problem, remedy) = explain(grant, name);
        let description = description.filter(|text| Some(*text) != name);
        let messages = name.into_iter().chain(description);
        let error =
            Error::authentication(problem, remedy).with_response(ErrorResponse::new(messages));
        match name {
            Some(name) => error.with_oauth_error(name),
            None => error,
        }
    }
}

impl ErrorFields {
    fn description(&self) -> Option<&str> {
        self.error_description.as_ref().and_then(Value::as_str)
    }
}

fn has_name(fields: &ErrorFields) -> bool {
    is_name(&fields.error)
}

/// Returns `true` for a name such as `invalid_grant`, and `false` for a sentence.
fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=MAX_NAME_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// The problem and the remedy of a rejected token request.
fn explain(grant: Grant, name: Option<&str>) -> (&'static str, &'static str) {
    match (name, grant) {
        (Some("invalid_grant"), Grant::RefreshToken { .. }) => (
            "the service rejected the refresh token",
            "log in again: the refresh token has expired, was revoked or was used already",
        ),
        (Some("invalid_client" | "invalid_request"), Grant::RefreshToken { is_public: true }) => (
            "the service requires the id and the secret of a client to refresh the token",
            "set them with `PersonalToken::refreshable`",
        ),
        // Likely, since Laravel Passport, whose token format the service uses, reports it like this.
        (Some("invalid_request"), Grant::RefreshToken { .. }) => (
            "the service rejected the refresh token or the token request",
            "log in again; if that does not help, check the client id and the client secret",
        ),
        (Some("invalid_grant"), Grant::Code) => (
            "the service rejected the authorization code",
            "start a new login: a code is valid once, for a short time and for its redirect URI",
        ),
        (Some("invalid_grant"), Grant::ClientCredentials) => (
            "the service rejected the client credentials",
            "check the client id and the client secret",
        ),
        (Some("invalid_client"), _) => (
            "the service rejected the client id or the client secret",
            "copy both again from the developer panel, and check that they belong to this \
             environment",
        ),
        (Some("invalid_scope"), _) => (
            "the service rejected the requested scopes",
            "request only scopes that the client may use according to the developer panel",
        ),
        (Some("unauthorized_client"), _) => (
            "the client is not allowed to get tokens in this way",
            "enable it for the client in the developer panel, or use another kind of login",
        ),
        (Some("unsupported_grant_type"), _) => (
            "the service does not issue tokens in this way",
            "use another kind of login",
        ),
        (Some("redirect_uri_mismatch"), _) => (
            "the service rejected the redirect URI",
            "use exactly the redirect URI that is registered in the developer panel",
        ),
        (Some("access_denied"), _) => ("the login was denied", "start a new login"),
        (Some("invalid_request"), _) => (
            "the service rejected the token request as malformed",
            "check the client id, the client secret and the redirect URI",
        ),
        (Some("temporarily_unavailable" | "server_error"), _) => {
            ("the token endpoint is out of service", "try again later")
        }
        (Some(_), _) => (
            "the service rejected the token request",
            "check the client and its permissions in the developer panel",
        ),
        (None, _) => (
            "the service rejected the token request",
            "check the URL of the token endpoint, the client id and the client secret",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_have_no_spaces() {
        for name in ["invalid_grant", "x", "redirect_uri_mismatch", "E-1"] {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(MAX_NAME_LENGTH + 1);
        for text in ["", "Not allowed", "a.b", "a\nb", "خطا", &long] {
            assert!(!is_name(text), "{text}");
        }
    }

    #[test]
    fn name_and_description_are_said_once() {
        for (description, expected) in [
            (None, ": invalid_scope. "),
            (Some("invalid_scope"), ": invalid_scope. "),
            (Some("not yours"), ": invalid_scope; not yours. "),
        ] {
            let grant = Grant::ClientCredentials;
            let error = Error::token_request_rejected(grant, Some("invalid_scope"), description);
            let shown = error.to_string();
            assert!(shown.contains(expected), "{shown}");
            assert_eq!(shown.matches("invalid_scope").count(), 1, "{shown}");
            assert_eq!(error.oauth_error(), Some("invalid_scope"));
        }
    }
}
