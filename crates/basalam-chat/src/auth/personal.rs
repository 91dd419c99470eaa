//! A personal access token.

use std::fmt;

use super::authentication::{Authentication, InitialTokens, TokenSource};
use super::oauth_client::OAuthClient;
use super::store::TokenStore;
use super::token_set::TokenSet;

/// A personal access token from Basalam's developer panel.
///
/// Certain, from the vendor's documentation: the token acts for the user who created it, within the scopes
/// chosen there, and is valid for about a year. With the refresh token issued with it, the client refreshes
/// it automatically.
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
#[must_use = "a token does nothing until it is passed to a client"]
pub struct PersonalToken {
    tokens: TokenSet,
    /// The client that refreshes the token.
    refresh_client: Option<OAuthClient>,
    store: Option<TokenStore>,
}

impl PersonalToken {
    /// Creates a personal token from an access token.
    ///
    /// The token is validated when it is passed to a client.
    pub fn new(access_token: impl Into<String>) -> PersonalToken {
        PersonalToken {
            tokens: TokenSet::new(access_token),
            refresh_client: None,
            store: None,
        }
    }

    /// Adds the refresh token that was issued with the access token, to refresh it after the service rejects
    /// it.
    ///
    /// Unknown: whether the service refreshes a token without the id and secret of a client (likely not,
    /// from a live integration). If it does not, requests fail with
    /// [`oauth_error`](crate::Error::oauth_error) `invalid_client` (likely) once the access token has
    /// expired: use [`refreshable`](PersonalToken::refreshable) then. A refresh invalidates the previous
    /// token. Save the new one: see [`store`](PersonalToken::store).
    ///
    /// # Examples
    ///
    /// ```
    /// use basalam_chat::PersonalToken;
    /// use basalam_chat::auth::TokenStore;
    ///
    /// let token = PersonalToken::new("access-token")
    ///     .refresh_token("refresh-token")
    ///     .store(TokenStore::directory("basalam-tokens"));
    /// ```
    pub fn refresh_token(mut self, refresh_token: impl Into<String>) -> PersonalToken {
        self.tokens = self.tokens.with_refresh_token(refresh_token);
        self.refresh_client.get_or_insert_with(OAuthClient::public);
        self
    }

    /// Enables refreshing the token after the service rejects it, with the id and secret of a client.
    ///
    /// Likely, from a live integration: this requires the id and secret of a client that you registered, and
    /// a refresh invalidates the previous token. Save the new one: see [`store`](PersonalToken::store).
    pub fn refreshable(
        mut self,
        refresh_token: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> PersonalToken {
        self.tokens = self.tokens.with_refresh_token(refresh_token);
        self.refresh_client = Some(OAuthClient::new(client_id, client_secret));
        self
    }

    /// Saves refreshed tokens in a store. Tokens that the store already contains replace the access token
    /// and the refresh token passed here.
    pub fn store(mut self, store: TokenStore) -> PersonalToken {
        self.store = Some(store);
        self
    }
}

impl From<PersonalToken> for Authentication {
    fn from(token: PersonalToken) -> Authentication {
        let (client, store) = (token.refresh_client, token.store);
        let has_source = client.is_some() || store.is_some();
        Authentication {
            tokens: Some(token.tokens),
            source: has_source.then_some(TokenSource::OAuth {
                client,
                initial: InitialTokens::Existing,
                store,
            }),
        }
    }
}

impl fmt::Debug for PersonalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalToken([redacted])")
    }
}
