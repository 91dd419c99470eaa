//! The scopes and the expiry of an access token.

use std::time::SystemTime;

use basalam_chat_api::newtypes::Scope;
use serde::{Serialize, Serializer};

use super::token_set::TokenSet;

/// The scopes and the expiry of the client's token; returned by
/// [`Client::authenticate`](crate::Client::authenticate). Contains no token.
///
/// It serializes as an object with the fields `scopes`, a list of strings or null, and `expires_at`, in whole
/// seconds since the Unix epoch or null.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TokenInfo {
    /// The granted scopes, if the service reported them. Unknown: whether it ever does.
    pub scopes: Option<Vec<Scope>>,
    /// The time at which the token expires, if it is known.
    #[serde(serialize_with = "unix_seconds")]
    pub expires_at: Option<SystemTime>,
}

impl TokenInfo {
    /// Returns `true` if a scope was granted, itself or as part of all scopes, and `None` if the service did
    /// not report the scopes.
    pub fn allows(&self, scope: &Scope) -> Option<bool> {
        let scopes = self.scopes.as_deref()?;
        Some(scopes.contains(scope) || scopes.contains(&Scope::All))
    }
}

/// Serializes a time as the stored form of a [`TokenSet`] has it.
fn unix_seconds<S: Serializer>(
    time: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let seconds = |time: &SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok();
    let seconds = time.as_ref().and_then(seconds);
    seconds.map(|since| since.as_secs()).serialize(serializer)
}

impl From<&TokenSet> for TokenInfo {
    fn from(tokens: &TokenSet) -> TokenInfo {
        TokenInfo {
            scopes: tokens.scopes().map(<[Scope]>::to_vec),
            expires_at: tokens.expires_at(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn allows_granted_scopes_and_all_scopes() {
        let allows = |tokens: &TokenSet| TokenInfo::from(tokens).allows(&Scope::CustomerChatWrite);
        let tokens = TokenSet::new("token");
        assert_eq!(allows(&tokens), None);
        assert_eq!(allows(&tokens.clone().with_scopes([])), Some(false));
        let read = tokens.clone().with_scopes([Scope::CustomerChatRead]);
        assert_eq!(allows(&read), Some(false));
        let write = tokens.clone().with_scopes([Scope::CustomerChatWrite]);
        assert_eq!(allows(&write), Some(true));
        assert_eq!(allows(&tokens.with_scopes([Scope::All])), Some(true));
    }

    #[test]
    fn serializes_scopes_and_expiry_but_no_token() {
        let json = |tokens: &TokenSet| serde_json::to_string(&TokenInfo::from(tokens)).unwrap();
        let tokens = TokenSet::new("canary").with_refresh_token("canary-2");
        assert_eq!(json(&tokens), r#"{"scopes":null,"expires_at":null}"#);
        let tokens = tokens
            .with_scopes([Scope::CustomerChatRead])
            .with_expiry(SystemTime::UNIX_EPOCH + Duration::from_millis(1_800_000_000_500));
        let expected = r#"{"scopes":["customer.chat.read"],"expires_at":1800000000}"#;
        assert_eq!(json(&tokens), expected);
        let before_the_epoch = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        let tokens = TokenSet::new("canary").with_expiry(before_the_epoch);
        assert_eq!(json(&tokens), r#"{"scopes":null,"expires_at":null}"#);
    }
}
