//! Authentication: who the client acts for, and how it keeps being allowed to.
//!
//! | from | for |
//! | --- | --- |
//! | [`PersonalToken`] | your own account: a token from the developer panel |
//! | [`AuthorizationCode`] | other people's accounts, after they have logged in |
//! | [`ClientCredentials`] | your client itself, without a user |
//! | [`TokenProvider`] | whatever else gives access tokens |
//!
//! Each of them makes a [`Client`](crate::Client). A token that can be renewed is renewed shortly before
//! it ends, and once when the service refuses it (401); the request is then sent again. However many
//! requests wait, one renewal is made for all of them, and it goes on where the request that began it is
//! dropped, as long as its runtime lives: let a program wait for its last requests before it ends. A
//! renewal that fails is told to each of them, with its cause; for a second after it, nobody asks again.

mod authorization_code;
mod client_credentials;
mod endpoint;
mod grant;
mod login;
mod oauth_client;
mod personal;
mod provider;
mod renewal;
mod store;
mod token_set;
mod tokens;

use std::fmt;
use std::sync::Arc;

pub use authorization_code::{AuthorizationCode, AuthorizationRequest};
pub use basalam_chat_api::newtypes::Scope;
pub use client_credentials::ClientCredentials;
pub(crate) use endpoint::Endpoint;
pub use grant::TokenInfo;
pub use login::Login;
pub use personal::PersonalToken;
pub use provider::TokenProvider;
pub use store::{AuthFuture, BoxError, FileTokenStore, MemoryTokenStore, TokenStore};
pub use token_set::TokenSet;
pub(crate) use tokens::{Asked, Current, Renewed, Tokens};

use crate::Error;
use oauth_client::OAuthClient;
use renewal::{First, Renewal};

/// What a client proves with whom it acts for.
///
/// Made by `into()` from a [`PersonalToken`], [`ClientCredentials`], a [`Login`] or a [`TokenSet`], which
/// [`Client::new`](crate::Client::new) does itself, and from a [`TokenProvider`] by
/// [`Authentication::provider`].
#[derive(Clone)]
pub struct Authentication {
    /// What is there from the beginning.
    tokens: Option<TokenSet>,
    /// How to get more.
    renewal: Option<Renewal>,
}

impl Authentication {
    /// Takes access tokens from elsewhere: a vault, another service, a login of your own.
    pub fn provider(provider: impl TokenProvider + 'static) -> Authentication {
        Authentication {
            tokens: None,
            renewal: Some(Renewal::Provider(Arc::new(provider))),
        }
    }

    /// Refuses what can never authorise a request.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some(tokens) = &self.tokens {
            tokens.header()?;
        }
        match &self.renewal {
            Some(renewal) => renewal.check(),
            None => Ok(()),
        }
    }

    /// Whether it may ask the token endpoint.
    pub(crate) fn needs_endpoint(&self) -> bool {
        matches!(self.renewal, Some(Renewal::OAuth { .. }))
    }
}

impl From<TokenSet> for Authentication {
    fn from(tokens: TokenSet) -> Authentication {
        Authentication {
            tokens: Some(tokens),
            renewal: None,
        }
    }
}

impl From<PersonalToken> for Authentication {
    fn from(token: PersonalToken) -> Authentication {
        let PersonalToken {
            tokens,
            refresh,
            store,
        } = token;
        let renewal = match (refresh, store) {
            (None, None) => None,
            (client, store) => Some(Renewal::OAuth {
                client,
                first: First::Stored,
                store,
            }),
        };
        Authentication {
            tokens: Some(tokens),
            renewal,
        }
    }
}

/// Shows no token and no secret.
impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("can_renew", &self.renewal.is_some())
            .finish_non_exhaustive()
    }
}
