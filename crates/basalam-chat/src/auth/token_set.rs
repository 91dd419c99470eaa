//! An access token with its refresh token, expiry and scopes.

use std::fmt;
use std::time::{Duration, SystemTime};

use basalam_chat_api::newtypes::Scope;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::Error;

/// An access token with its refresh token, expiry and scopes.
///
/// A [`TokenStore`](super::TokenStore) saves it and a [`TokenProvider`](super::TokenProvider) returns it.
/// Only the methods named `expose_…` return the tokens themselves.
///
/// # Examples
///
/// ```
/// use basalam_chat::auth::TokenSet;
///
/// let tokens = TokenSet::new("access-token").with_refresh_token("refresh-token");
/// assert_eq!(tokens.expose_access_token(), "access-token");
/// assert!(!format!("{tokens:?}").contains("access-token"));
/// ```
#[derive(Clone)]
pub struct TokenSet {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
    expires_at: Option<SystemTime>,
    /// The time from issue to expiry, if it is known.
    lifetime: Option<Duration>,
    scopes: Option<Vec<Scope>>,
}

/// The longest time before its expiry at which a token is refreshed.
const REFRESH_LEEWAY: Duration = Duration::from_secs(300);

impl TokenSet {
    /// Creates a set from an access token, without the prefix `Bearer`.
    pub fn new(access_token: impl Into<String>) -> TokenSet {
        TokenSet {
            access_token: SecretString::from(access_token.into()),
            refresh_token: None,
            expires_at: None,
            lifetime: None,
            scopes: None,
        }
    }

    /// Adds a refresh token.
    pub fn with_refresh_token(mut self, refresh_token: impl Into<String>) -> TokenSet {
        self.refresh_token = Some(SecretString::from(refresh_token.into()));
        self
    }

    /// Adds the expiry of the access token. Without it, the token is used until the service rejects it.
    pub fn with_expiry(mut self, expires_at: SystemTime) -> TokenSet {
        self.expires_at = Some(expires_at);
        self.lifetime = None;
        self
    }

    /// Adds the granted scopes.
    pub fn with_scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> TokenSet {
        self.scopes = Some(scopes.into_iter().collect());
        self
    }

    /// Returns the access token. Keep it secret.
    pub fn expose_access_token(&self) -> &str {
        self.access_token.expose_secret()
    }

    /// Returns the refresh token, if there is one. Keep it secret.
    pub fn expose_refresh_token(&self) -> Option<&str> {
        self.refresh_token.as_ref().map(ExposeSecret::expose_secret)
    }

    /// Returns the expiry of the access token, if it is known.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// Returns the granted scopes, if the service reported them. Unknown: whether it ever does.
    pub fn scopes(&self) -> Option<&[Scope]> {
        self.scopes.as_deref()
    }

    /// Serializes the set as JSON, including the tokens, for custom storage.
    pub fn expose_as_json(&self) -> String {
        let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok();
        let stored = StoredTokens {
            access_token: self.expose_access_token().into(),
            refresh_token: self.expose_refresh_token().map(Into::into),
            expires_at: self
                .expires_at
                .and_then(seconds)
                .map(|since| since.as_secs()),
            lifetime: self.lifetime.map(|lifetime| lifetime.as_secs()),
            scopes: self.scopes.clone(),
        };
        // Strings and integers always serialize.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Parses the JSON of [`expose_as_json`](TokenSet::expose_as_json).
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for any other string, which is not part of the error.
    pub fn from_json(json: &str) -> Result<TokenSet, Error> {
        let stored = serde_json::from_str(json);
        let stored: StoredTokens = stored.map_err(|error: serde_json::Error| {
            Error::invalid_input(
                "json",
                &format!(
                    "contains no tokens (line {}, column {})",
                    error.line(),
                    error.column()
                ),
                "pass the JSON that `expose_as_json` returned",
            )
        })?;
        let time = |seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        Ok(TokenSet {
            access_token: SecretString::from(stored.access_token),
            refresh_token: stored.refresh_token.map(SecretString::from),
            expires_at: stored.expires_at.and_then(time),
            lifetime: stored.lifetime.map(Duration::from_secs),
            scopes: stored.scopes,
        })
    }

    /// Sets the expiry from the `expires_in` of a token response, in seconds.
    pub(super) fn with_expires_in(mut self, seconds: Option<u64>, now: SystemTime) -> TokenSet {
        // Zero is ignored: the token has just been issued.
        let lifetime = seconds
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs);
        self.expires_at = lifetime.and_then(|lifetime| now.checked_add(lifetime));
        self.lifetime = lifetime;
        self
    }

    /// Sets the lifetime of a token that a provider has just returned.
    pub(super) fn received_at(mut self, now: SystemTime) -> TokenSet {
        let left = self.expires_at.and_then(|end| end.duration_since(now).ok());
        self.lifetime = self.lifetime.or(left);
        self
    }

    /// Copies the refresh token and the scopes of the previous set, unless this one has its own.
    pub(super) fn inherit_from(mut self, previous: &TokenSet) -> TokenSet {
        if self.refresh_token.is_none() {
            self.refresh_token = previous.refresh_token.clone();
        }
        if self.scopes.is_none() {
            self.scopes = previous.scopes.clone();
        }
        self
    }

    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Returns `true` shortly before the expiry.
    pub(super) fn needs_refresh(&self, now: SystemTime) -> bool {
        let soon = now.checked_add(self.refresh_leeway()).unwrap_or(now);
        self.expires_at.is_some_and(|end| end <= soon)
    }

    /// Returns how long before its expiry the token is refreshed: five minutes or a tenth of the lifetime, if that is
    /// shorter.
    pub(super) fn refresh_leeway(&self) -> Duration {
        self.lifetime
            .map_or(REFRESH_LEEWAY, |lifetime| REFRESH_LEEWAY.min(lifetime / 10))
    }

    /// Returns the time since the token was issued, if it is known.
    pub(super) fn age(&self, now: SystemTime) -> Option<Duration> {
        let issued_at = self.expires_at?.checked_sub(self.lifetime?)?;
        now.duration_since(issued_at).ok()
    }

    pub(super) fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    pub(super) fn has_same_access_token(&self, other: &TokenSet) -> bool {
        self.expose_access_token() == other.expose_access_token()
    }

    pub(super) fn has_same_tokens(&self, other: &TokenSet) -> bool {
        self.has_same_access_token(other)
            && self.expose_refresh_token() == other.expose_refresh_token()
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
    pub(super) fn header(&self) -> Result<HeaderValue, Error> {
        let invalid = |problem| {
            Error::invalid_input(
                "token",
                problem,
                "copy the access token again, without any other characters",
            )
        };
        let token = self.expose_access_token();
        if token.is_empty() {
            return Err(invalid("is empty"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid(
                "has a space, a line break or another character that is not allowed in a token",
            ));
        }
        let header = SecretString::from(format!("Bearer {token}"));
        let mut header = HeaderValue::from_str(header.expose_secret())
            .map_err(|_| invalid("has a character that is not allowed in a header"))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// The JSON form. It has plain strings, since serde does not serialize secrets.
#[derive(Deserialize, Serialize)]
struct StoredTokens {
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lifetime: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<Scope>>,
}

/// Contains no token.
impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("has_refresh_token", &self.refresh_token.is_some())
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn json_roundtrip_keeps_all_fields() {
        let tokens = TokenSet::new("access")
            .with_refresh_token("refresh")
            .with_scopes([Scope::CustomerChatRead, Scope::from("invented")])
            .with_expires_in(Some(3600), at(1000));
        let read = TokenSet::from_json(&tokens.expose_as_json()).unwrap();
        assert_eq!(read.expose_access_token(), "access");
        assert_eq!(read.expose_refresh_token(), Some("refresh"));
        assert_eq!(read.expires_at(), Some(at(4600)));
        assert_eq!(read.lifetime, Some(Duration::from_secs(3600)));
        assert_eq!(read.scopes(), tokens.scopes());
        let bare = TokenSet::from_json(&TokenSet::new("access").expose_as_json()).unwrap();
        assert_eq!(bare.expires_at(), None);
    }

    #[test]
    fn rejects_json_without_tokens_and_does_not_repeat_it() {
        for text in ["", "{}", "{\"access_token\": 1}", "canary"] {
            let error = TokenSet::from_json(text).unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(!format!("{error}{error:?}").contains("canary"));
        }
    }

    #[test]
    fn needs_refresh_shortly_before_expiry() {
        let year = TokenSet::new("a").with_expires_in(Some(31_622_400), at(0));
        assert!(!year.needs_refresh(at(31_622_099)));
        assert!(year.needs_refresh(at(31_622_100)) && !year.is_expired(at(31_622_100)));
        assert!(year.is_expired(at(31_622_400)));
        let minute = TokenSet::new("a").with_expires_in(Some(60), at(0));
        assert!(!minute.needs_refresh(at(53)) && minute.needs_refresh(at(54)));
        let unknown = TokenSet::new("a").with_expires_in(Some(0), at(0));
        assert!(!unknown.needs_refresh(at(u32::MAX.into())));
        let endless = TokenSet::new("a").with_expires_in(Some(u64::MAX), at(0));
        assert!(!endless.needs_refresh(at(0)));
    }

    #[test]
    fn rejects_token_that_is_invalid_in_a_header_and_does_not_repeat_it() {
        for (token, problem) in [
            ("", "is empty"),
            ("canary-token\n", "has a space, a line break"),
            ("Bearer canary-token", "has a space, a line break"),
            ("canary-\u{6cc}", "has a space, a line break"),
        ] {
            let error = TokenSet::new(token).header().unwrap_err();
            assert!(error.is_invalid_input());
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(problem), "{shown}");
            assert!(!shown.contains("canary"), "{shown}");
        }
    }

    #[test]
    fn header_is_marked_sensitive() {
        let header = TokenSet::new("canary").header().unwrap();
        assert!(header.is_sensitive());
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
