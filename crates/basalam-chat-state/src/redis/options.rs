//! Options, and the checks when a store is opened.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::state::StateError;
use redis::{ConnectionInfo, IntoConnectionInfo, cmd};
use tokio::time::Instant;
#[cfg(feature = "redis-rustls")]
use tokio_rustls::TlsConnector;

use super::RedisState;
use super::connection::Server;
use super::scripts::Scripts;
use crate::remote::refused;

/// The settings that keep writes, and what happens otherwise.
const DURABILITY: [(&str, &str, &str); 4] = [
    ("appendonly", "yes", "a crash of the server can lose writes"),
    (
        "appendfsync",
        "always",
        "a crash of the server's machine can lose writes",
    ),
    (
        "no-appendfsync-on-rewrite",
        "no",
        "a crash of the server's machine can lose writes",
    ),
    (
        "maxmemory-policy",
        "noeviction",
        "the server can delete values if its memory is full",
    ),
];

/// Options of a [`RedisState`].
#[derive(Clone)]
pub struct RedisOptions {
    url: String,
    namespace: String,
    allow_data_loss: bool,
    operation_timeout: Duration,
    #[cfg(feature = "redis-rustls")]
    root_certificates: Option<Vec<u8>>,
}

impl RedisOptions {
    /// Creates options for a URL such as `redis://user:password@host:6379/0`, or `rediss://` for TLS. For a Unix
    /// socket, it is `redis+unix:///run/redis.sock?db=0`.
    pub fn new(url: impl Into<String>) -> RedisOptions {
        RedisOptions {
            url: url.into(),
            namespace: "basalam_chat_state".to_owned(),
            allow_data_loss: false,
            operation_timeout: Duration::from_secs(10),
            #[cfg(feature = "redis-rustls")]
            root_certificates: None,
        }
    }

    /// Sets the start of all keys, which separates stores on one server; `basalam_chat_state` by default. It consists
    /// of 1 to 64 ASCII letters, digits, `_` and `-`.
    pub fn namespace(mut self, namespace: impl Into<String>) -> RedisOptions {
        self.namespace = namespace.into();
        self
    }

    /// Accepts a server that can lose writes that have returned, and use their versions again, or that does not
    /// permit `CONFIG GET` or `ROLE`, so that its settings are unknown; `false` by default.
    pub fn allow_data_loss(mut self, enabled: bool) -> RedisOptions {
        self.allow_data_loss = enabled;
        self
    }

    /// Sets the time limit of each operation, including connecting; 10 seconds by default, at least a millisecond, at
    /// most a day.
    pub fn operation_timeout(mut self, timeout: Duration) -> RedisOptions {
        let max = Duration::from_secs(24 * 3600);
        self.operation_timeout = timeout.clamp(Duration::from_millis(1), max);
        self
    }

    /// Trusts these root certificates (PEM) instead of those of the system. A URL without TLS is refused then.
    #[cfg(feature = "redis-rustls")]
    pub fn tls_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> RedisOptions {
        self.root_certificates = Some(pem.into());
        self
    }

    /// Connects, and checks the server.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](StateError::is_configuration) if the URL or the namespace is invalid, the server refuses
    /// the login or is not trusted, TLS is required and not possible, or the server could lose writes.
    /// [`is_unavailable`](StateError::is_unavailable) if the server cannot be reached or is a replica.
    pub async fn connect(self) -> Result<RedisState, StateError> {
        check_namespace(&self.namespace)?;
        let (info, needs_tls) = connection_info(&self.url)?;
        #[cfg(not(feature = "redis-rustls"))]
        if needs_tls {
            return Err(crate::remote::missing_feature("redis-rustls"));
        }
        let server = Server {
            info,
            #[cfg(feature = "redis-rustls")]
            tls: self.tls(needs_tls).await?,
            namespace: self.namespace,
            timeout: self.operation_timeout,
            allow_data_loss: self.allow_data_loss,
            scripts: Scripts::new(),
            current: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        };
        let deadline = server.deadline();
        if !self.allow_data_loss {
            check_durability(&server, deadline).await?;
        }
        let mut get = cmd("GET");
        get.arg(super::counter(&server));
        server.read_until::<Option<Vec<u8>>>(deadline, &get).await?;
        Ok(RedisState {
            server: Arc::new(server),
        })
    }
}

#[cfg(feature = "redis-rustls")]
impl RedisOptions {
    async fn tls(&self, is_needed: bool) -> Result<Option<TlsConnector>, StateError> {
        match (is_needed, &self.root_certificates) {
            (false, None) => Ok(None),
            (false, Some(_)) => Err(refused(
                "`tls_root_certificates` needs TLS, which the URL does not use; use `rediss://`",
            )),
            (true, roots) => {
                let tls = crate::tls::client_config(roots.clone()).await?;
                Ok(Some(Arc::new(tls).into()))
            }
        }
    }
}

/// Returns the connection without TLS, and whether it needs TLS. The cause of an error is left out, since it can
/// contain a part of the URL.
fn connection_info(url: &str) -> Result<(ConnectionInfo, bool), StateError> {
    let (scheme, rest) = url.split_once(':').unwrap_or_default();
    let plain = match scheme.to_ascii_lowercase().as_str() {
        "rediss" => Some("redis"),
        "valkeys" => Some("valkey"),
        _ => None,
    };
    if plain.is_some() && rest.contains('#') {
        return Err(refused(
            "the URL has a fragment; certificates are always verified, so use `tls_root_certificates` instead of \
            `#insecure`, and write `#` in passwords as `%23`",
        ));
    }
    let info = match plain {
        // The library refuses the URL without a feature of its own.
        Some(plain) => format!("{plain}:{rest}").into_connection_info(),
        None => url.into_connection_info(),
    };
    let info = info.map_err(|_| {
        refused(
            "the URL is invalid; use `redis://user:password@host:6379/0`, or `rediss://` for TLS",
        )
    })?;
    Ok((info, plain.is_some()))
}

async fn check_durability(server: &Server, deadline: Instant) -> Result<(), StateError> {
    for (name, required, otherwise) in DURABILITY {
        let mut config = cmd("CONFIG");
        config.arg("GET").arg(name);
        let settings: Result<HashMap<String, String>, _> =
            server.read_until(deadline, &config).await;
        let settings = match settings {
            Err(error) if !is_about_command(server, deadline).await => return Err(error),
            settings => settings.unwrap_or_default(),
        };
        match settings.get(name).map(String::as_str) {
            Some(value) if value == required => {}
            Some(value) => {
                return Err(refused(format!(
                    "{otherwise}, since `{name}` is `{value}`; set it to `{required}`, or use `allow_data_loss`"
                )));
            }
            None => {
                return Err(refused(format!(
                    "the server does not report `{name}`, so it could lose writes; permit `CONFIG GET`, or use \
                    `allow_data_loss` if it keeps writes all the same"
                )));
            }
        }
    }
    Ok(())
}

/// Returns `true` if other commands work.
async fn is_about_command(server: &Server, deadline: Instant) -> bool {
    let mut get = cmd("GET");
    get.arg(super::counter(server));
    let read = server.read_until::<Option<Vec<u8>>>(deadline, &get).await;
    read.is_ok()
}

fn check_namespace(namespace: &str) -> Result<(), StateError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=64).contains(&namespace.len()) && namespace.bytes().all(is_allowed) {
        return Ok(());
    }
    Err(refused(
        "the namespace is invalid; use 1 to 64 ASCII letters, digits, `_` and `-`",
    ))
}

/// Omits the URL, which can contain a password.
impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("namespace", &self.namespace)
            .field("allow_data_loss", &self.allow_data_loss)
            .field("operation_timeout", &self.operation_timeout)
            .finish_non_exhaustive()
    }
}
