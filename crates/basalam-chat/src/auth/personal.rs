//! A token from the developer panel.

use std::fmt;
use std::sync::Arc;

use super::{OAuthClient, TokenSet, TokenStore};

/// A personal access token, as Basalam's developer panel gives it.
///
/// Certain, from the vendor's documentation: such a token acts for the user who made it, within the
/// scopes that were chosen, and lives for about a year. With the refresh token that came with it, the
/// client renews it by itself.
///
/// # Examples
///
/// ```
/// use basalam_chat::PersonalToken;
///
/// let token = PersonalToken::new("access-token");
/// assert_eq!(format!("{token:?}"), "PersonalToken([redacted])");
/// ```
#[derive(Clone)]
#[must_use = "a token does nothing until a client is made of it"]
pub struct PersonalToken {
    pub(super) tokens: TokenSet,
    /// What refreshing needs.
    pub(super) refresh: Option<OAuthClient>,
    pub(super) store: Option<Arc<dyn TokenStore>>,
}

impl PersonalToken {
    /// Takes the access token in. It is kept as a secret from here on.
    ///
    /// It is checked when a client is made of it.
    pub fn new(access_token: impl Into<String>) -> PersonalToken {
        PersonalToken {
            tokens: TokenSet::new(access_token),
            refresh: None,
            store: None,
        }
    }

    /// Lets the client renew the token, once the service no longer accepts it.
    ///
    /// Likely, from a live integration: it needs the id and the secret of a client of your own, and a
    /// refresh ends the token before it. So keep the new ones: see [`store`](PersonalToken::store).
    pub fn refreshable(
        mut self,
        refresh_token: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> PersonalToken {
        self.tokens = self.tokens.with_refresh_token(refresh_token);
        self.refresh = Some(OAuthClient::new(client_id, client_secret));
        self
    }

    /// Keeps renewed tokens here, and starts from them: where the store holds some, they take the place
    /// of the access token and the refresh token given.
    pub fn store(mut self, store: impl TokenStore + 'static) -> PersonalToken {
        self.store = Some(Arc::new(store));
        self
    }
}

impl fmt::Debug for PersonalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalToken([redacted])")
    }
}
