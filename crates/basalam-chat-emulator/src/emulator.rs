//! The handle of a running emulator.

mod builder;
mod oauth;
mod seeding;
mod setup;
mod stored;
mod testing;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::bot::{Bot, NewBot};
use crate::error::Error;
use crate::oauth::OAuthClient;
use crate::server::{Service, running::Server};
use crate::user::{NewUser, User};
pub use builder::EmulatorBuilder;
pub(crate) use setup::Setup;
pub use stored::{StoredFile, StoredMessage};

/// A running chat service on this computer.
///
/// It listens until it is dropped; [`Emulator::shutdown`] also waits for the end. It
/// has a thread of its own, so that it can be started in any async runtime, or in
/// none by [`EmulatorBuilder::start_blocking`].
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
    /// Hooks hold it weakly, to be given an emulator of their own.
    shared: Arc<Shared>,
}

struct Shared {
    service: Arc<Service>,
    /// Until it is shut down.
    server: Mutex<Option<Server>>,
    seller: User,
    customer: User,
    bot: Bot,
    oauth_client: OAuthClient,
}

impl Emulator {
    /// Starts a service with default options on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// As [`EmulatorBuilder::start`].
    pub async fn start() -> Result<Emulator, Error> {
        Self::builder().start().await
    }

    /// Begins a service with options.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Gives the address for clients, such as `http://127.0.0.1:49152`, without a slash
    /// at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.service().base_url()
    }

    /// Gives the first of two users that every service starts with. It has a stall.
    #[must_use]
    pub fn seller(&self) -> &User {
        &self.shared.seller
    }

    /// Gives the second of two users that every service starts with.
    #[must_use]
    pub fn customer(&self) -> &User {
        &self.shared.customer
    }

    /// Adds a user with this name, and with an id, a hash id and a token of its own.
    pub fn add_user(&self, name: impl Into<String>) -> User {
        self.service().state().users.add_named(name.into())
    }

    /// Adds a user.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the id is below 1, when the hash id or the token is
    /// empty, or when another user has one of them.
    pub fn add_user_with(&self, user: NewUser) -> Result<User, Error> {
        self.service().state().users.add(user)
    }

    /// Gives all users that there are now, by id.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.service().state().users.all().cloned().collect()
    }

    /// Gives all bots that there are now, by id.
    #[must_use]
    pub fn bots(&self) -> Vec<Bot> {
        let state = self.service().state();
        state.bots.all().map(|it| it.bot.clone()).collect()
    }

    /// Gives the bot that every service starts with.
    #[must_use]
    pub fn bot(&self) -> &Bot {
        &self.shared.bot
    }

    /// Adds a bot.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the token is none, or starts with the number of
    /// another bot.
    pub fn add_bot(&self, bot: NewBot) -> Result<Bot, Error> {
        self.service().state().bots.add(bot)
    }

    /// Gives the address of a bot's webhook as it is set now; `None` where there is no
    /// webhook or no such bot.
    #[must_use]
    pub fn bot_webhook_url(&self, bot_id: i64) -> Option<String> {
        self.service()
            .state()
            .bots
            .by_id(bot_id)?
            .webhook_url
            .clone()
    }

    /// Stops listening, and waits until requests under way have been answered, for 5
    /// seconds at most.
    pub async fn shutdown(self) {
        if let Some(server) = self.take_server() {
            server.stop().await;
        }
    }

    fn take_server(&self) -> Option<Server> {
        let server = self.shared.server.lock();
        server.unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn service(&self) -> &Service {
        &self.shared.service
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

/// Names an address that clients on this computer can connect to.
fn url_for(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        match address {
            SocketAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        }
    }
    format!("http://{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_for_clients_can_be_connected_to() {
        for (address, url) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:80", "http://[::1]:80"),
            ("192.0.2.1:80", "http://192.0.2.1:80"),
        ] {
            assert_eq!(url_for(address.parse().unwrap()), url);
        }
    }
}
