//! Receiver of webhook deliveries: checks their secret, and decodes their events.

#[cfg(feature = "webhooks-axum")]
mod axum_router;
mod builder;
mod event;
mod outcome;
mod payload;
mod recent;
mod secret;
mod subscription;
#[cfg(feature = "webhooks-tower")]
mod tower_service;
mod user;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use http::{HeaderMap, HeaderName};
use tokio::sync::{broadcast, watch};

use crate::{Error, UserId};
pub use builder::ReceiverBuilder;
pub use event::{Event, MessageEvent};
pub use outcome::Outcome;
use recent::RecentMessages;
use secret::Secrets;
pub use subscription::{Events, Wakeups};
#[cfg(feature = "webhooks-tower")]
pub use tower_service::{DeliveryFuture, DeliveryService};
pub use user::{City, EventUser};

/// Receives the deliveries of webhooks of one login (feature `webhooks`).
///
/// It needs no framework and does no I/O: [`accept`](Receiver::accept) takes the headers and the body of a request,
/// and returns the status to respond with. With the feature `webhooks-tower`, `service` is the same as a tower
/// service, and with `webhooks-axum`, `axum_router` is an axum router.
///
/// A delivery has two effects, which take no longer than decoding it, whatever the rest of the program does:
///
/// - It wakes the subscribers of [`wakeups`](Receiver::wakeups). Every authenticated delivery does, even if it is
///   repeated, too large, unreadable or cut off. Wake-ups are coalesced, and never lost.
/// - Its event is sent to the subscribers of [`events`](Receiver::events), unless it was seen before. The buffer is
///   bounded: a slow subscriber misses events.
///
/// So use wake-ups to find out when to read chats, and events for what may get lost. A header with the secret proves
/// nothing about the body; see the [module documentation](crate::webhooks). A watcher (feature `watch`) does the reading:
/// `client.watch(store).webhooks(&receiver)` wakes it.
///
/// Clones share everything. Use one receiver, with its own URL and its own secret, for each login, since a delivery
/// does not name it.
///
/// # Examples
///
/// ```
/// use basalam_chat::UserId;
/// use basalam_chat::webhooks::{Event, Receiver};
/// use reqwest::header::{AUTHORIZATION, HeaderMap};
/// # use basalam_chat::reqwest;
///
/// let secret = "Bearer example-of-a-secret";
/// let receiver = Receiver::builder(UserId(430), secret).build()?;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(AUTHORIZATION, secret.parse().unwrap());
/// let body = br#"{
///     "id": 1, "chat_id": 2, "message": { "text": "hello" }, "message_type": "TEXT", "sender_id": 431,
///     "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23"
/// }"#;
/// let outcome = receiver.accept(&headers, body);
/// assert_eq!(outcome.status(), 200);
/// let Some(Event::MessageReceived(event)) = outcome.event() else { panic!() };
/// assert_eq!(event.message.content.text.as_deref(), Some("hello"));
///
/// assert_eq!(receiver.accept(&HeaderMap::new(), body).status(), 401);
/// # Ok::<(), basalam_chat::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "webhook")]
#[doc(alias = "signature")]
#[doc(alias = "verify")]
pub struct Receiver {
    shared: Arc<Shared>,
}

struct Shared {
    user: UserId,
    header: HeaderName,
    secrets: RwLock<Secrets>,
    max_body_bytes: usize,
    #[cfg(feature = "webhooks-tower")]
    body_timeout: std::time::Duration,
    recent: Mutex<RecentMessages>,
    /// The number of wake-ups, wrapping.
    wakeups: watch::Sender<u64>,
    events: broadcast::Sender<Event>,
}

impl Receiver {
    /// Creates a builder.
    ///
    /// - `user`: the user whose events are delivered, to tell sent messages from received ones;
    ///   [`current_user_id`](crate::Client::current_user_id) returns it.
    /// - `secret`: the whole value of the header that the webhook was created with, such as `Bearer ` and a random
    ///   string. Use at least 32 random characters.
    pub fn builder(user: UserId, secret: impl Into<String>) -> ReceiverBuilder {
        ReceiverBuilder::new(user, secret.into())
    }

    /// Receives a delivery, and returns the status to respond with.
    ///
    /// - 401 if the header is missing, wrong or repeated. Nothing else happens.
    /// - 413 if the body is larger than [`max_body_bytes`](Receiver::max_body_bytes).
    /// - 200 otherwise, even if the body is unreadable: the service could only repeat it.
    ///
    /// To limit what is read of a body before it is complete, call
    /// [`is_authentic`](Receiver::is_authentic) first and read at most [`max_body_bytes`](Receiver::max_body_bytes)
    /// and one byte.
    pub fn accept(&self, headers: &HeaderMap, body: &[u8]) -> Outcome {
        if !self.is_authentic(headers) {
            return Outcome::Unauthorized;
        }
        let _wake = WakeOnDrop(self);
        self.accept_authentic(body)
    }

    /// Receives the body of an authentic delivery, without a wake-up.
    fn accept_authentic(&self, body: &[u8]) -> Outcome {
        if body.len() > self.shared.max_body_bytes {
            return Outcome::TooLarge;
        }
        let event = Event::decode(body, self.shared.user);
        if let Some(key) = event.key()
            && !self.recent().insert(key)
        {
            return Outcome::Repeated;
        }
        // An error means that nobody subscribes.
        let _ = self.shared.events.send(event.clone());
        Outcome::Accepted(event)
    }

    /// Returns `true` if the headers of a request contain the secret exactly once.
    ///
    /// The time that it takes does not depend on how much of the secret is right: SHA-256 hashes of both values are
    /// compared in constant time.
    pub fn is_authentic(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(&self.shared.header).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => self.read_secrets().contains(value.as_bytes()),
            _ => false,
        }
    }

    /// Replaces the secret. Deliveries with the one that it replaces are accepted until
    /// [`forget_previous_secret`](Receiver::forget_previous_secret); earlier ones are not.
    ///
    /// To rotate a secret without losing deliveries: call this, then
    /// [`update_webhook`](crate::webhooks::Webhooks::update_webhook) with the new header, and forget the previous
    /// secret some minutes later. Repeating the call with the same secret changes nothing.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the secret is empty, starts or ends with a space, or has
    /// characters other than visible ASCII characters, spaces and tabs.
    pub fn rotate_secret(&self, secret: impl Into<String>) -> Result<(), Error> {
        let hash = secret::hash_checked("secret", &secret.into())?;
        self.write_secrets().rotate(hash);
        Ok(())
    }

    /// Stops accepting the previous secret.
    pub fn forget_previous_secret(&self) {
        self.write_secrets().forget_previous();
    }

    /// Subscribes to wake-ups. If deliveries have arrived before, the first one is there at once.
    ///
    /// ```no_run
    /// # async fn run(receiver: basalam_chat::webhooks::Receiver) {
    /// let mut wakeups = receiver.wakeups();
    /// while wakeups.next().await.is_some() {
    ///     // Read the chats with new messages.
    /// }
    /// # }
    /// ```
    pub fn wakeups(&self) -> Wakeups {
        Wakeups::new(self.shared.wakeups.subscribe())
    }

    /// Subscribes to the events of later deliveries.
    pub fn events(&self) -> Events {
        Events::new(self.shared.events.subscribe())
    }

    /// Subscribes to the number of deliveries.
    #[cfg(feature = "watch")]
    pub(crate) fn deliveries(&self) -> watch::Receiver<u64> {
        self.shared.wakeups.subscribe()
    }

    /// The maximum size of a body in bytes.
    pub fn max_body_bytes(&self) -> usize {
        self.shared.max_body_bytes
    }

    /// The user whose events are delivered.
    pub fn user(&self) -> UserId {
        self.shared.user
    }

    // A panic while a lock is held leaves nothing half done.
    fn recent(&self) -> std::sync::MutexGuard<'_, RecentMessages> {
        let recent = self.shared.recent.lock();
        recent.unwrap_or_else(PoisonError::into_inner)
    }

    fn read_secrets(&self) -> std::sync::RwLockReadGuard<'_, Secrets> {
        let secrets = self.shared.secrets.read();
        secrets.unwrap_or_else(PoisonError::into_inner)
    }

    fn write_secrets(&self) -> std::sync::RwLockWriteGuard<'_, Secrets> {
        let secrets = self.shared.secrets.write();
        secrets.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes all subscribers when it is dropped, so that a delivery does so even if its request is cancelled.
struct WakeOnDrop<'a>(&'a Receiver);

impl Drop for WakeOnDrop<'_> {
    fn drop(&mut self) {
        let wakeups = &self.0.shared.wakeups;
        wakeups.send_modify(|count| *count = count.wrapping_add(1));
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("user", &self.shared.user)
            .field("header", &self.shared.header)
            .field("max_body_bytes", &self.shared.max_body_bytes)
            .finish_non_exhaustive()
    }
}
