//! The client: one value that every request starts from.

mod base_url;
mod builder;
mod environment;

use std::fmt;
use std::sync::Arc;

pub use builder::ClientBuilder;
pub use environment::Environment;

use crate::auth::Authentication;
use crate::transport::HttpTransport;
use crate::users::OwnId;
use crate::{Error, RequestOptions, raw};

/// Talks to the chat service of Basalam.
///
/// # Configuration
///
/// [`Client::new`] uses the production service and the defaults that [`ClientBuilder`] lists;
/// [`Client::builder`] changes them.
///
/// # Cloning
///
/// A client holds one pool of connections. Clones share it, cost a reference count, and may be used
/// from many tasks at once: make one client and clone it, without an `Arc` around it.
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

/// What the clones of a client share, behind one count of references: every request takes a clone.
struct Shared {
    raw: raw::Client,
    transport: Arc<HttpTransport>,
    own_id: Arc<OwnId>,
}

impl Client {
    /// Makes a client of the production service.
    ///
    /// # Errors
    ///
    /// Gives an error with [`is_invalid_input`](Error::is_invalid_input) where the token is empty or
    /// has characters that no token has, and with [`is_configuration`](Error::is_configuration) where
    /// no TLS is compiled in.
    pub fn new(authentication: impl Into<Authentication>) -> Result<Client, Error> {
        Client::builder(authentication).build()
    }

    /// Starts the configuration of a client.
    pub fn builder(authentication: impl Into<Authentication>) -> ClientBuilder {
        ClientBuilder::new(authentication.into())
    }

    /// Makes a client of the same login and the same connections whose requests go by other options.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for an option that cannot be used.
    pub fn with_options(&self, options: RequestOptions) -> Result<Client, Error> {
        let client = self.taking(options);
        client.transport().check()?;
        Ok(client)
    }

    /// As [`with_options`](Client::with_options), for options that are checked with each call.
    pub(crate) fn taking(&self, options: RequestOptions) -> Client {
        let transport = self.transport().with(options);
        Client::from_transport(self.base_url(), transport, self.shared.own_id.clone())
    }

    fn from_transport(base_url: &str, transport: HttpTransport, own_id: Arc<OwnId>) -> Client {
        let http = transport.wire().http().clone();
        let transport = Arc::new(transport);
        let inner = raw::Inner::new(transport.clone());
        let shared = Shared {
            raw: raw::Client::new_with_client(base_url, http, inner),
            transport,
            own_id,
        };
        Client {
            shared: Arc::new(shared),
        }
    }

    /// The generated client below this one, for what the facade does not offer.
    ///
    /// It sends through the same transport, under the same rules. See [`raw`](crate::raw) for what
    /// that means and for how its answers are read.
    pub fn raw(&self) -> &raw::Client {
        &self.shared.raw
    }

    /// What every request of this client goes through.
    pub(crate) fn transport(&self) -> &HttpTransport {
        &self.shared.transport
    }

    /// The user that the token belongs to, once that is known.
    pub(crate) fn own_id(&self) -> &OwnId {
        &self.shared.own_id
    }

    /// The URL that every path is appended to.
    pub fn base_url(&self) -> &str {
        raw::ClientInfo::baseurl(self.raw())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
