//! The connection, and requests with time limits.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{Context, ContextBuilder};
use async_nats::{Client, ConnectError, ConnectErrorKind, ServerInfo};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use crate::{EventQueue, NatsError, NatsOptions, NatsState, QueueOptions};

/// The oldest version of the server.
const MIN_VERSION: (u64, u64) = (2, 11);
/// The largest values and events must fit, with their headers.
const MIN_PAYLOAD: usize = 512 * 1024;
/// How often a lost connection is looked at.
const POLL: Duration = Duration::from_millis(5);

/// The code of an error of the server, with its description.
pub(crate) struct ApiError {
    pub(crate) code: u64,
    pub(crate) description: String,
}

/// The status of errors of the server that pass.
const UNAVAILABLE: u64 = 503;
pub(crate) const STREAM_NOT_FOUND: u64 = 10059;
pub(crate) const STREAM_NAME_IN_USE: u64 = 10058;
pub(crate) const CONSUMER_EXISTS: u64 = 10148;

/// A connection to NATS; returned by [`NatsOptions::connect`]. Clones share it.
#[derive(Clone)]
pub struct Nats {
    pub(crate) client: Client,
    pub(crate) jetstream: Context,
    pub(crate) timeout: Duration,
    pub(crate) replicas: usize,
}

/// Why something was not published.
pub(crate) enum PublishFailure {
    /// The subject has another last sequence than expected.
    WrongSequence,
    /// It was not sent, or the server has refused it.
    NotStored(String),
    /// The response is lost, so it may be stored, now or later.
    Unknown,
}

impl Nats {
    pub(crate) fn new(client: Client, options: &NatsOptions) -> Nats {
        let timeout = options.operation_timeout;
        let jetstream = ContextBuilder::new()
            .timeout(timeout)
            .ack_timeout(timeout)
            .build(client.clone());
        Nats {
            client,
            jetstream,
            timeout,
            replicas: options.replicas,
        }
    }

    /// Opens the state store in a key-value bucket, and creates the bucket if it is missing. The name has 1 to 32 ASCII
    /// letters, digits, `-` and `_`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](NatsError::is_invalid_input) if the name is invalid,
    /// [`is_configuration`](NatsError::is_configuration) if the bucket has other settings, and
    /// [`is_unavailable`](NatsError::is_unavailable).
    pub async fn state(&self, bucket: impl Into<String>) -> Result<NatsState, NatsError> {
        NatsState::open(self.clone(), bucket.into()).await
    }

    /// Opens a queue of events, and creates its streams and consumers if they are missing.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](NatsError::is_invalid_input) if an option is invalid,
    /// [`is_configuration`](NatsError::is_configuration) if a stream or a consumer has other settings, and
    /// [`is_unavailable`](NatsError::is_unavailable).
    pub async fn queue(&self, options: QueueOptions) -> Result<EventQueue, NatsError> {
        EventQueue::open(self.clone(), options).await
    }

    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// Waits until the connection is open. Otherwise the library would keep a message and send it later.
    pub(crate) async fn connected(&self, deadline: Instant) -> bool {
        while self.client.connection_state() != State::Connected {
            if Instant::now() >= deadline {
                return false;
            }
            sleep(POLL).await;
        }
        true
    }

    /// Sends a request to the API of JetStream.
    pub(crate) async fn api(
        &self,
        subject: String,
        request: &Value,
    ) -> Result<Result<Value, ApiError>, NatsError> {
        let deadline = self.deadline();
        let failed = || NatsError::unavailable("NATS did not respond in time; try again later");
        if !self.connected(deadline).await {
            return Err(failed());
        }
        let response = timeout_at(
            deadline,
            self.jetstream.request::<_, _, Value>(subject, request),
        );
        let response = match response.await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(failed().with_source(error)),
            Err(_) => return Err(failed()),
        };
        let error = &response["error"];
        // For example while the server starts.
        if error["code"] == UNAVAILABLE {
            return Err(failed());
        }
        Ok(match error.is_null() {
            true => Ok(response),
            false => Err(ApiError {
                code: error["err_code"].as_u64().unwrap_or_default(),
                description: error["description"]
                    .as_str()
                    .unwrap_or("unknown")
                    .to_owned(),
            }),
        })
    }

    /// Publishes a message and waits until it is stored. Returns its sequence.
    pub(crate) async fn publish(
        &self,
        subject: String,
        message: PublishMessage,
    ) -> Result<u64, PublishFailure> {
        let deadline = self.deadline();
        if !self.connected(deadline).await {
            let message = "the connection to NATS is lost".to_owned();
            return Err(PublishFailure::NotStored(message));
        }
        let published = async { self.jetstream.send_publish(subject, message).await?.await };
        match timeout_at(deadline, published).await {
            Err(_) => Err(PublishFailure::Unknown),
            Ok(Ok(ack)) => Ok(ack.sequence),
            Ok(Err(error)) => Err(match error.kind() {
                PublishErrorKind::WrongLastSequence => PublishFailure::WrongSequence,
                PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe => {
                    PublishFailure::Unknown
                }
                // Such as a full stream, or one that does not exist.
                _ => PublishFailure::NotStored(error.to_string()),
            }),
        }
    }
}

/// Omits the servers.
impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats").finish_non_exhaustive()
    }
}

pub(crate) fn connect_error(error: ConnectError) -> NatsError {
    use ConnectErrorKind::{Authentication, AuthorizationViolation, Io, ServerParse, Tls};
    match error.kind() {
        ServerParse => NatsError::invalid_input(
            "the URL of NATS is invalid; use `nats://host:4222`, or `tls://` for TLS",
        ),
        Authentication | AuthorizationViolation => NatsError::configuration(
            "NATS refuses the login; check the credentials and their permissions",
        ),
        Io if !is_handshake(&error) => NatsError::unavailable("NATS cannot be reached: IO error"),
        Tls | Io => NatsError::configuration(
            "TLS of NATS cannot be used; check the certificates and the host of the URL",
        )
        .with_source(error),
        // The source could contain the URL.
        kind => NatsError::unavailable(format!("NATS cannot be reached: {kind}")),
    }
}

/// Returns `true` if the TLS handshake failed, since the server has no TLS or a certificate is not accepted.
fn is_handshake(error: &ConnectError) -> bool {
    let source = error.source().and_then(|it| it.downcast_ref::<io::Error>());
    source.is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
}

pub(crate) fn check_server(info: &ServerInfo) -> Result<(), NatsError> {
    let version = &info.version;
    let mut numbers = version.split('.').map_while(|it| it.parse::<u64>().ok());
    let numbers = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let (major, minor) = MIN_VERSION;
    let problem = if numbers < MIN_VERSION {
        format!("NATS has version {version}; use {major}.{minor} or newer")
    } else if !info.jetstream {
        "JetStream is not enabled; add `jetstream {}` to the configuration of NATS".to_owned()
    } else if info.max_payload < MIN_PAYLOAD {
        let actual = info.max_payload;
        format!("`max_payload` of NATS is {actual}; set it to {MIN_PAYLOAD} or more")
    } else {
        return Ok(());
    };
    Err(NatsError::configuration(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(version: &str, jetstream: bool, max_payload: usize) -> ServerInfo {
        let info = serde_json::json!({
            "version": version, "jetstream": jetstream, "max_payload": max_payload,
        });
        serde_json::from_value(info).unwrap()
    }

    #[test]
    fn old_and_limited_servers_are_refused() {
        for version in ["2.11.0", "2.12.3", "2.15.1-RC.1", "3.0.0"] {
            check_server(&info(version, true, 1 << 20)).unwrap();
        }
        for (server, expected) in [
            (info("2.10.29", true, 1 << 20), "2.11"),
            (info("2.9.10", true, 1 << 20), "2.9.10"),
            (info("1.4", true, 1 << 20), "2.11"),
            (info("", true, 1 << 20), "2.11"),
            (info("2.11.0", false, 1 << 20), "JetStream"),
            (info("2.11.0", true, 1000), "max_payload"),
        ] {
            let error = check_server(&server).unwrap_err();
            assert!(error.is_configuration(), "{error}");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
