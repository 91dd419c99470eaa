//! A client of Basalam's that acts for itself.

use std::fmt;
use std::sync::Arc;

use basalam_chat_api::newtypes::Scope;

use super::renewal::{First, Renewal};
use super::{Authentication, OAuthClient, TokenStore};

/// The id and the secret of a client that acts for itself, without a user.
///
/// Certain: the service gives such clients tokens. Unknown: whether chats can be used with them. A token
/// is asked for with the first request, and again shortly before it ends.
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
#[must_use = "credentials do nothing until a client is made of them"]
pub struct ClientCredentials {
    client: OAuthClient,
    scopes: Vec<Scope>,
    store: Option<Arc<dyn TokenStore>>,
}

impl ClientCredentials {
    /// Takes the id and the secret in. It asks for reading and writing chats where nothing else is said.
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

    /// Asks for these scopes instead; at least one.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> ClientCredentials {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// Keeps tokens here, and starts from those that it holds.
    pub fn store(mut self, store: impl TokenStore + 'static) -> ClientCredentials {
        self.store = Some(Arc::new(store));
        self
    }
}

impl From<ClientCredentials> for Authentication {
    fn from(credentials: ClientCredentials) -> Authentication {
        Authentication {
            tokens: None,
            renewal: Some(Renewal::OAuth {
                client: Some(credentials.client),
                first: First::Credentials(credentials.scopes),
                store: credentials.store,
            }),
        }
    }
}

/// Shows no secret.
impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("client_id", &self.client.id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
