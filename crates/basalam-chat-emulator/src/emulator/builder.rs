//! The builder of an emulator.

mod connections;
mod options;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Emulator, Shared};
use crate::bot::NewBot;
use crate::clock::SettableClock;
use crate::contract::Contract;
use crate::error::Error;
use crate::oauth::OAuthClient;
use crate::options::Options;
use crate::request_log::{LoggedRequest, Observer};
use crate::server::delivery::DeliveryQueue;
use crate::server::gate::Gate;
use crate::server::listener::Server;
use crate::server::{self, Service, ServiceConfig};
use crate::setup::{SeedSource, Setup};
use crate::user::{NewUser, Vendor};

/// A builder for an [`Emulator`]. Most options select between possible behaviours if the service's
/// behaviour is unknown.
///
/// ```
/// use basalam_chat_emulator::{Emulator, TimeBound};
///
/// # async fn example() -> Result<(), basalam_chat_emulator::Error> {
/// let emulator = Emulator::builder()
///     .max_page_size(10)
///     .sender_ids_as_strings(true)
///     .before_bound(TimeBound::Inclusive)
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct EmulatorBuilder {
    address: SocketAddr,
    seller: NewUser,
    customer: NewUser,
    bot: NewBot,
    oauth_client: OAuthClient,
    seeds: Vec<SeedSource>,
    observers: Observers,
    /// `None` to enable them on loopback addresses only.
    control: Option<bool>,
    options: Options,
}

impl Default for EmulatorBuilder {
    fn default() -> Self {
        let vendor = Vendor {
            id: 112_233,
            title: "Emulated stall".to_owned(),
            identifier: "emulated-stall".to_owned(),
        };
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seller: NewUser::new("Seller").token("seller-token").vendor(vendor),
            customer: NewUser::new("Customer").token("customer-token"),
            bot: NewBot::new("Bot"),
            oauth_client: OAuthClient::new("emulated-client", "emulated-client-secret"),
            seeds: Vec::new(),
            observers: Observers::default(),
            control: None,
            options: Options::default(),
        }
    }
}

impl Emulator {
    /// Starts an emulator with default options on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// The errors of [`EmulatorBuilder::start`].
    pub async fn start() -> Result<Emulator, Error> {
        Self::builder().start().await
    }

    /// Returns a builder with default options.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }
}

impl EmulatorBuilder {
    /// Sets the address to listen on. Default: any free port of 127.0.0.1.
    ///
    /// Everyone who can reach the address can use the service, since its tokens are public.
    pub fn address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Sets the port to listen on. Default: 0, which takes any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Sets the initial seller. Default: the user 430 with the name `Seller`, the token
    /// `seller-token` and a stall.
    pub fn seller(mut self, seller: NewUser) -> Self {
        self.seller = seller;
        self
    }

    /// Sets the initial customer. Default: the user 431 with the name `Customer` and the
    /// token `customer-token`.
    pub fn customer(mut self, customer: NewUser) -> Self {
        self.customer = customer;
        self
    }

    /// Sets the initial bot. Default: the bot 110201 with the name `Bot` and without a
    /// webhook.
    pub fn bot(mut self, bot: NewBot) -> Self {
        self.bot = bot;
        self
    }

    /// Sets the initial OAuth client. Default: a client with the id `emulated-client` and the
    /// secret `emulated-client-secret`, which may request every scope and use every redirect
    /// URI.
    pub fn oauth_client(mut self, client: OAuthClient) -> Self {
        self.oauth_client = client;
        self
    }

    /// Adds a JSON seed file with users, bots, OAuth clients, chats and messages. The file is read
    /// when the emulator starts. `docs/emulator.md` of the repository describes the format, and
    /// `seeds/shop.json` of the crate is an example.
    ///
    /// Several seeds are applied in order.
    pub fn seed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.seeds.push(SeedSource::File(path.into()));
        self
    }

    /// Adds a JSON seed; see [`EmulatorBuilder::seed_file`].
    ///
    /// ```
    /// use basalam_chat_emulator::Emulator;
    ///
    /// let seed = r#"{
    ///     "clock": "2026-07-22 10:28:23",
    ///     "users": [{ "name": "Sara", "id": 501, "token": "sara-token" }],
    ///     "chats": [{
    ///         "chat_type": "private", "id": 7, "member_ids": [501, 430],
    ///         "messages": [{ "sender_id": 501, "id": 1000, "text": "hello" }]
    ///     }]
    /// }"#;
    /// let emulator = Emulator::builder().seed_json(seed).start_blocking()?;
    /// assert_eq!(emulator.messages(7)[0].id, 1000);
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn seed_json(mut self, json: impl Into<String>) -> Self {
        self.seeds.push(SeedSource::Json(json.into()));
        self
    }

    /// Enables or disables the control endpoints below `/_emulator/`, which programs in any
    /// language use to set up faults, time and data. Default: enabled on loopback addresses only,
    /// since the endpoints return the tokens of all users.
    pub fn control(mut self, enabled: bool) -> Self {
        self.control = Some(enabled);
        self
    }

    /// Adds a callback for finished requests, for example to print them. It runs on the emulator's
    /// thread and blocks other requests while it runs.
    ///
    /// ```
    /// # use basalam_chat_emulator::Emulator;
    /// let builder = Emulator::builder().on_request_logged(|request| println!("{request}"));
    /// # let _ = builder;
    /// ```
    pub fn on_request_logged(
        mut self,
        observer: impl Fn(&LoggedRequest) + Send + Sync + 'static,
    ) -> Self {
        self.observers.0.push(Arc::new(observer));
        self
    }

    /// Starts the emulator. It accepts connections when this returns.
    ///
    /// # Errors
    ///
    /// - [`Error::is_bind`] if the address cannot be bound.
    /// - [`Error::is_invalid_argument`] if an option is out of range, if the two users
    ///   conflict, if the bot's token is invalid, or if a seed cannot be read or is invalid.
    /// - [`Error::is_runtime`] if the server's thread cannot be started.
    pub async fn start(self) -> Result<Emulator, Error> {
        // Async so that startup can await in the future without a breaking change.
        self.start_blocking()
    }

    /// Like [`EmulatorBuilder::start`], for use outside of async runtimes.
    ///
    /// # Errors
    ///
    /// The errors of [`EmulatorBuilder::start`].
    pub fn start_blocking(self) -> Result<Emulator, Error> {
        self.check()?;
        let contract = Contract::embedded()?;
        let seeds = self.seeds.iter().map(SeedSource::load);
        let setup = Setup {
            seller: self.seller,
            customer: self.customer,
            bot: self.bot,
            oauth_client: self.oauth_client.clone(),
            seeds: seeds.collect::<Result<_, _>>()?,
        };
        let clock = SettableClock::new(Arc::clone(&self.options.clock));
        let initial = setup.build(clock.now())?;
        if let Some(time) = initial.clock {
            clock.set(time);
        }
        let has_control = self
            .control
            .unwrap_or_else(|| self.address.ip().is_loopback());
        let (listener, address) = Server::bind(self.address)?;
        let limits = self.options.connection_limits;
        let config = ServiceConfig {
            contract,
            options: self.options,
            clock,
            default_user_id: initial.seller.id,
            setup,
            observers: self.observers.0,
            base_url: base_url(address),
        };
        let (deliveries, queue) = DeliveryQueue::new();
        let service = Arc::new(Service::new(config, initial.state, deliveries));
        let router = server::router(&service, has_control);
        let gate = Gate::new(Arc::clone(&service), router);
        let stopping = Arc::clone(&service);
        let delivering = server::delivery::run(Arc::clone(&service), queue);
        let publishing = server::events::run(Arc::clone(&service));
        let background = async move {
            futures_util::future::join(delivering, publishing).await;
        };
        let server = Server::start(listener, gate, limits, background, move || {
            stopping.start_shutdown();
        })?;
        let shared = Shared {
            service,
            server: Mutex::new(Some(server)),
            seller: initial.seller,
            customer: initial.customer,
            bot: initial.bot,
            oauth_client: self.oauth_client,
        };
        Ok(Emulator {
            shared: Arc::new(shared),
        })
    }

    fn check(&self) -> Result<(), Error> {
        let options = &self.options;
        let problem = if options.max_page_size == Some(0) {
            "the maximum page size is 0; use 1 or more"
        } else if options.max_unseen_count == Some(0) {
            "the maximum of the unseen chat count is 0; use 1 or more"
        } else if options.access_token_lifetime < Duration::from_secs(1) {
            "the access token lifetime is below 1 second; use 1 second or more"
        } else if options.rate_limit.is_some_and(|limit| !limit.is_valid()) {
            "the rate limit has no requests or no period; use at least 1 request and a period above 0"
        } else if options.connection_limits.max_connections == 0 {
            "the maximum number of connections is 0; use 1 or more"
        } else if options.connection_limits.idle_timeout.is_zero()
            || options.connection_limits.body_timeout.is_zero()
        {
            "the idle timeout or the body timeout is 0; use more"
        } else {
            return options.access.validate();
        };
        Err(Error::invalid_argument(problem))
    }
}

/// Callbacks for finished requests.
#[derive(Clone, Default)]
struct Observers(Vec<Observer>);

impl fmt::Debug for Observers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} observers", self.0.len())
    }
}

/// Returns a base URL that clients on this computer can connect to.
fn base_url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        match address {
            SocketAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        }
    }
    format!("http://{address}")
}

#[cfg(test)]
mod tests;
