//! The async client.

mod base_url;
mod builder;
mod http_client;
mod proxy;
mod token_exchange;

use std::fmt;
use std::sync::Arc;

use basalam_chat_api::newtypes::UserId;
use basalam_chat_api::{ClientInfo, Inner};
use tokio::sync::OnceCell;

pub use builder::ClientBuilder;

use crate::Error;
use crate::auth::{Authentication, TokenInfo};
use crate::http::RequestOptions;
#[cfg(feature = "watch")]
use crate::http::request_budget::RequestBudget;
use crate::transport::HttpTransport;

/// The client of the Basalam chat service.
///
/// # Configuration
///
/// [`Client::new`] uses the production service and the defaults listed at [`ClientBuilder`];
/// [`Client::builder`] changes them.
///
/// # Cloning
///
/// A client has a connection pool. Clones share it, are cheap, and can be used from many tasks at once:
/// create one client and clone it, without wrapping it in an `Arc`.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::{Client, PersonalToken, UserId};
///
/// # async fn run() -> Result<(), basalam_chat::Error> {
/// let client = Client::new(PersonalToken::new("access-token"))?;
/// let chat = client.create_chat(UserId(123)).await?;
/// client.create_message(chat.id, "Hello!").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// The state that clones share, behind one reference count: every request clones the client.
struct Shared {
    raw: basalam_chat_api::Client,
    transport: Arc<HttpTransport>,
    current_user: Arc<CurrentUserCache>,
}

/// The id of the token's user, once it was fetched.
pub(crate) type CurrentUserCache = OnceCell<UserId>;

impl Client {
    /// Creates a client of the production service.
    ///
    /// # Errors
    ///
    /// Fails with [`is_invalid_input`](Error::is_invalid_input) if the token is empty or has characters that
    /// are not allowed in a token, and with [`is_configuration`](Error::is_configuration) if no TLS feature
    /// is enabled.
    pub fn new(authentication: impl Into<Authentication>) -> Result<Client, Error> {
        Client::builder(authentication).build()
    }

    /// Creates a builder for a client.
    pub fn builder(authentication: impl Into<Authentication>) -> ClientBuilder {
        ClientBuilder::new(authentication.into())
    }

    /// Returns a client that shares credentials and connections but uses other options.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if an option is invalid.
    pub fn with_options(&self, options: RequestOptions) -> Result<Client, Error> {
        let client = self.with_options_unchecked(options);
        client.transport().check()?;
        Ok(client)
    }

    /// Like [`with_options`](Client::with_options), but invalid options are reported by each call.
    pub(crate) fn with_options_unchecked(&self, options: RequestOptions) -> Client {
        let transport = self.transport().with_options(options);
        Client::from_transport(self.base_url(), transport, self.shared.current_user.clone())
    }

    /// Returns a client of another login that shares connections, options, retry budget and tracing, for programs that
    /// act for many people. It needs a few kilobytes, far less than another client.
    ///
    /// Rate limits apply per login: a 429 pauses the calls of its login only.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the credentials are invalid.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::Client;
    /// use basalam_chat::auth::{AuthorizationCode, Authentication, TokenStore};
    /// use basalam_chat::state::FileState;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = AuthorizationCode::new("client-id", "client-secret", "https://shop.example/callback");
    /// let state = FileState::open("/var/lib/shop").await?;
    /// let shared = Client::new(Authentication::none())?;
    /// for seller in [430, 431] {
    ///     let tokens = TokenStore::new(state.clone(), format!("tokens/{seller}"))?;
    ///     let client = shared.with_authentication(app.resume(tokens))?;
    ///     println!("{}", client.get_unseen_chat_count().await?.count);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_authentication(
        &self,
        authentication: impl Into<Authentication>,
    ) -> Result<Client, Error> {
        let transport = self
            .transport()
            .with_authentication(authentication.into())?;
        Ok(Client::from_transport(
            self.base_url(),
            transport,
            Arc::default(),
        ))
    }

    /// Finishes the running token refreshes before the program ends: if a program ends during a refresh, its new
    /// tokens are lost, and the person has to log in again. Also saves tokens of this login that a store has failed to
    /// save before.
    ///
    /// Waits for the refreshes of all logins that share the connections, for up to the operation timeout. The client
    /// can still be used, and a later request can start another refresh.
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) if the running refresh of this login fails, its tokens cannot be
    /// saved, or a refresh does not end in time.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: basalam_chat::Client) -> Result<(), basalam_chat::Error> {
    /// client.get_unseen_chat_count().await?;
    /// client.close().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(&self) -> Result<(), Error> {
        self.transport().finish_refreshes().await
    }

    /// Returns a client whose calls wait for a budget before they start.
    #[cfg(feature = "watch")]
    pub(crate) fn with_budget(&self, budget: RequestBudget) -> Client {
        let transport = self.transport().with_budget(budget);
        Client::from_transport(self.base_url(), transport, self.shared.current_user.clone())
    }

    fn from_transport(
        base_url: &str,
        transport: HttpTransport,
        current_user: Arc<CurrentUserCache>,
    ) -> Client {
        let http = transport.http().client.clone();
        let transport = Arc::new(transport);
        let inner = Inner::new(transport.clone());
        let shared = Shared {
            raw: basalam_chat_api::Client::new_with_client(base_url, http, inner),
            transport,
            current_user,
        };
        Client {
            shared: Arc::new(shared),
        }
    }

    /// Gets an access token, unless a valid one is cached, and returns its scopes and expiry.
    ///
    /// Requests do this automatically. Call it to check at startup that the login works. Nothing is sent if
    /// the token cannot be refreshed, as for a bare [`PersonalToken`](crate::PersonalToken).
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) if no token is available.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, auth::Scope};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// if client.authenticate().await?.allows(&Scope::CustomerChatWrite) == Some(false) {
    ///     println!("this login is read-only");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn authenticate(&self) -> Result<TokenInfo, Error> {
        let token = self.transport().authenticate().await?;
        Ok(TokenInfo::from(token.tokens()))
    }

    /// Returns the generated client, for operations that this one does not have.
    ///
    /// It uses the same transport, with its tokens, timeouts, retries and limits. See [`raw`](crate::raw) for
    /// how to read its responses.
    pub fn raw(&self) -> &basalam_chat_api::Client {
        &self.shared.raw
    }

    /// Returns the transport of every request.
    pub(crate) fn transport(&self) -> &HttpTransport {
        &self.shared.transport
    }

    /// Returns the cached id of the token's user.
    pub(crate) fn current_user(&self) -> &CurrentUserCache {
        &self.shared.current_user
    }

    /// Returns the URL to which the paths of the operations are appended.
    pub fn base_url(&self) -> &str {
        ClientInfo::baseurl(self.raw())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
