//! Predicates that distinguish the cases of an error.

use basalam_chat_api::operation::Authorization;
use basalam_chat_api::operations::OAUTH_TOKEN;

use super::{Error, ErrorKind};

/// What is known of the next attempt to get an access token.
pub(crate) enum Outlook {
    /// It may succeed.
    Transient,
    /// It fails until the user logs in again.
    NeedsLogin,
}

impl Error {
    /// Returns `true` if the service may have processed the request although no response confirms it.
    ///
    /// This is the case after a timeout, a broken connection, a server error or a response that cannot be
    /// decoded, in any attempt of the call. If the operation is not idempotent, check before repeating it.
    pub fn may_have_succeeded(&self) -> bool {
        match self.kind() {
            _ if self.inner.may_have_succeeded_earlier => true,
            ErrorKind::Timeout | ErrorKind::Connection => true,
            // "See Other" redirects from a processed request to its result.
            ErrorKind::Redirect => self.status() == Some(303),
            ErrorKind::ResponseTooLarge | ErrorKind::Decode => true,
            ErrorKind::Status => self.is_server_error() || self.status() == Some(408),
            // The service responded with a success before the file ended.
            ErrorKind::FileRead => self.status().is_some(),
            _ => false,
        }
    }

    /// Returns `true` if the service responded with a success status although the content was lost or
    /// cannot be decoded.
    ///
    /// The request has then very likely been processed. If this is `false`,
    /// [`may_have_succeeded`](Error::may_have_succeeded) reports whether that is still possible.
    pub fn was_accepted(&self) -> bool {
        let is_success = self
            .status()
            .is_some_and(|status| (200..300).contains(&status));
        match self.kind() {
            ErrorKind::Decode => self.may_have_succeeded(),
            ErrorKind::ResponseTooLarge | ErrorKind::Connection => is_success,
            ErrorKind::Timeout | ErrorKind::FileRead => is_success,
            _ => false,
        }
    }

    /// Returns `true` if a later repetition of the same call may succeed.
    ///
    /// This is the case if there was no connection, after a timeout, a broken connection, a rate limit (429) or
    /// a server error (status 500 or higher, except 501 and 505), and if getting an access token failed for such
    /// a reason or in a custom token store or provider. It says nothing on whether a repetition is safe: see
    /// [`may_have_succeeded`](Error::may_have_succeeded).
    ///
    /// # Troubleshooting
    ///
    /// Repeat the call later, and not before [`retry_after`](Error::retry_after) if it is set. The client has
    /// already retried what is safe to retry, up to its limits. If the error stays for minutes, see the
    /// *Troubleshooting* section of the predicate of its kind, such as [`is_connect`](Error::is_connect).
    #[doc(alias = "retry")]
    #[doc(alias = "retryable")]
    pub fn is_transient(&self) -> bool {
        if let Some(cause) = self.cause() {
            return cause.is_transient();
        }
        if let Some(outlook) = self.attachment() {
            return matches!(outlook, Outlook::Transient);
        }
        let is_transient_status = |status: i64| {
            matches!(status, 408 | 425 | 429 | 500..=599) && !matches!(status, 501 | 505)
        };
        match self.kind() {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Connection => true,
            ErrorKind::Status => self
                .status()
                .is_some_and(|it| is_transient_status(it.into())),
            // Likely: the error codes of bot operations are HTTP status codes.
            ErrorKind::Unsuccessful => self.code().is_some_and(is_transient_status),
            _ => false,
        }
    }

    /// Returns `true` if the user has to log in again, or a new token has to be created.
    ///
    /// This is the case if the service rejects the access token (401) and it cannot be refreshed or was just
    /// refreshed, if the refresh token or the authorization code is no longer valid (`invalid_grant`), if
    /// there is nothing to get a token with, and if the login was denied. It is `false` for bot operations,
    /// which have no login.
    ///
    /// # Troubleshooting
    ///
    /// Start a new login with [`AuthorizationCode`](crate::auth::AuthorizationCode), or create a new personal
    /// token. If this happens soon after a login, another program has likely used the same refresh token.
    #[doc(alias = "invalid_grant")]
    #[doc(alias = "expired")]
    pub fn needs_login(&self) -> bool {
        if let Some(cause) = self.cause() {
            return cause.needs_login();
        }
        if let Some(outlook) = self.attachment() {
            return matches!(outlook, Outlook::NeedsLogin);
        }
        let Some(operation) = self.inner.operation else {
            return false;
        };
        if operation.id == OAUTH_TOKEN.id {
            return self.oauth_error() == Some("invalid_grant");
        }
        let takes_token = matches!(operation.authorization, Authorization::Bearer { .. });
        takes_token && self.is_unauthorized()
    }

    /// Returns `true` if an argument is invalid. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// The message names the argument and a valid value.
    pub fn is_invalid_input(&self) -> bool {
        self.kind() == ErrorKind::InvalidInput
    }

    /// Returns `true` if the client cannot be created, no tokio runtime is running, or the client has no
    /// login and the operation needs one. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// Enable one of the TLS features `rustls` and `native-tls`, check the options set in
    /// [`configure_http`](crate::ClientBuilder::configure_http) for contradictions, or await requests inside
    /// a tokio runtime.
    pub fn is_configuration(&self) -> bool {
        self.kind() == ErrorKind::Configuration
    }

    /// Returns `true` if no access token is available, so the request was not sent.
    ///
    /// # Troubleshooting
    ///
    /// The error of the token endpoint, the token store or the token provider is part of the message and of
    /// [`messages`](Error::messages). `invalid_grant` means that the refresh token is no longer valid, so
    /// the person has to log in again (likely).
    pub fn is_authentication(&self) -> bool {
        self.kind() == ErrorKind::Authentication
    }

    /// Returns `true` if reading a file to upload failed, or the file changed meanwhile.
    ///
    /// # Troubleshooting
    ///
    /// The upload was aborted, so the service stores nothing (likely). The message contains the cause.
    /// Upload the file again when no other program writes to it.
    pub fn is_file_read(&self) -> bool {
        self.kind() == ErrorKind::FileRead
    }

    /// Returns `true` if no connection to the service could be made, or the service refused the request
    /// without processing it (HTTP/2 `REFUSED_STREAM` or `GOAWAY`).
    ///
    /// # Troubleshooting
    ///
    /// The base URL is wrong, the network or the service is down, or a proxy blocks the connection. A service
    /// that refuses requests is overloaded or restarting. It is safe to retry.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Returns `true` if the request timed out.
    ///
    /// # Troubleshooting
    ///
    /// The service may have processed the request: before sending a message again, check whether it exists.
    /// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) and
    /// [`operation_timeout`](crate::ClientBuilder::operation_timeout) set the limits.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Returns `true` if the connection broke after a part of the request was sent.
    ///
    /// # Troubleshooting
    ///
    /// The service may have processed the request: before sending a message again, check whether it exists.
    pub fn is_connection(&self) -> bool {
        self.kind() == ErrorKind::Connection
    }

    /// Returns `true` if the service responded with a redirect, which is never followed.
    ///
    /// # Troubleshooting
    ///
    /// The base URL does not belong to the service; the message contains the target of the redirect.
    pub fn is_redirect(&self) -> bool {
        self.kind() == ErrorKind::Redirect
    }

    /// Returns `true` if the service rejected the access token (401).
    ///
    /// # Troubleshooting
    ///
    /// The token has expired, was revoked, was replaced by a refresh elsewhere, or belongs to another
    /// environment.
    #[doc(alias = "401")]
    pub fn is_unauthorized(&self) -> bool {
        self.has_error_status(401)
    }

    /// Returns `true` if the access token does not permit the operation (403).
    ///
    /// # Troubleshooting
    ///
    /// The token lacks a scope; the message names the one that the operation needs. Likely: seen in a live
    /// integration.
    #[doc(alias = "403")]
    #[doc(alias = "scope")]
    pub fn is_forbidden(&self) -> bool {
        self.has_error_status(403)
    }

    /// Returns `true` if the requested resource does not exist (404).
    ///
    /// # Troubleshooting
    ///
    /// The id is wrong or not visible to the token's user. If the message is `404 page not found`, the
    /// service does not know the path, so the base URL is likely wrong (both likely: seen in a live
    /// integration).
    #[doc(alias = "404")]
    pub fn is_not_found(&self) -> bool {
        self.has_error_status(404)
    }

    /// Returns `true` if the service rejected the request as invalid (422).
    ///
    /// # Troubleshooting
    ///
    /// [`validation`](Error::validation) lists the invalid fields.
    #[doc(alias = "422")]
    pub fn is_validation(&self) -> bool {
        self.has_error_status(422)
    }

    /// Returns `true` if the service is rate limiting requests (429).
    ///
    /// # Troubleshooting
    ///
    /// Wait before the next request, for the duration of [`retry_after`](Error::retry_after) if it is set.
    /// The client has already waited and retried up to its limits; [`retry_limit`](Error::retry_limit)
    /// returns the one it met. Meanwhile other calls of the same login wait too, or fail in the same way
    /// with zero [`attempts`](Error::attempts). Unknown: the rate limits of the service,
    /// which are not published.
    #[doc(alias = "429")]
    #[doc(alias = "rate limit")]
    #[doc(alias = "rate_limit")]
    #[doc(alias = "too many requests")]
    #[doc(alias = "too_many_requests")]
    pub fn is_rate_limited(&self) -> bool {
        self.has_error_status(429)
    }

    /// Returns `true` if the service failed (status 500 or higher).
    ///
    /// # Troubleshooting
    ///
    /// The service may have processed the request: before sending a message again, check whether it exists.
    pub fn is_server_error(&self) -> bool {
        self.kind() == ErrorKind::Status && self.status().is_some_and(|status| status >= 500)
    }

    /// Returns `true` if the service reported a failure with a success status.
    ///
    /// # Troubleshooting
    ///
    /// A bot operation returned `ok: false`: [`messages`](Error::messages) and [`code`](Error::code)
    /// contain the reason if there is one, likely an invalid bot token. Or the service did not accept the ids
    /// to delete or forward. Unknown: under which conditions.
    pub fn is_unsuccessful(&self) -> bool {
        self.kind() == ErrorKind::Unsuccessful
    }

    /// Returns `true` if the response is larger than the limit.
    ///
    /// # Troubleshooting
    ///
    /// Request less at once, or raise [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    pub fn is_response_too_large(&self) -> bool {
        self.kind() == ErrorKind::ResponseTooLarge
    }

    /// Returns `true` if the response is a success that cannot be decoded.
    ///
    /// # Troubleshooting
    ///
    /// The base URL does not belong to the service, or the service has changed; the message contains the
    /// path of the invalid value. Do not send a message again: the service very likely accepted it.
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// Returns `true` if an item of a list cannot be decoded. The next call continues after it.
    ///
    /// # Troubleshooting
    ///
    /// [`unreadable_item`](Error::unreadable_item) returns the item as received. Continue reading: the other
    /// items are not affected. If the field named in the message is one that many items have, the service
    /// has changed, and a newer version of this crate is needed.
    pub fn is_unreadable_item(&self) -> bool {
        self.kind() == ErrorKind::UnreadableItem
    }

    /// Returns `true` if the completeness of a list cannot be guaranteed.
    ///
    /// # Troubleshooting
    ///
    /// More chats share one second than the service returns on a page:
    /// [`incomplete_at`](Error::incomplete_at) returns the second, and the next call continues after it. Or no
    /// message of a page has an id that can be decoded, so the messages after them are out of reach.
    pub fn is_incomplete_list(&self) -> bool {
        self.kind() == ErrorKind::IncompleteList
    }

    fn has_error_status(&self, status: u16) -> bool {
        self.kind() == ErrorKind::Status && self.status() == Some(status)
    }
}
