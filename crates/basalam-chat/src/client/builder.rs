//! The builder of a client, with all defaults.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use super::Client;
use super::base_url::{check_hosts, parse_base_url};
use super::http_client::{ConfigureHttp, build_http_client};
use super::proxy::ProxyChoice;
use crate::Error;
use crate::auth::Authentication;
use crate::auth::token_endpoint::TokenEndpoint;
use crate::environment::Environment;
use crate::http::retry::budget::{DEFAULT_PERCENT, RetryBudget};
use crate::http::retry::policy::RetryPolicy;
use crate::http::{CallConfig, HttpStack, RunningTasks, check_header};
use crate::random::{RandomSource, SystemRandom};
use crate::time::{Clock, SystemClock};
use crate::transport::HttpTransport;

/// Builder for a [`Client`].
///
/// | setting | default |
/// | --- | --- |
/// | [environment](ClientBuilder::environment) | [`Environment::Production`] |
/// | [user agent](ClientBuilder::user_agent) | `basalam-chat/` and this crate's version |
/// | [connect timeout](ClientBuilder::connect_timeout) | 10 seconds |
/// | [attempt timeout](ClientBuilder::attempt_timeout) | 30 seconds; 5 minutes for an upload |
/// | [operation timeout](ClientBuilder::operation_timeout) | 90 seconds |
/// | [retry policy](ClientBuilder::retry_policy) | see [`RetryPolicy`] |
/// | [retry budget](ClientBuilder::retry_budget) | 20 retries for each 100 calls |
/// | [response size](ClientBuilder::max_response_bytes) | 32 MiB |
/// | [plain HTTP](ClientBuilder::allow_plain_http_to) | to loopback addresses only |
/// | [proxy](ClientBuilder::proxy) | from the environment for HTTPS, none for plain HTTP |
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
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    authentication: Authentication,
    base_url: String,
    plain_http_hosts: Vec<String>,
    user_agent: String,
    connect_timeout: Duration,
    auth_base_url: Option<String>,
    config: CallConfig,
    max_response_bytes: usize,
    retry_budget: Option<u32>,
    authorize_bot_methods: bool,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    proxy: ProxyChoice,
    configure_http: Option<ConfigureHttp>,
}

impl ClientBuilder {
    pub(super) fn new(authentication: Authentication) -> ClientBuilder {
        ClientBuilder {
            authentication,
            base_url: Environment::default().base_url().to_owned(),
            plain_http_hosts: Vec::new(),
            user_agent: concat!("basalam-chat/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            auth_base_url: None,
            config: CallConfig::default(),
            max_response_bytes: 32 * 1024 * 1024,
            retry_budget: Some(DEFAULT_PERCENT),
            authorize_bot_methods: false,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            proxy: ProxyChoice::default(),
            configure_http: None,
        }
    }

    /// Selects one of Basalam's environments.
    pub fn environment(mut self, environment: Environment) -> ClientBuilder {
        self.auth_base_url = Some(environment.auth_base_url().to_owned());
        self.base_url = environment.base_url().to_owned();
        self
    }

    /// Sets the URL of the service, such as that of a proxy or an emulator.
    ///
    /// It must be an absolute `https` URL, or `http` for a loopback address. The paths of the operations are
    /// appended to its path.
    ///
    /// Tokens are requested from this URL too, so that no secret is sent elsewhere, unless
    /// [`auth_base_url`](ClientBuilder::auth_base_url) is called afterwards.
    #[doc(alias = "endpoint")]
    #[doc(alias = "emulator")]
    #[doc(alias = "host")]
    pub fn base_url(mut self, base_url: impl Into<String>) -> ClientBuilder {
        let base_url = base_url.into();
        self.auth_base_url = Some(base_url.clone());
        self.base_url = base_url;
        self
    }

    /// Sets the URL of the token service, to which `/oauth/token` is appended. The rules of
    /// [`base_url`](ClientBuilder::base_url) apply.
    pub fn auth_base_url(mut self, base_url: impl Into<String>) -> ClientBuilder {
        self.auth_base_url = Some(base_url.into());
        self
    }

    /// Allows sending tokens over plain HTTP to this host, such as `chat.internal`.
    ///
    /// Others on the network can then read the token and all messages. By default, plain HTTP is allowed to
    /// loopback addresses only.
    pub fn allow_plain_http_to(mut self, host: impl Into<String>) -> ClientBuilder {
        self.plain_http_hosts.push(host.into());
        self
    }

    /// Sets the `User-Agent` header, such as `my-shop/1.0`. Visible ASCII characters, spaces and tabs are
    /// accepted.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> ClientBuilder {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets the timeout for connecting. It is capped at half of the attempt timeout, or at one second if that
    /// is longer. Must be greater than zero.
    pub fn connect_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the timeout of one attempt, from connecting to the end of the response. Must be greater than zero.
    #[doc(alias = "timeout")]
    pub fn attempt_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.config.attempt_timeout = timeout;
        self
    }

    /// Sets the timeout of a whole call: the token, all attempts and the backoff between them. Must be greater
    /// than zero.
    ///
    /// If a method makes several calls, for example for a long list of ids, the timeout applies to each. For an
    /// upload, the upload's own timeout applies if it is longer.
    #[doc(alias = "deadline")]
    #[doc(alias = "timeout")]
    pub fn operation_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.config.operation_timeout = timeout;
        self
    }

    /// Sets the retry policy, including how rate limits are handled; [`RetryPolicy::never`] turns retries off.
    #[doc(alias = "retry")]
    #[doc(alias = "retries")]
    #[doc(alias = "rate limit")]
    #[doc(alias = "rate_limit")]
    #[doc(alias = "throttle")]
    pub fn retry_policy(mut self, policy: RetryPolicy) -> ClientBuilder {
        self.config.retry_policy = policy;
        self
    }

    /// Limits retries to this percentage of all calls, so that the client does not multiply its requests while
    /// the service is down. `None` removes the limit.
    ///
    /// The budget starts with ten retries, and unused retries accumulate up to ten. A retry after a 429 does
    /// not use it up, since the service said when to send the request again.
    pub fn retry_budget(mut self, percent: impl Into<Option<u32>>) -> ClientBuilder {
        self.retry_budget = percent.into();
        self
    }

    /// Sends the client's access token with [bot methods](crate::bots) too. Off by default.
    ///
    /// Likely, the bot token alone is enough. Unknown: whether the service's gateway requires or reads the
    /// access token; the official SDKs send it. Needs a login.
    pub fn authorize_bot_methods(mut self, authorize: bool) -> ClientBuilder {
        self.authorize_bot_methods = authorize;
        self
    }

    /// Sets the clock; see [`time`](crate::time).
    pub fn clock(mut self, clock: impl Clock + 'static) -> ClientBuilder {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the random source; see [`random`](crate::random).
    pub fn random_source(mut self, source: impl RandomSource + 'static) -> ClientBuilder {
        self.random = Arc::new(source);
        self
    }

    /// Sets the maximum size of a response in bytes, after decompression (feature `gzip`). Must be greater than
    /// zero.
    pub fn max_response_bytes(mut self, bytes: usize) -> ClientBuilder {
        self.max_response_bytes = bytes;
        self
    }

    /// Sends all requests through this proxy, such as `http://127.0.0.1:8080` or `socks5h://127.0.0.1:1080`,
    /// instead of the one that the environment names.
    ///
    /// The schemes are `http`, `https`, and with the feature `socks` also `socks4`, `socks4a`, `socks5` and
    /// `socks5h`; the latter and `socks4a` resolve host names at the proxy. Without a scheme it is an HTTP proxy.
    /// The URL may contain a user name and a password. It is checked by [`build`](ClientBuilder::build).
    /// `NO_PROXY` does not apply to it, and a loopback address is never reached through a proxy.
    ///
    /// Without this setter, requests over HTTPS use the proxy of the environment variables `HTTPS_PROXY` and
    /// `ALL_PROXY`, upper or lower case, except for the hosts in `NO_PROXY`. `build` fails if that proxy cannot
    /// be used, for example a SOCKS proxy without the feature `socks`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use basalam_chat::{Client, PersonalToken};
    /// # fn main() -> Result<(), basalam_chat::Error> {
    /// let client = Client::builder(PersonalToken::new("access-token"))
    ///     .proxy("http://127.0.0.1:8080")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "socks")]
    #[doc(alias = "socks5")]
    #[doc(alias = "http_proxy")]
    #[doc(alias = "HTTPS_PROXY")]
    #[doc(alias = "vpn")]
    pub fn proxy(mut self, url: impl Into<String>) -> ClientBuilder {
        self.proxy = ProxyChoice::Url(SecretString::from(url.into()));
        self
    }

    /// Uses no proxy, whatever the environment variables name.
    pub fn no_proxy(mut self) -> ClientBuilder {
        self.proxy = ProxyChoice::Disabled;
        self
    }

    /// Configures the underlying HTTP client: TLS library, root certificates, connection pool.
    ///
    /// The builder is that of [`basalam_chat::reqwest`](crate::reqwest), so a new major version of reqwest is a
    /// breaking change of this crate. Settings that security depends on are applied afterwards and cannot be
    /// changed: redirects are not followed, reqwest does not retry or log requests, and no proxy is used for
    /// a loopback address. Proxies that are set here are not checked: prefer [`proxy`](ClientBuilder::proxy).
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
    #[doc(alias = "reqwest")]
    #[doc(alias = "tls")]
    #[doc(alias = "certificate")]
    pub fn configure_http(
        mut self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> ClientBuilder {
        self.configure_http = Some(Box::new(configure));
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Fails with [`is_invalid_input`](Error::is_invalid_input), naming the argument, if a base URL, token,
    /// user agent, proxy or limit is invalid, and with [`is_configuration`](Error::is_configuration) if the HTTP
    /// client cannot be created: no TLS feature is enabled, no crypto provider is installed (feature
    /// `rustls-no-provider`), or the environment names a proxy that cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = parse_base_url("base_url", &self.base_url, &self.plain_http_hosts)?;
        let auth_base_url = self.parse_auth_base_url()?;
        self.config.check()?;
        if self.max_response_bytes == 0 {
            return Err(Error::zero("max_response_bytes"));
        }
        if self.connect_timeout.is_zero() {
            return Err(Error::zero("connect_timeout"));
        }
        check_header("user_agent", Some(&self.user_agent))?;
        check_hosts("allow_plain_http_to", &self.plain_http_hosts)?;
        let max_connect_timeout = (self.config.attempt_timeout / 2).max(Duration::from_secs(1));
        let http = reqwest::Client::builder()
            .user_agent(self.user_agent)
            // Below the attempt timeout, so that an unreachable host is a connection error.
            .connect_timeout(self.connect_timeout.min(max_connect_timeout))
            // Shorter than the idle timeout of common gateways: if a gateway closes a connection while a
            // message is sent, the delivery is unknown.
            .pool_idle_timeout(Duration::from_secs(30))
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10));
        let urls = [&base_url, &auth_base_url];
        let variables = |name: &str| std::env::var(name).ok();
        let http = build_http_client(http, &urls, self.proxy, &variables, self.configure_http)?;
        let http = Arc::new(HttpStack {
            client: http,
            clock: self.clock,
            random: self.random,
            budget: RetryBudget::new(self.retry_budget),
            max_response_bytes: self.max_response_bytes,
            refreshes: RunningTasks::default(),
        });
        let endpoint = TokenEndpoint::new(http.clone(), &auth_base_url, self.config);
        let url_prefix = base_url.as_str().trim_end_matches('/').to_owned();
        let transport = HttpTransport::new(
            http,
            base_url,
            self.authentication,
            endpoint,
            self.authorize_bot_methods,
            self.config,
        )?;
        Ok(Client::from_transport(
            &url_prefix,
            transport,
            Arc::default(),
        ))
    }

    /// Parses the base URL of the token endpoint, which other logins may need if this one does not.
    fn parse_auth_base_url(&self) -> Result<Url, Error> {
        let default = Environment::default().auth_base_url();
        let url = self.auth_base_url.as_deref().unwrap_or(default);
        parse_base_url("auth_base_url", url, &self.plain_http_hosts)
    }
}

/// Omits the authentication.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("config", &self.config)
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}
