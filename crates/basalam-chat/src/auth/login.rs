//! What a person's login gave.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use super::renewal::{First, Renewal};
use super::{Authentication, OAuthClient, TokenStore};

/// A login of a person, from which a [`Client`](crate::Client) is made; see
/// [`AuthorizationCode`](super::AuthorizationCode).
#[derive(Clone)]
#[must_use = "a login does nothing until a client is made of it"]
pub struct Login {
    pub(super) client: OAuthClient,
    /// Missing where tokens come from the store alone.
    pub(super) code: Option<Code>,
    pub(super) store: Option<Arc<dyn TokenStore>>,
}

/// What is exchanged for tokens, once.
#[derive(Clone)]
pub(super) struct Code {
    pub(super) code: SecretString,
    pub(super) redirect_uri: String,
}

impl Login {
    /// Keeps the person's tokens here, so that they need not log in when the program starts anew.
    pub fn store(mut self, store: impl TokenStore + 'static) -> Login {
        self.store = Some(Arc::new(store));
        self
    }
}

impl From<Login> for Authentication {
    fn from(login: Login) -> Authentication {
        Authentication {
            tokens: None,
            renewal: Some(Renewal::OAuth {
                client: Some(login.client),
                first: login.code.map_or(First::Stored, First::Code),
                store: login.store,
            }),
        }
    }
}

/// Shows no secret and no code.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("client_id", &self.client.id)
            .field("has_code", &self.code.is_some())
            .finish_non_exhaustive()
    }
}
