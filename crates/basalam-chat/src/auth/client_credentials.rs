//! Credentials of a client that acts for itself.

use std::fmt;

use basalam_chat_api::newtypes::Scope;

use super::authentication::{Authentication, InitialTokens, TokenSource};
use super::oauth_client::OAuthClient;
use super::store::TokenStore;

/// The id and secret of a registered client that acts for itself, without a user.
///
/// Certain: the service issues tokens to such clients. Unknown: whether they can use chats. The first
/// request gets a token, which is replaced shortly before it expires.
///
/// # Examples
///
/// ```
/// use basalam_chat::Client;
/// use basalam_chat::auth::{ClientCredentials, Scope};
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// let credentials = ClientCredentials::new("client-id", "client-secret")
///     .scopes([Scope::CustomerChatRead]);
/// let client = Client::new(credentials)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "credentials do nothing until they are passed to a client"]
pub struct ClientCredentials {
    client: OAuthClient,
    scopes: Vec<Scope>,
    store: Option<TokenStore>,
}

impl ClientCredentials {
    /// Creates credentials that request the scopes for reading and writing chats.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> ClientCredentials {
        ClientCredentials {
            client: OAuthClient::new(client_id, client_secret),
            scopes: vec![Scope::CustomerChatRead, Scope::CustomerChatWrite],
            store: None,
        }
    }

    /// Sets the scopes to request; at least one.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> ClientCredentials {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// Saves tokens in a store, and uses those that it contains.
    pub fn store(mut self, store: TokenStore) -> ClientCredentials {
        self.store = Some(store);
        self
    }
}

impl From<ClientCredentials> for Authentication {
    fn from(credentials: ClientCredentials) -> Authentication {
        Authentication {
            tokens: None,
            source: Some(TokenSource::OAuth {
                client: Some(credentials.client),
                initial: InitialTokens::Credentials(credentials.scopes),
                store: credentials.store,
            }),
        }
    }
}

/// Contains no secret.
impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("client_id", &self.client.id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
