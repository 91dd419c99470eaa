//! Options of a connection.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::ConnectOptions;

use crate::{Nats, NatsError, connection, monitoring};

/// Options of a connection to NATS.
///
/// | option | default |
/// | --- | --- |
/// | authentication | none, or the user and password of the URL |
/// | TLS | as the server requires; root certificates of the system |
/// | [monitoring URLs](NatsOptions::monitoring_url) | none, so [`allow_data_loss`](NatsOptions::allow_data_loss) is needed |
/// | [replicas](NatsOptions::replicas) | 1 |
/// | [operation timeout](NatsOptions::operation_timeout) | 5 seconds |
///
/// # Examples
///
/// ```no_run
/// use basalam_chat_nats::NatsOptions;
///
/// # async fn run() -> Result<(), basalam_chat_nats::NatsError> {
/// let nats = NatsOptions::new("tls://nats.example:4222")
///     .credentials_file("/etc/shop-bot/nats.creds")
///     .root_certificates("/etc/shop-bot/ca.pem")
///     .monitoring_url("http://nats.example:8222")
///     .connect()
///     .await?;
/// # let _ = nats;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until `connect` is called"]
pub struct NatsOptions {
    servers: String,
    authentication: Authentication,
    root_certificates: Option<PathBuf>,
    client_certificate: Option<(PathBuf, PathBuf)>,
    require_tls: bool,
    tls_first: bool,
    name: String,
    inbox_prefix: Option<String>,
    monitoring_urls: Vec<String>,
    allow_data_loss: bool,
    pub(crate) replicas: usize,
    pub(crate) operation_timeout: Duration,
}

#[derive(Clone)]
enum Authentication {
    None,
    Token(String),
    Password(String, String),
    Nkey(String),
    Credentials(String),
    CredentialsFile(PathBuf),
}

impl NatsOptions {
    /// Creates options for one server or several, separated by commas, such as `nats://localhost:4222` or
    /// `tls://a.example,tls://b.example`.
    pub fn new(servers: impl Into<String>) -> NatsOptions {
        NatsOptions {
            servers: servers.into(),
            authentication: Authentication::None,
            root_certificates: None,
            client_certificate: None,
            require_tls: false,
            tls_first: false,
            name: "basalam-chat".to_owned(),
            inbox_prefix: None,
            monitoring_urls: Vec::new(),
            allow_data_loss: false,
            replicas: 1,
            operation_timeout: Duration::from_secs(5),
        }
    }

    /// Authenticates with a token.
    pub fn token(mut self, token: impl Into<String>) -> NatsOptions {
        self.authentication = Authentication::Token(token.into());
        self
    }

    /// Authenticates with a user name and a password.
    pub fn user_and_password(
        mut self,
        user: impl Into<String>,
        password: impl Into<String>,
    ) -> NatsOptions {
        self.authentication = Authentication::Password(user.into(), password.into());
        self
    }

    /// Authenticates with the seed of an NKey.
    pub fn nkey(mut self, seed: impl Into<String>) -> NatsOptions {
        self.authentication = Authentication::Nkey(seed.into());
        self
    }

    /// Authenticates with the content of a credentials file: a JWT and the seed of an NKey.
    pub fn credentials(mut self, credentials: impl Into<String>) -> NatsOptions {
        self.authentication = Authentication::Credentials(credentials.into());
        self
    }

    /// Authenticates with a credentials file (`.creds`).
    pub fn credentials_file(mut self, path: impl Into<PathBuf>) -> NatsOptions {
        self.authentication = Authentication::CredentialsFile(path.into());
        self
    }

    /// Trusts the root certificates of a file (PEM), besides those of the system.
    pub fn root_certificates(mut self, path: impl Into<PathBuf>) -> NatsOptions {
        self.root_certificates = Some(path.into());
        self
    }

    /// Sends a client certificate: files with the certificate and its key (PEM).
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> NatsOptions {
        self.client_certificate = Some((certificate.into(), key.into()));
        self
    }

    /// Refuses servers without TLS. The scheme `tls://` does the same.
    pub fn require_tls(mut self, required: bool) -> NatsOptions {
        self.require_tls = required;
        self
    }

    /// Starts TLS before the server says anything, for servers with `handshake_first`.
    pub fn tls_first(mut self) -> NatsOptions {
        self.tls_first = true;
        self
    }

    /// Sets the name of the connection, as the server lists it. The default is `basalam-chat`.
    pub fn name(mut self, name: impl Into<String>) -> NatsOptions {
        self.name = name.into();
        self
    }

    /// Sets the prefix of the subjects on which responses are received, for users whose permissions need one. The
    /// default is `_INBOX`.
    pub fn inbox_prefix(mut self, prefix: impl Into<String>) -> NatsOptions {
        self.inbox_prefix = Some(prefix.into());
        self
    }

    /// Adds the monitoring URL of a server (`http: 8222` in its configuration), at which [`connect`](Self::connect)
    /// reads whether it keeps all writes: `sync_interval: always`. Call it for each server of a cluster.
    pub fn monitoring_url(mut self, url: impl Into<String>) -> NatsOptions {
        self.monitoring_urls.push(url.into());
        self
    }

    /// Accepts a server without `sync_interval: always`, or one whose settings are not known since no
    /// [monitoring URL](Self::monitoring_url) is set. By default, such a server writes to its disk every two minutes: a
    /// crash of its machine loses what it has acknowledged since, and replies can be sent twice.
    pub fn allow_data_loss(mut self, allowed: bool) -> NatsOptions {
        self.allow_data_loss = allowed;
        self
    }

    /// Sets the number of servers that store each stream: 1, 3 or 5. The default is 1.
    pub fn replicas(mut self, replicas: usize) -> NatsOptions {
        self.replicas = replicas;
        self
    }

    /// Sets the time limit of each operation, from 10 milliseconds to a minute. The default is 5 seconds.
    pub fn operation_timeout(mut self, timeout: Duration) -> NatsOptions {
        self.operation_timeout = timeout.clamp(Duration::from_millis(10), Duration::from_secs(60));
        self
    }

    /// Connects, and checks the servers. A lost connection is opened again.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](NatsError::is_invalid_input) if an option is invalid,
    /// [`is_configuration`](NatsError::is_configuration) if the server refuses the login, is older than 2.11, has no
    /// JetStream or could lose writes, and [`is_unavailable`](NatsError::is_unavailable) if it cannot be reached.
    pub async fn connect(self) -> Result<Nats, NatsError> {
        if !matches!(self.replicas, 1 | 3 | 5) {
            return Err(NatsError::invalid_input(
                "`replicas` is invalid; use 1, 3 or 5",
            ));
        }
        let options = self.connect_options().await?;
        let client = options.connect(&self.servers).await;
        let client = client.map_err(connection::connect_error)?;
        connection::check_server(&client.server_info())?;
        if !self.allow_data_loss {
            let server = || client.server_info().server_id;
            monitoring::check(&self.monitoring_urls, server).await?;
        }
        Ok(Nats::new(client, &self))
    }

    async fn connect_options(&self) -> Result<ConnectOptions, NatsError> {
        let mut options = ConnectOptions::new()
            .name(&self.name)
            .require_tls(self.require_tls)
            .request_timeout(Some(self.operation_timeout))
            .reconnect_delay_callback(reconnect_delay);
        if let Some(path) = &self.root_certificates {
            options = options.add_root_certificates(path.clone());
        }
        if let Some((certificate, key)) = &self.client_certificate {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        if self.tls_first {
            options = options.tls_first();
        }
        if let Some(prefix) = &self.inbox_prefix {
            options = options.custom_inbox_prefix(prefix);
        }
        let invalid = |error: std::io::Error| {
            let message =
                "the credentials of NATS cannot be read; use a file with a JWT and a seed";
            NatsError::invalid_input(message).with_source(error)
        };
        Ok(match self.authentication.clone() {
            Authentication::None => options,
            Authentication::Token(token) => options.token(token),
            Authentication::Password(user, password) => options.user_and_password(user, password),
            Authentication::Nkey(seed) => options.nkey(seed),
            Authentication::Credentials(text) => options.credentials(&text).map_err(invalid)?,
            Authentication::CredentialsFile(path) => {
                options.credentials_file(path).await.map_err(invalid)?
            }
        })
    }
}

/// Doubles from 20 milliseconds to 2 seconds.
fn reconnect_delay(attempts: usize) -> Duration {
    let exponent = attempts.saturating_sub(1).min(7) as u32;
    Duration::from_millis(20 << exponent).min(Duration::from_secs(2))
}

/// Omits the servers, whose URLs can contain a password, and the credentials.
impl fmt::Debug for NatsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsOptions")
            .field("name", &self.name)
            .field("replicas", &self.replicas)
            .field("operation_timeout", &self.operation_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let options = NatsOptions::new("nats://bot:secret-5d0c@localhost");
        for options in [
            options.clone().token("secret-5d0c"),
            options.clone().user_and_password("bot", "secret-5d0c"),
            options.clone().nkey("secret-5d0c"),
            options.clone().credentials("secret-5d0c"),
        ] {
            let shown = format!("{options:?}");
            assert!(!shown.contains("secret-5d0c"), "{shown}");
        }
    }

    #[test]
    fn reconnect_delays_are_bounded() {
        let delays: Vec<_> = [0, 1, 2, 5, 100, usize::MAX].map(reconnect_delay).into();
        assert!(delays.is_sorted(), "{delays:?}");
        assert_eq!(delays[0], Duration::from_millis(20));
        assert_eq!(delays[5], Duration::from_secs(2));
    }

    #[tokio::test]
    async fn invalid_options_are_refused_before_anything_is_sent() {
        for replicas in [0, 2, 4, 6] {
            let options = NatsOptions::new("nats://127.0.0.1:1").replicas(replicas);
            let error = options.connect().await.unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains("replicas"), "{error}");
        }
        for credentials in ["", "secret-5d0c", "-----BEGIN NATS USER JWT-----\nx\n"] {
            let options = NatsOptions::new("nats://127.0.0.1:1").credentials(credentials);
            let error = options.connect().await.unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(
                !format!("{error} {error:?}").contains("secret-5d0c"),
                "{error:?}"
            );
        }
        let missing = NatsOptions::new("nats://127.0.0.1:1").credentials_file("/nonexistent");
        assert!(missing.connect().await.unwrap_err().is_invalid_input());
    }
}
