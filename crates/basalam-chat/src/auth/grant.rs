//! What a login allows.

use std::time::SystemTime;

use basalam_chat_api::newtypes::Scope;

use super::TokenSet;
use crate::{Client, Error};

/// What the client's token allows, and how long; given by [`Client::authenticate`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TokenInfo {
    /// What was granted, where the service said so. Unknown: whether it ever does.
    pub scopes: Option<Vec<Scope>>,
    /// When the token ends, where that is known.
    pub expires_at: Option<SystemTime>,
}

impl TokenInfo {
    /// Whether a scope was granted, by its own name or with all of them; nothing where the service did not
    /// say.
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

impl Client {
    /// Gets a token where none is at hand that is still good, and tells what it allows.
    ///
    /// Requests do so by themselves. It is for whoever wants to know at the start that the login works.
    /// Nothing is asked of the service where the token cannot be renewed, as with a bare
    /// [`PersonalToken`](crate::PersonalToken).
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) where no token can be got.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, auth::Scope};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// if client.authenticate().await?.allows(&Scope::CustomerChatWrite) == Some(false) {
    ///     println!("this login may only read");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn authenticate(&self) -> Result<TokenInfo, Error> {
        let current = self.transport().authenticate().await?;
        Ok(TokenInfo::from(current.tokens()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_allowed_by_its_name_and_by_the_one_for_all() {
        let grant = |tokens: &TokenSet| TokenInfo::from(tokens).allows(&Scope::CustomerChatWrite);
        let tokens = TokenSet::new("token");
        assert_eq!(grant(&tokens), None);
        assert_eq!(grant(&tokens.clone().with_scopes([])), Some(false));
        let read = tokens.clone().with_scopes([Scope::CustomerChatRead]);
        assert_eq!(grant(&read), Some(false));
        let write = tokens.clone().with_scopes([Scope::CustomerChatWrite]);
        assert_eq!(grant(&write), Some(true));
        assert_eq!(grant(&tokens.with_scopes([Scope::All])), Some(true));
    }
}
