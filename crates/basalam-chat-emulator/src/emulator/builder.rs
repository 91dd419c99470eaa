//! How an emulator is set up.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::setup::{SeedSource, Setup};
use super::{Emulator, Shared, url_for};
use crate::bot::NewBot;
use crate::clock::{Clock, SettableClock};
use crate::contract::Contract;
use crate::error::Error;
use crate::oauth::{OAuthClient, RefreshTokens};
use crate::options::{Options, TimeBound};
use crate::request_log::{LoggedRequest, Observer};
use crate::server::running::Server;
use crate::server::{self, Parts, Service};
use crate::user::{NewUser, Vendor};

/// Options of an emulator, most of them for what nobody knows about the service.
///
/// ```
/// use basalam_chat_emulator::{Emulator, TimeBound};
///
/// # async fn example() -> Result<(), basalam_chat_emulator::Error> {
/// let emulator = Emulator::builder()
///     .page_cap(10)
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
    /// `None` where the address decides.
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

impl EmulatorBuilder {
    /// Sets the address to listen on. Default: any free port of 127.0.0.1.
    ///
    /// Anyone who reaches the address can use the service: its tokens are no secrets.
    pub fn address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Sets the port to listen on; 0 takes any free one, which is the default.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Sets the first of the two users that the service starts with. Default: a user
    /// called `Seller` with a stall and the token `seller-token`.
    pub fn seller(mut self, seller: NewUser) -> Self {
        self.seller = seller;
        self
    }

    /// Sets the second of the two users that the service starts with. Default: a user
    /// called `Customer` with the token `customer-token`.
    pub fn customer(mut self, customer: NewUser) -> Self {
        self.customer = customer;
        self
    }

    /// Sets the bot that the service starts with. Default: a bot called `Bot` without a
    /// webhook.
    pub fn bot(mut self, bot: NewBot) -> Self {
        self.bot = bot;
        self
    }

    /// Sets the OAuth client that the service starts with. Default: one that may ask for
    /// every scope and send codes to any address, with the id `emulated-client` and the
    /// secret `emulated-client-secret`.
    pub fn oauth_client(mut self, client: OAuthClient) -> Self {
        self.oauth_client = client;
        self
    }

    /// Adds users, bots, OAuth clients, chats and messages from a JSON file, which is read
    /// at the start. `docs/emulator.md` of the repository describes the format, and
    /// `seeds/shop.json` of the crate is an example.
    ///
    /// Several seeds are put in one after the other.
    pub fn seed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.seeds.push(SeedSource::File(path.into()));
        self
    }

    /// Adds what the text of a seed file describes; see [`EmulatorBuilder::seed_file`].
    ///
    /// ```
    /// use basalam_chat_emulator::Emulator;
    ///
    /// let seed = r#"{
    ///     "clock": "2026-07-22 10:28:23",
    ///     "users": [{ "name": "Sara", "id": 501, "token": "sara-token" }],
    ///     "chats": [{
    ///         "chat_type": "private", "id": 7, "members": [501, 430],
    ///         "messages": [{ "from": 501, "id": 1000, "text": "hello" }]
    ///     }]
    /// }"#;
    /// let emulator = Emulator::builder().seed_json(seed).start_blocking()?;
    /// assert_eq!(emulator.messages(7)[0].id, 1000);
    /// # Ok::<(), basalam_chat_emulator::Error>(())
    /// ```
    pub fn seed_json(mut self, text: impl Into<String>) -> Self {
        self.seeds.push(SeedSource::Text(text.into()));
        self
    }

    /// Says whether the paths below `/_emulator/` are there, by which programs in any
    /// language set up faults, time and data. Default: only where the address is a
    /// loopback address, as they show the tokens of all users.
    pub fn control(mut self, yes: bool) -> Self {
        self.control = Some(yes);
        self
    }

    /// Runs code for every request that is over, such as to print it. It runs on the
    /// emulator's own thread, which answers nobody meanwhile.
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

    /// Sets how long the access tokens of the token endpoint are good for, cut to whole
    /// seconds, at least one. Default: 366 days, as in the documented example (certain).
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.options.access_token_lifetime = lifetime;
        self
    }

    /// Says what becomes of a refresh token that is used. Default: it is used up, which
    /// is likely.
    pub fn refresh_tokens(mut self, refresh_tokens: RefreshTokens) -> Self {
        self.options.refresh_tokens = refresh_tokens;
        self
    }

    /// Sets the clock that all times come from. Default: the computer's, in UTC; the
    /// zone of the real service is unknown.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.options.clock = Arc::new(clock);
        self
    }

    /// Says whether the `id` of a message's sender is text instead of a number.
    /// Default: a number, as the contract says; both are likely to occur.
    pub fn sender_ids_as_strings(mut self, yes: bool) -> Self {
        self.options.sender_ids_as_strings = yes;
        self
    }

    /// Sets the largest page of messages or chats, whatever `limit` asks for; at least
    /// 1. Default: none; whether the service has one is unknown.
    pub fn page_cap(mut self, cap: usize) -> Self {
        self.options.page_cap = Some(cap);
        self
    }

    /// Sets up to which number chats with unseen messages are counted, at least 1; where
    /// there are more, `more_than_count` is true. Default: no such number; whether the
    /// service has one is likely, and which is unknown.
    pub fn unseen_count_cap(mut self, cap: usize) -> Self {
        self.options.unseen_count_cap = Some(cap);
        self
    }

    /// Sets the largest file that can be uploaded, in bytes. Default: 64 MiB; what the
    /// service takes is unknown. All other parts of a form take up to
    /// [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES) together, and a form that is too large
    /// is a 413.
    ///
    /// Files are kept in memory.
    pub fn max_file_bytes(mut self, bytes: usize) -> Self {
        self.options.max_file_bytes = bytes;
        self
    }

    /// Says whether the answer to an upload has the address in `url` as well as in
    /// `urls`, or null there. Default: yes; the vendor's example has null.
    pub fn uploads_have_url(mut self, yes: bool) -> Self {
        self.options.uploads_have_url = yes;
        self
    }

    /// Says whether `updated_from` and `modified_from` take in their own second.
    /// Default: inclusive; unknown of the service.
    pub fn from_bound(mut self, bound: TimeBound) -> Self {
        self.options.from_bound = bound;
        self
    }

    /// Says whether `updated_before` and `modified_before` take in their own second.
    /// Default: exclusive; unknown of the service.
    pub fn before_bound(mut self, bound: TimeBound) -> Self {
        self.options.before_bound = bound;
        self
    }

    /// Says whether reading the messages of a chat marks all of them as seen. The page
    /// itself is given as it was before. Default: no; unknown of the service. Sending
    /// into a chat always marks it as seen.
    pub fn reading_marks_seen(mut self, yes: bool) -> Self {
        self.options.reading_marks_seen = yes;
        self
    }

    /// Lets every request wait this long before it is looked at, those that fail
    /// included, but none to the control paths. Default: not at all.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.options.latency = latency;
        self
    }

    /// Starts the service; it takes connections when this returns.
    ///
    /// # Errors
    ///
    /// [`Error::is_address`] when the address cannot be listened on,
    /// [`Error::is_argument`] when an option is out of bounds, the two users clash, the
    /// bot's token is none, or a seed cannot be read or is wrong,
    /// [`Error::is_system`] when there is no thread to be had.
    pub async fn start(self) -> Result<Emulator, Error> {
        // Nothing in a start waits; it is async so that seeding may come to.
        self.start_blocking()
    }

    /// Does what [`EmulatorBuilder::start`] does, outside of any async runtime as well.
    ///
    /// # Errors
    ///
    /// As [`EmulatorBuilder::start`].
    pub fn start_blocking(self) -> Result<Emulator, Error> {
        if self.options.page_cap == Some(0) {
            return Err(Error::argument(
                "a page cap of 0 would hide everything; use 1 or more",
            ));
        }
        if self.options.unseen_count_cap == Some(0) {
            return Err(Error::argument(
                "a cap of 0 on the count of unseen chats would count nothing; use 1 or more",
            ));
        }
        if self.options.access_token_lifetime < Duration::from_secs(1) {
            return Err(Error::argument(
                "access tokens that are good for less than a second would be good for nothing; use 1 or more",
            ));
        }
        let contract = Contract::embedded()?;
        let seeds = self.seeds.iter().map(SeedSource::read);
        let setup = Setup {
            seller: self.seller,
            customer: self.customer,
            bot: self.bot,
            oauth_client: self.oauth_client.clone(),
            seeds: seeds.collect::<Result<_, _>>()?,
        };
        let clock = SettableClock::new(Arc::clone(&self.options.clock));
        let prepared = setup.prepare(clock.now())?;
        if let Some(time) = prepared.clock {
            clock.set(time);
        }
        let has_control = self
            .control
            .unwrap_or_else(|| self.address.ip().is_loopback());
        let (listener, address) = Server::listen(self.address)?;
        let service = Service::new(Parts {
            contract,
            options: self.options,
            clock,
            state: prepared.state,
            default_user_id: prepared.seller.id,
            setup,
            observers: self.observers.0,
            base_url: url_for(address),
        });
        let service = Arc::new(service);
        let ending = Arc::clone(&service);
        let router = server::router(&service, has_control);
        let server = Server::start(listener, router, move || ending.end())?;
        let shared = Shared {
            service,
            server: Mutex::new(Some(server)),
            seller: prepared.seller,
            customer: prepared.customer,
            bot: prepared.bot,
            oauth_client: self.oauth_client,
        };
        Ok(Emulator {
            shared: Arc::new(shared),
        })
    }
}

/// Code that is given every request once it is over.
#[derive(Clone, Default)]
struct Observers(Vec<Observer>);

impl fmt::Debug for Observers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} observers", self.0.len())
    }
}
