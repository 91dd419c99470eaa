//! Builder of a receiver.

use std::sync::{Arc, Mutex, RwLock};

use http::HeaderName;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{broadcast, watch};

use super::recent::RecentMessages;
use super::secret::{Secrets, hash_checked};
use super::{Receiver, Shared};
use crate::{Error, UserId};

/// The default of [`ReceiverBuilder::max_body_bytes`].
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The default of [`ReceiverBuilder::event_buffer`].
const EVENT_BUFFER: usize = 64;

/// The maximum of [`ReceiverBuilder::event_buffer`].
const MAX_EVENT_BUFFER: usize = 65_536;

/// The default of [`ReceiverBuilder::body_timeout`].
#[cfg(feature = "webhooks-tower")]
const BODY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// Builder of a [`Receiver`]; returned by [`Receiver::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ReceiverBuilder {
    user: UserId,
    secret: SecretString,
    previous_secret: Option<SecretString>,
    header: String,
    max_body_bytes: usize,
    event_buffer: usize,
    #[cfg(feature = "webhooks-tower")]
    body_timeout: std::time::Duration,
}

impl ReceiverBuilder {
    pub(super) fn new(user: UserId, secret: String) -> ReceiverBuilder {
        ReceiverBuilder {
            user,
            secret: secret.into(),
            previous_secret: None,
            header: AUTHORIZATION.as_str().to_owned(),
            max_body_bytes: MAX_BODY_BYTES,
            event_buffer: EVENT_BUFFER,
            #[cfg(feature = "webhooks-tower")]
            body_timeout: BODY_TIMEOUT,
        }
    }

    /// Sets the name of the header that contains the secret. The default is `Authorization`.
    pub fn header(mut self, name: impl Into<String>) -> Self {
        self.header = name.into();
        self
    }

    /// Accepts a second secret, which is being replaced; see [`Receiver::rotate_secret`].
    pub fn previous_secret(mut self, secret: impl Into<String>) -> Self {
        self.previous_secret = Some(secret.into().into());
        self
    }

    /// Sets the maximum size of a body in bytes, greater than zero. The default is 256 KiB. Unknown: the largest
    /// body that the service sends.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Sets how many events are kept for slow subscribers, from 1 to 65,536. The default is 64. Up to that many
    /// decoded bodies of the maximum size are in memory, each of which can take some times the size of the body.
    pub fn event_buffer(mut self, events: usize) -> Self {
        self.event_buffer = events;
        self
    }

    /// Sets how long `service` waits for a body, greater than zero. The default is 10 seconds. Requires the feature
    /// `webhooks-tower`.
    #[cfg(feature = "webhooks-tower")]
    pub fn body_timeout(mut self, timeout: std::time::Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// Builds the receiver.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if a secret is empty, starts or ends with a space, or has
    /// characters other than visible ASCII characters, spaces and tabs, and if another argument is out of its range.
    pub fn build(self) -> Result<Receiver, Error> {
        let header = HeaderName::from_bytes(self.header.as_bytes()).map_err(|_| {
            Error::invalid_input(
                "header",
                "is not a header name",
                "use letters, digits and `-`, such as `Authorization`",
            )
        })?;
        let secret = hash_checked("secret", self.secret.expose_secret())?;
        let previous = self
            .previous_secret
            .as_ref()
            .map(ExposeSecret::expose_secret);
        let previous = previous.map(|it| hash_checked("previous_secret", it));
        crate::request::check_id("user", self.user.0)?;
        if self.max_body_bytes == 0 {
            return Err(Error::zero("max_body_bytes"));
        }
        if !(1..=MAX_EVENT_BUFFER).contains(&self.event_buffer) {
            return Err(Error::invalid_input(
                "event_buffer",
                "is out of range",
                "use 1 to 65536 events",
            ));
        }
        #[cfg(feature = "webhooks-tower")]
        if self.body_timeout.is_zero() {
            return Err(Error::zero("body_timeout"));
        }
        let shared = Shared {
            user: self.user,
            header,
            secrets: RwLock::new(Secrets::new(secret, previous.transpose()?)),
            max_body_bytes: self.max_body_bytes,
            #[cfg(feature = "webhooks-tower")]
            body_timeout: self.body_timeout,
            recent: Mutex::new(RecentMessages::default()),
            wakeups: watch::Sender::new(0),
            events: broadcast::Sender::new(self.event_buffer),
        };
        Ok(Receiver {
            shared: Arc::new(shared),
        })
    }
}
