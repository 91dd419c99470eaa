//! The connection, which is opened again if it is lost, and commands with time limits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use basalam_chat::state::{StateError, StateErrorKind};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{
    AsyncConnectionConfig, Cmd, ConnectionAddr, ConnectionInfo, FromRedisValue, RedisError,
    RedisResult, ScriptInvocation, Value, cmd,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::scripts::Scripts;
use super::{LOST, error};
use crate::remote::{refused, timed_out};

pub(super) struct Server {
    pub(super) info: ConnectionInfo,
    #[cfg(feature = "redis-rustls")]
    pub(super) tls: Option<tokio_rustls::TlsConnector>,
    pub(super) namespace: String,
    pub(super) timeout: Duration,
    /// Also accepts a server that does not permit `ROLE`.
    pub(super) allow_data_loss: bool,
    pub(super) scripts: Scripts,
    pub(super) current: Mutex<Option<Arc<Link>>>,
    /// Held by the task that connects.
    pub(super) connecting: tokio::sync::Mutex<()>,
}

/// A connection that all tasks use at the same time. The task that drives it ends when the connection does, so a
/// connection that is known to be closed is not used for a write, whose outcome would be unknown.
pub(super) struct Link {
    connection: MultiplexedConnection,
    driver: JoinHandle<()>,
    is_discarded: AtomicBool,
}

impl Link {
    fn is_usable(&self) -> bool {
        !self.driver.is_finished() && !self.is_discarded.load(Ordering::Relaxed)
    }

    /// Lets the next operation open another connection. Operations that wait for responses keep this one.
    fn discard(&self) {
        self.is_discarded.store(true, Ordering::Relaxed);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Otherwise it would wait for all responses.
        self.driver.abort();
    }
}

impl Server {
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// Runs a command that reads, again if the connection is lost.
    pub(super) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StateError> {
        self.read_until(self.deadline(), command).await
    }

    pub(super) async fn read_until<T: FromRedisValue>(
        &self,
        deadline: Instant,
        command: &Cmd,
    ) -> Result<T, StateError> {
        let lost = StateErrorKind::Unavailable;
        let mut is_retry = false;
        loop {
            let link = self.link(deadline).await?;
            let mut connection = link.connection.clone();
            let response = timeout_at(deadline, command.query_async(&mut connection)).await;
            let is_lost = matches!(&response, Ok(Err(error)) if error.is_io_error());
            let result = Self::result(lost, &link, response);
            if !is_lost || is_retry {
                return result;
            }
            is_retry = true;
        }
    }

    /// Runs a script that writes, once.
    pub(super) async fn write<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StateError> {
        let deadline = self.deadline();
        let link = self.link(deadline).await?;
        let mut connection = link.connection.clone();
        let response = timeout_at(deadline, script.invoke_async(&mut connection)).await;
        Self::result(LOST, &link, response)
    }

    fn result<T, E>(
        lost: StateErrorKind,
        link: &Link,
        response: Result<RedisResult<T>, E>,
    ) -> Result<T, StateError> {
        let error = match response {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) if error::is_response(&error) => {
                // After a failover, the next connection may find the new master.
                if error.code() == Some("READONLY") {
                    link.discard();
                }
                return Err(error::command(lost, &error));
            }
            Ok(Err(error)) => error::command(lost, &error),
            Err(_) => timed_out(lost),
        };
        link.discard();
        Err(error)
    }

    async fn link(&self, deadline: Instant) -> Result<Arc<Link>, StateError> {
        if let Some(link) = self.usable_link() {
            return Ok(link);
        }
        let link = async {
            let _connecting = self.connecting.lock().await;
            // Another task may have connected.
            if let Some(link) = self.usable_link() {
                return Ok(link);
            }
            let link = Arc::new(self.connect().await?);
            *self.lock_current() = Some(Arc::clone(&link));
            Ok(link)
        };
        match timeout_at(deadline, link).await {
            Ok(result) => result,
            Err(_) => Err(timed_out(StateErrorKind::Unavailable)),
        }
    }

    fn usable_link(&self) -> Option<Arc<Link>> {
        let current = self.lock_current().clone();
        current.filter(|link| link.is_usable())
    }

    fn lock_current(&self) -> MutexGuard<'_, Option<Arc<Link>>> {
        // It is replaced as a whole.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<Link, StateError> {
        let failed = |error: RedisError| error::command(StateErrorKind::Unavailable, &error);
        let link = match self.info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await;
                let stream = stream.map_err(|error| failed(error.into()))?;
                // Otherwise a read could wait until the server acknowledges a write before it.
                stream
                    .set_nodelay(true)
                    .map_err(|error| failed(error.into()))?;
                #[cfg(feature = "redis-rustls")]
                if let Some(tls) = &self.tls {
                    let stream = handshake(tls, host, stream).await?;
                    return self.checked(self.link_on(stream).await).await;
                }
                self.link_on(stream).await
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                self.link_on(stream.map_err(|error| failed(error.into()))?)
                    .await
            }
            _ => return Err(refused("the URL has an address that is not supported")),
        };
        self.checked(link).await
    }

    async fn checked(&self, link: RedisResult<Link>) -> Result<Link, StateError> {
        let link = link.map_err(|error| error::command(StateErrorKind::Unavailable, &error));
        let mut link = link?;
        self.check_role(&mut link.connection).await?;
        Ok(link)
    }

    async fn link_on(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> RedisResult<Link> {
        // The deadlines of operations replace the library's time limits.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let settings = self.info.redis_settings();
        let (connection, driver) =
            MultiplexedConnection::new_with_config(settings, stream, config).await?;
        let driver = tokio::spawn(driver);
        Ok(Link {
            connection,
            driver,
            is_discarded: AtomicBool::new(false),
        })
    }

    /// A replica would return old values.
    async fn check_role(&self, connection: &mut impl ConnectionLike) -> Result<(), StateError> {
        let role: RedisResult<Vec<Value>> = cmd("ROLE").query_async(connection).await;
        let role = match role {
            Err(error) if error::is_response(&error) && self.allow_data_loss => return Ok(()),
            role => role.map_err(|error| error::command(StateErrorKind::Unavailable, &error))?,
        };
        match role.first() {
            Some(Value::BulkString(name)) if name == b"master" => Ok(()),
            _ => {
                let message =
                    "the server is a replica, which would return old values; use the master";
                Err(StateError::new(StateErrorKind::Unavailable, message))
            }
        }
    }
}

#[cfg(feature = "redis-rustls")]
async fn handshake(
    tls: &tokio_rustls::TlsConnector,
    host: &str,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, StateError> {
    let name = rustls::pki_types::ServerName::try_from(host.to_owned());
    let name =
        name.map_err(|_| refused("the host of the URL cannot be the name of a certificate"))?;
    tls.connect(name, stream).await.map_err(|error| {
        let configuration = crate::tls::handshake_error(&error);
        configuration.unwrap_or_else(|| error::command(StateErrorKind::Unavailable, &error.into()))
    })
}
