//! The configuration of a client, and the defaults of everything.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use super::base_url::{check_base_url, is_loopback};
use super::{Client, Environment};
use crate::auth::{Authentication, Endpoint, Tokens};
use crate::random::{RandomSource, SystemRandom};
use crate::time::{Clock, SystemClock};
use crate::transport::{HttpTransport, RETRY_BUDGET_PERCENT, Settings, Wire};
use crate::{Error, RetryPolicy};

/// Configures a [`Client`].
///
/// | what | default |
/// | --- | --- |
/// | [service](ClientBuilder::environment) | [`Environment::Production`] |
/// | [user agent](ClientBuilder::user_agent) | `basalam-chat/` and this crate's version |
/// | [time to connect](ClientBuilder::connect_timeout) | 10 seconds |
/// | [time for an attempt](ClientBuilder::attempt_timeout) | 30 seconds; 5 minutes for an upload |
/// | [time for a whole call](ClientBuilder::operation_timeout) | 90 seconds |
/// | [retries](ClientBuilder::retry_policy) | as [`RetryPolicy`] lists |
/// | [retries of all calls together](ClientBuilder::retry_budget) | 20 for each 100 calls |
/// | [size of an answer](ClientBuilder::max_response_bytes) | 32 MiB |
/// | plain http | to loopback addresses only |
/// | proxy | for https the one that the environment names, for plain http none |
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use basalam_chat::{Client, PersonalToken};
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// let client = Client::builder(PersonalToken::new("access-token"))
///     .user_agent("my-shop/1.0")
///     .attempt_timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder makes a client when it is built"]
pub struct ClientBuilder {
    authentication: Authentication,
    base_url: String,
    plain_http_hosts: Vec<String>,
    user_agent: String,
    connect_timeout: Duration,
    auth_base_url: Option<String>,
    settings: Settings,
    max_response_bytes: usize,
    retry_budget: Option<u32>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    configure_http: Option<ConfigureHttp>,
}

type ConfigureHttp = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

impl ClientBuilder {
    pub(super) fn new(authentication: Authentication) -> ClientBuilder {
        ClientBuilder {
            authentication,
            base_url: Environment::default().base_url().to_owned(),
            plain_http_hosts: Vec::new(),
            user_agent: concat!("basalam-chat/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            auth_base_url: None,
            settings: Settings::default(),
            max_response_bytes: 32 * 1024 * 1024,
            retry_budget: Some(RETRY_BUDGET_PERCENT),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            configure_http: None,
        }
    }

    /// Talks to one of Basalam's own services.
    pub fn environment(mut self, environment: Environment) -> ClientBuilder {
        self.auth_base_url = Some(environment.auth_base_url().to_owned());
        self.base_url = environment.base_url().to_owned();
        self
    }

    /// Talks to a service at this URL, such as a proxy of your own or an emulator.
    ///
    /// An absolute URL with `https`, or `http` for a loopback address; a path is kept and goes before
    /// the path of every operation.
    ///
    /// Tokens are then asked for there too, so that no secret goes where you did not send it, unless
    /// [`auth_base_url`](ClientBuilder::auth_base_url) is called afterwards.
    pub fn base_url(mut self, base_url: impl Into<String>) -> ClientBuilder {
        let base_url = base_url.into();
        self.auth_base_url = Some(base_url.clone());
        self.base_url = base_url;
        self
    }

    /// Asks for tokens at this URL, to which the path `/oauth/token` is appended. The same rules hold as
    /// for [`base_url`](ClientBuilder::base_url).
    pub fn auth_base_url(mut self, base_url: impl Into<String>) -> ClientBuilder {
        self.auth_base_url = Some(base_url.into());
        self
    }

    /// Lets tokens travel over plain http to this host, such as `chat.internal`.
    ///
    /// Whoever can listen on the way to the host can then read the token and every message. Without
    /// this, plain http is refused for all but loopback addresses.
    pub fn allow_plain_http_to(mut self, host: impl Into<String>) -> ClientBuilder {
        self.plain_http_hosts.push(host.into());
        self
    }

    /// Names your program to the service, such as `my-shop/1.0`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> ClientBuilder {
        self.user_agent = user_agent.into();
        self
    }

    /// Waits this long for a connection, and for half of the time of an attempt at most, though a second at least.
    /// Longer than zero.
    pub fn connect_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.connect_timeout = timeout;
        self
    }

    /// Waits this long for the whole answer to one attempt, connecting included. Longer than zero.
    pub fn attempt_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// Waits this long for a whole call: getting a token, every attempt and every pause between them. A
    /// method that makes several calls, such as one for a longer list of ids, has this for each; an
    /// upload has its own time, where that is longer. Longer than zero.
    pub fn operation_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.settings.operation_timeout = timeout;
        self
    }

    /// Sends requests again by this policy; [`RetryPolicy::never`] turns that off.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> ClientBuilder {
        self.settings.retry_policy = policy;
        self
    }

    /// Lets no more than this percentage of all calls be retries, so that a service that is down is not
    /// asked several times as often; `None` lets policies alone decide.
    ///
    /// Ten retries are free at the beginning, and as many can be saved up. From 0.
    pub fn retry_budget(mut self, percent: impl Into<Option<u32>>) -> ClientBuilder {
        self.retry_budget = percent.into();
        self
    }

    /// Sets the clock; see [`time`](crate::time).
    pub fn clock(mut self, clock: impl Clock + 'static) -> ClientBuilder {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the random source; see [`random`](crate::random).
    pub fn random_source(mut self, randomness: impl RandomSource + 'static) -> ClientBuilder {
        self.random = Arc::new(randomness);
        self
    }

    /// Refuses answers of more bytes than this, counted after decompression (which the feature `gzip` brings).
    /// More than zero.
    pub fn max_response_bytes(mut self, bytes: usize) -> ClientBuilder {
        self.max_response_bytes = bytes;
        self
    }

    /// Adjusts the HTTP client below: a proxy, roots, the pool.
    ///
    /// This is the one place where reqwest shows: its builder is [`basalam_chat::reqwest`](crate::reqwest)'s,
    /// and a newer major version of it is a breaking change here too. What safety depends on is set
    /// afterwards and cannot be changed: no redirect is followed, nothing is repeated behind the
    /// client's back, nothing is written to a log, and no proxy stands between the client and a
    /// loopback address.
    ///
    /// ```
    /// # use basalam_chat::{Client, PersonalToken};
    /// # fn main() -> Result<(), basalam_chat::Error> {
    /// let client = Client::builder(PersonalToken::new("access-token"))
    ///     .configure_http(|http| http.pool_max_idle_per_host(4))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn configure_http(
        mut self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> ClientBuilder {
        self.configure_http = Some(Box::new(configure));
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Gives an error with [`is_invalid_input`](Error::is_invalid_input), naming the argument, for a
    /// base URL, token, user agent or limit that cannot be used, and with
    /// [`is_configuration`](Error::is_configuration) where the HTTP client cannot be made.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = check_base_url("base_url", &self.base_url, &self.plain_http_hosts)?;
        let auth_base_url = self.check_auth_base_url()?;
        self.authentication.check()?;
        self.settings.check()?;
        if self.max_response_bytes == 0 {
            return Err(Error::invalid_input(
                "max_response_bytes",
                "is zero",
                "allow more",
            ));
        }
        if self.connect_timeout.is_zero() {
            return Err(Error::invalid_input(
                "connect_timeout",
                "is zero",
                "wait longer",
            ));
        }
        let user_agent = http::HeaderValue::from_str(&self.user_agent).map_err(|_| {
            Error::invalid_input(
                "user_agent",
                "has characters that no header can carry",
                "use visible ASCII characters and spaces",
            )
        })?;
        let half_an_attempt = (self.settings.attempt_timeout / 2).max(Duration::from_secs(1));
        let http = reqwest::Client::builder()
            .user_agent(user_agent)
            // So that a host that cannot be reached is told as that, and not as a late answer.
            .connect_timeout(self.connect_timeout.min(half_an_attempt))
            // Below what usual gateways keep: one that is being closed while a message is sent on it leaves
            // unknown whether it arrived.
            .pool_idle_timeout(Duration::from_secs(30))
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10));
        let urls = [Some(&base_url), auth_base_url.as_ref()];
        let http = configure_http(http, &urls, self.configure_http)?;
        let text = base_url.as_str().trim_end_matches('/').to_owned();
        let clock = self.clock.clone();
        let wire = Wire::new(
            http,
            self.clock,
            self.random,
            self.retry_budget,
            self.max_response_bytes,
        );
        let wire = Arc::new(wire);
        let endpoint = auth_base_url.map(|url| Endpoint::new(wire.clone(), &url, self.settings));
        let known = wire.known().clone();
        let tokens = Tokens::new(self.authentication, endpoint, clock, known)?;
        let transport = HttpTransport::new(wire, base_url, tokens, self.settings);
        Ok(Client::from_transport(&text, transport, Arc::default()))
    }

    /// Reads where tokens are asked for, where they are.
    fn check_auth_base_url(&self) -> Result<Option<Url>, Error> {
        if !self.authentication.needs_endpoint() {
            return Ok(None);
        }
        let default = Environment::default().auth_base_url();
        let text = self.auth_base_url.as_deref().unwrap_or(default);
        check_base_url("auth_base_url", text, &self.plain_http_hosts).map(Some)
    }
}

/// Makes the HTTP client: first what a user may change, then the user's changes, then what safety
/// depends on.
fn configure_http(
    mut http: reqwest::ClientBuilder,
    urls: &[Option<&Url>],
    configure: Option<ConfigureHttp>,
) -> Result<reqwest::Client, Error> {
    let urls = || urls.iter().copied().flatten();
    let is_https = urls().all(|url| url.scheme() == "https");
    if urls().any(|url| url.scheme() == "https")
        && cfg!(not(any(feature = "rustls", feature = "native-tls")))
    {
        return Err(Error::no_tls());
    }
    if !is_https {
        // A proxy of the environment is no host that the user has named for plain http.
        http = http.no_proxy();
    }
    if let Some(configure) = configure {
        http = configure(http);
    }
    http = http
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // It would write headers and bodies to the log.
        .connection_verbose(false)
        .https_only(is_https);
    if urls().any(is_loopback) {
        http = http.no_proxy();
    }
    http.build().map_err(Error::configuration)
}

/// Shows no token: it holds one, and the type of it hides it, but nobody needs to see it here.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("settings", &self.settings)
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}
