//! The scopes and the expiry of an access token.

use std::time::SystemTime;

use basalam_chat_api::newtypes::Scope;

use super::token_set::TokenSet;

/// The scopes and the expiry of the client's token; returned by
/// [`Client::authenticate`](crate::Client::authenticate).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TokenInfo {
    /// The granted scopes, if the service reported them. Unknown: whether it ever does.
    pub scopes: Option<Vec<Scope>>,
    /// The time at which the token expires, if it is known.
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
}
