//! What a login gave: an access token, and what belongs to it.

use std::fmt;
use std::time::{Duration, SystemTime};

use basalam_chat_api::newtypes::Scope;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::Error;

/// An access token with what belongs to it: a refresh token, a time of expiry, granted scopes.
///
/// It is what a [`TokenStore`](super::TokenStore) keeps and a [`TokenProvider`](super::TokenProvider)
/// gives. Its tokens are shown by the methods named `expose_…` alone.
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
    /// From being given to expiring, where it is known.
    lifetime: Option<Duration>,
    scopes: Option<Vec<Scope>>,
}

/// How long before its end a token is renewed, at most.
const AHEAD: Duration = Duration::from_secs(300);

impl TokenSet {
    /// Takes an access token in, without the word `Bearer`.
    pub fn new(access_token: impl Into<String>) -> TokenSet {
        TokenSet {
            access_token: SecretString::from(access_token.into()),
            refresh_token: None,
            expires_at: None,
            lifetime: None,
            scopes: None,
        }
    }

    /// Adds the refresh token that came with it.
    pub fn with_refresh_token(mut self, refresh_token: impl Into<String>) -> TokenSet {
        self.refresh_token = Some(SecretString::from(refresh_token.into()));
        self
    }

    /// Adds when the access token ends. Without it, the token is used until the service refuses it.
    pub fn with_expiry(mut self, expires_at: SystemTime) -> TokenSet {
        self.expires_at = Some(expires_at);
        self.lifetime = None;
        self
    }

    /// Adds what was granted.
    pub fn with_scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> TokenSet {
        self.scopes = Some(scopes.into_iter().collect());
        self
    }

    /// The access token itself. Keep it where nobody else can read it.
    pub fn expose_access_token(&self) -> &str {
        self.access_token.expose_secret()
    }

    /// The refresh token itself, where there is one. Keep it where nobody else can read it.
    pub fn expose_refresh_token(&self) -> Option<&str> {
        self.refresh_token.as_ref().map(ExposeSecret::expose_secret)
    }

    /// When the access token ends, where that is known.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// What was granted, where the service said so. Unknown: whether it ever does.
    pub fn scopes(&self) -> Option<&[Scope]> {
        self.scopes.as_deref()
    }

    /// Writes everything as JSON, tokens included, for a [`TokenStore`](super::TokenStore) of your own.
    pub fn expose_as_json(&self) -> String {
        let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok();
        let stored = Stored {
            access_token: self.expose_access_token().into(),
            refresh_token: self.expose_refresh_token().map(Into::into),
            expires_at: self
                .expires_at
                .and_then(seconds)
                .map(|since| since.as_secs()),
            lifetime: self.lifetime.map(|lifetime| lifetime.as_secs()),
            scopes: self.scopes.clone(),
        };
        // Texts and numbers alone: nothing of it can fail to be JSON.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Reads what [`expose_as_json`](TokenSet::expose_as_json) wrote.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for any other text. It is not repeated.
    pub fn from_json(json: &str) -> Result<TokenSet, Error> {
        let stored = serde_json::from_str(json);
        let stored: Stored = stored.map_err(|error: serde_json::Error| {
            Error::invalid_input(
                "json",
                &format!(
                    "holds no tokens (line {}, column {})",
                    error.line(),
                    error.column()
                ),
                "give the text that `expose_as_json` wrote",
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

    /// Takes what a token endpoint said of the lifetime, in seconds.
    pub(super) fn living_for(mut self, seconds: Option<u64>, now: SystemTime) -> TokenSet {
        // Zero says nothing of use: the token has just been given.
        let lifetime = seconds
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs);
        self.expires_at = lifetime.and_then(|lifetime| now.checked_add(lifetime));
        self.lifetime = lifetime;
        self
    }

    /// Notes when a provider gave it, which tells how long it lives.
    pub(super) fn given_at(mut self, now: SystemTime) -> TokenSet {
        let left = self.expires_at.and_then(|end| end.duration_since(now).ok());
        self.lifetime = self.lifetime.or(left);
        self
    }

    /// Keeps the refresh token of an older set where this one came without one.
    pub(super) fn refreshed_from(mut self, older: &TokenSet) -> TokenSet {
        if self.refresh_token.is_none() {
            self.refresh_token = older.refresh_token.clone();
        }
        if self.scopes.is_none() {
            self.scopes = older.scopes.clone();
        }
        self
    }

    pub(super) fn is_over(&self, now: SystemTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether it is time for a new one: shortly before the end, five minutes or a tenth of the lifetime.
    pub(super) fn is_due(&self, now: SystemTime) -> bool {
        let ahead = self
            .lifetime
            .map_or(AHEAD, |lifetime| AHEAD.min(lifetime / 10));
        let soon = now.checked_add(ahead).unwrap_or(now);
        self.expires_at.is_some_and(|end| end <= soon)
    }

    pub(super) fn is_same_as(&self, other: &TokenSet) -> bool {
        self.expose_access_token() == other.expose_access_token()
    }

    /// The value of the `Authorization` header, marked as a secret.
    pub(super) fn header(&self) -> Result<HeaderValue, Error> {
        let refuse = |problem| {
            Error::invalid_input(
                "token",
                problem,
                "copy the access token again, and nothing else",
            )
        };
        let token = self.expose_access_token();
        if token.is_empty() {
            return Err(refuse("is empty"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse(
                "has a space, a line end or another character that no token has",
            ));
        }
        let header = SecretString::from(format!("Bearer {token}"));
        let mut header = HeaderValue::from_str(header.expose_secret())
            .map_err(|_| refuse("has a character that no header can carry"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// Both tokens.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.access_token).chain(&self.refresh_token)
    }
}

/// The stored form. Strings, as serde writes no secrets; they live as long as the text itself.
#[derive(Deserialize, Serialize)]
struct Stored {
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lifetime: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<Scope>>,
}

/// Shows no token.
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
    fn what_was_written_as_json_is_read_back() {
        let tokens = TokenSet::new("access")
            .with_refresh_token("refresh")
            .with_scopes([Scope::CustomerChatRead, Scope::from("invented")])
            .living_for(Some(3600), at(1000));
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
    fn a_text_that_holds_no_tokens_is_refused_and_not_repeated() {
        for text in ["", "{}", "{\"access_token\": 1}", "canary"] {
            let error = TokenSet::from_json(text).unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(!format!("{error}{error:?}").contains("canary"));
        }
    }

    #[test]
    fn a_token_is_due_shortly_before_it_ends() {
        let year = TokenSet::new("a").living_for(Some(31_622_400), at(0));
        assert!(!year.is_due(at(31_622_099)));
        assert!(year.is_due(at(31_622_100)) && !year.is_over(at(31_622_100)));
        assert!(year.is_over(at(31_622_400)));
        let minute = TokenSet::new("a").living_for(Some(60), at(0));
        assert!(!minute.is_due(at(53)) && minute.is_due(at(54)));
        let unknown = TokenSet::new("a").living_for(Some(0), at(0));
        assert!(!unknown.is_due(at(u32::MAX.into())));
        let endless = TokenSet::new("a").living_for(Some(u64::MAX), at(0));
        assert!(!endless.is_due(at(0)));
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused_and_not_repeated() {
        for (token, problem) in [
            ("", "is empty"),
            ("canary-token\n", "has a space, a line end"),
            ("Bearer canary-token", "has a space, a line end"),
            ("canary-\u{6cc}", "has a space, a line end"),
        ] {
            let error = TokenSet::new(token).header().unwrap_err();
            assert!(error.is_invalid_input());
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(problem), "{shown}");
            assert!(!shown.contains("canary"), "{shown}");
        }
    }

    #[test]
    fn the_header_is_marked_as_a_secret() {
        let header = TokenSet::new("canary").header().unwrap();
        assert!(header.is_sensitive());
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
