//! The login of a person.

use std::fmt;

use super::authentication::{Authentication, CodeGrant, InitialTokens, TokenSource};
use super::oauth_client::OAuthClient;
use super::store::TokenStore;

/// The login of a person, from which a [`Client`](crate::Client) is created; see
/// [`AuthorizationCode`](super::AuthorizationCode).
#[derive(Clone)]
#[must_use = "a login does nothing until it is passed to a client"]
pub struct Login {
    pub(super) client: OAuthClient,
    /// Missing if the tokens come from the store alone.
    pub(super) code: Option<CodeGrant>,
    pub(super) store: Option<TokenStore>,
}

impl Login {
    /// Saves the person's tokens in a store, so that they need not log in again after a restart.
    pub fn store(mut self, store: TokenStore) -> Login {
        self.store = Some(store);
        self
    }
}

impl From<Login> for Authentication {
    fn from(login: Login) -> Authentication {
        let code = login.code.map(InitialTokens::Code);
        Authentication {
            tokens: None,
            source: Some(TokenSource::OAuth {
                client: Some(login.client),
                initial: code.unwrap_or(InitialTokens::Existing),
                store: login.store,
            }),
        }
    }
}

/// Contains no secret and no authorization code.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("client_id", &self.client.id)
            .field("has_code", &self.code.is_some())
            .finish_non_exhaustive()
    }
}
