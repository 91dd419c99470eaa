//! The blocking client and its background thread.

use std::fmt;
use std::sync::Arc;

use super::worker::Worker;
use crate::auth::{Authentication, TokenInfo};
use crate::request::{self, Request};
use crate::{ClientBuilder, Error, RequestOptions};

/// The blocking client of the Basalam chat service.
///
/// Clones share the thread and the connections, are cheap, and can be used from many threads at once: their
/// requests run concurrently. [`Client::builder`](crate::Client::builder) and
/// [`build_blocking`](ClientBuilder::build_blocking) configure one.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::{ChatFilter, PersonalToken, blocking};
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// let client = blocking::Client::new(PersonalToken::new("access-token"))?;
/// for chat in client.get_chats().filter(ChatFilter::Unseen).iter() {
///     println!("chat {} has unseen messages", chat?.id);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    /// Must be used on the worker only: the connections belong to its runtime.
    client: crate::Client,
    worker: Arc<Worker>,
}

impl Client {
    /// Creates a client of the production service.
    ///
    /// # Errors
    ///
    /// The errors of [`Client::new`](crate::Client::new) of the async client, and
    /// [`is_configuration`](Error::is_configuration) if the thread cannot be started.
    pub fn new(authentication: impl Into<Authentication>) -> Result<Client, Error> {
        crate::Client::builder(authentication).build_blocking()
    }

    /// Returns a client that shares credentials and connections but uses other options; see
    /// [`Client::with_options`](crate::Client::with_options).
    ///
    /// # Errors
    ///
    /// The errors of that method.
    pub fn with_options(&self, options: RequestOptions) -> Result<Client, Error> {
        let client = self.client.with_options(options)?;
        Ok(self.with_async_client(client))
    }

    /// Returns a client of another login that shares the thread and the connections; see
    /// [`Client::with_authentication`](crate::Client::with_authentication).
    ///
    /// # Errors
    ///
    /// The errors of that method.
    pub fn with_authentication(
        &self,
        authentication: impl Into<Authentication>,
    ) -> Result<Client, Error> {
        let client = self.client.with_authentication(authentication)?;
        Ok(self.with_async_client(client))
    }

    /// Finishes the running token refreshes and reports if one fails; see [`Client::close`](crate::Client::close).
    ///
    /// Dropping the last clone of a client finishes them, too, but does not report an error.
    ///
    /// # Errors
    ///
    /// The errors of that method.
    pub fn close(&self) -> Result<(), Error> {
        let client = self.async_client();
        self.block_on(async move { client.close().await })?
    }

    /// Like [`with_options`](Client::with_options), but invalid options are reported by each call.
    pub(crate) fn with_options_unchecked(&self, options: RequestOptions) -> Client {
        self.with_async_client(self.client.with_options_unchecked(options))
    }

    fn with_async_client(&self, client: crate::Client) -> Client {
        Client {
            client,
            worker: self.worker.clone(),
        }
    }

    /// Gets an access token, unless a valid one is cached, and returns its scopes and expiry; see
    /// [`Client::authenticate`](crate::Client::authenticate).
    ///
    /// # Errors
    ///
    /// The errors of that method.
    pub fn authenticate(&self) -> Result<TokenInfo, Error> {
        let client = self.async_client();
        self.block_on(async move { client.authenticate().await })?
    }

    /// Returns the URL to which the paths of the operations are appended.
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// Runs a request on the worker and waits for its result.
    pub(crate) fn send<R: Request>(&self, request: R) -> Result<R::Response, Error> {
        let future = request::future(self.async_client(), request);
        let result = self.block_on(future).and_then(|result| result);
        result.map_err(|error| error.with_operation(R::operation()))
    }

    /// Fails on the worker's own thread and in a forked process.
    pub(crate) fn check_thread(&self) -> Result<(), Error> {
        self.worker.check_thread()
    }

    /// Runs a future on the worker and waits for its output.
    pub(crate) fn block_on<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        self.worker.block_on(future)
    }

    /// Returns the async client, whose futures must run on the worker.
    pub(crate) fn async_client(&self) -> crate::Client {
        self.client.clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("blocking::Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Builds a blocking client, with a separate thread and connection pool. Nothing is sent yet. Requires the
    /// feature `blocking`.
    ///
    /// The function set with [`configure_http`](ClientBuilder::configure_http) runs on that thread.
    ///
    /// # Errors
    ///
    /// The errors of [`build`](ClientBuilder::build), and [`is_configuration`](Error::is_configuration) if the
    /// thread cannot be started.
    ///
    /// # Examples
    ///
    /// ```
    /// use basalam_chat::{Client, PersonalToken};
    ///
    /// # fn main() -> Result<(), basalam_chat::Error> {
    /// let client = Client::builder(PersonalToken::new("access-token"))
    ///     .user_agent("my-shop/1.0")
    ///     .build_blocking()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn build_blocking(self) -> Result<Client, Error> {
        let init = move || self.build();
        let (worker, client) = Worker::start(init, async |client: crate::Client| {
            // Nobody is left to receive an error; `close` reports it.
            let _ = client.close().await;
        })?;
        Ok(Client {
            client,
            worker: Arc::new(worker),
        })
    }
}
