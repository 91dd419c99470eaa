//! The handle of a running emulator.

mod builder;
mod oauth;
mod seeding;
mod stored;
mod testing;
mod webhooks;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::bot::{Bot, NewBot};
use crate::error::Error;
use crate::oauth::OAuthClient;
use crate::server::{Service, listener::Server};
use crate::user::{NewUser, User};
pub use builder::EmulatorBuilder;
pub use stored::{StoredFile, StoredMessage};

/// A running chat service on this computer.
///
/// It listens until it is dropped; [`Emulator::shutdown`] also waits for requests in
/// progress. It has its own thread, so it can be started inside any async runtime, or
/// outside of one with [`EmulatorBuilder::start_blocking`].
///
/// ```
/// use basalam_chat_emulator::Emulator;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let response = reqwest::Client::new()
///     .get(format!("{}/v1/users/me", emulator.base_url()))
///     .bearer_auth(emulator.seller().token())
///     .send()
///     .await?;
/// assert_eq!(response.status(), 200);
/// emulator.shutdown().await;
/// # Ok(())
/// # }
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
/// # runtime.unwrap().block_on(example()).unwrap();
/// ```
pub struct Emulator {
    /// Hooks hold a weak reference and create a handle from it.
    shared: Arc<Shared>,
}

struct Shared {
    service: Arc<Service>,
    /// `None` after the shutdown.
    server: Mutex<Option<Server>>,
    seller: User,
    customer: User,
    bot: Bot,
    oauth_client: OAuthClient,
}

impl Emulator {
    /// Returns the base URL for clients, such as `http://127.0.0.1:49152`, without a
    /// trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.service().base_url()
    }

    /// Returns the initial seller, by default the user 430 with the token `seller-token`
    /// and a stall.
    #[must_use]
    pub fn seller(&self) -> &User {
        &self.shared.seller
    }

    /// Returns the initial customer, by default the user 431 with the token
    /// `customer-token`.
    #[must_use]
    pub fn customer(&self) -> &User {
        &self.shared.customer
    }

    /// Adds a user with this name and a unique id, hash id and token.
    pub fn add_user(&self, name: impl Into<String>) -> User {
        self.service().state().users.add_named(name.into())
    }

    /// Adds a user.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the id is below 1, if the hash id or the token is
    /// empty, or if another user has the same id, hash id or token.
    pub fn add_user_with(&self, user: NewUser) -> Result<User, Error> {
        self.service().state().users.add(user)
    }

    /// Returns all users, by id.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.service().state().users.all().cloned().collect()
    }

    /// Returns all bots, by id.
    #[must_use]
    pub fn bots(&self) -> Vec<Bot> {
        self.service().state().bots.all().cloned().collect()
    }

    /// Returns the initial bot, by default the bot 110201.
    #[must_use]
    pub fn bot(&self) -> &Bot {
        &self.shared.bot
    }

    /// Adds a bot.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the token is invalid or has the id of another bot.
    pub fn add_bot(&self, bot: NewBot) -> Result<Bot, Error> {
        self.service().state().bots.add(bot)
    }

    /// Returns the current webhook URL of a bot, or `None` if there is no webhook or no such
    /// bot.
    #[must_use]
    pub fn bot_webhook_url(&self, bot_id: i64) -> Option<String> {
        let state = self.service().state();
        state.bots.by_id(bot_id)?.webhook_url.clone()
    }

    /// Stops listening, and waits up to 5 seconds for requests in progress. Pending deliveries to webhooks are given
    /// up.
    pub async fn shutdown(self) {
        if let Some(server) = self.take_server() {
            server.shutdown().await;
        }
    }

    fn take_server(&self) -> Option<Server> {
        let server = self.shared.server.lock();
        server.unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn service(&self) -> &Service {
        &self.shared.service
    }

    #[cfg(test)]
    pub(crate) fn shared_service(&self) -> Arc<Service> {
        Arc::clone(&self.shared.service)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
