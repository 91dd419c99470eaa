//! Handling of events that the watcher of another process has read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::attempt::{Attempt, Handed};
use super::checkpoint::Slot;
use super::claims::Claims;
use super::handler::handle;
use super::session::Session;
use super::shared::Shared;
use super::tenure::{EndTenure, Tenure};
use super::term::Marker;
use super::{DeadLetterReason, Delivery, Event, WatchError};
use crate::state::Version;
use crate::{ChatId, UserId};

/// For how long an attempt may take longer than its timeout. It is longer than the timers are inexact.
const GRACE: Duration = Duration::from_secs(1);

/// Hands out events that the watcher of another process has read; returned by
/// [`Watch::forwarded`](super::Watch::forwarded).
///
/// For bridges to message brokers: one process takes deliveries from a watcher and publishes them, and others handle
/// them. The crate `basalam-chat-nats` is such a bridge to NATS JetStream.
pub struct ForwardedDeliveries {
    session: Arc<Session>,
    log: String,
}

/// An event as it was forwarded.
#[derive(Clone)]
#[non_exhaustive]
pub struct ForwardedEvent {
    /// The chat.
    pub chat: ChatId,
    /// The event.
    pub event: Event,
    /// [`Delivery::revision`] of the delivery that was forwarded.
    pub revision: u32,
    /// [`Delivery::fencing`] of the delivery that was forwarded.
    pub fencing: Version,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// The position in the log, which grows with the events of a chat.
    pub position: u64,
}

impl ForwardedEvent {
    /// Creates the first attempt of an event.
    ///
    /// `revision` and `fencing` are those of the delivery that was forwarded. `position` is the event's position in the
    /// log: the events of a chat have positions in the order in which they were delivered, and each is forwarded once.
    pub fn new(
        chat: ChatId,
        event: Event,
        revision: u32,
        fencing: Version,
        position: u64,
    ) -> ForwardedEvent {
        ForwardedEvent {
            chat,
            event,
            revision,
            fencing,
            attempt: 1,
            position,
        }
    }

    /// Sets the number of the attempt.
    pub fn attempt(mut self, attempt: u32) -> ForwardedEvent {
        self.attempt = attempt;
        self
    }
}

/// Omits the event, which is private.
impl fmt::Debug for ForwardedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForwardedEvent")
            .field("chat", &self.chat)
            .field("attempt", &self.attempt)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// How an attempt to handle a forwarded event ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ForwardedOutcome {
    /// The handler has succeeded.
    Acknowledged,
    /// The handler has failed, and this was reported.
    Failed,
    /// It cannot be known whether a reply was sent, whatever the handler has returned. The event belongs to the dead
    /// letters.
    UnknownReply,
}

impl ForwardedDeliveries {
    /// Reads the secret of the watcher's replies, and checks that the client is of this user.
    pub(super) async fn open(
        shared: Arc<Shared>,
        log: String,
    ) -> Result<ForwardedDeliveries, WatchError> {
        let user = shared.client.current_user_id().await?;
        let key = shared.config.key(user.0, "marker")?;
        let marker = shared.store.get(&key).await?;
        let problem = "the store has no watcher of this name and user; use the store and the name with which the \
                       events were read";
        let marker = marker.ok_or_else(|| WatchError::invalid_input(problem))?;
        let marker = Marker::from_json(&marker.value)?;
        let session = Arc::new(Session::new(shared, user, &marker));
        Ok(ForwardedDeliveries { session, log })
    }

    /// Returns the user whose events are handled.
    pub fn user_id(&self) -> UserId {
        self.session.user
    }

    /// Runs a handler for an event, as [`Watcher::run`](super::Watcher::run) does, for at most `timeout`.
    ///
    /// Several processes may handle an event at the same time, for example if one was taken for dead. Replies are sent
    /// by one of them: each step is claimed in the store before its reply is sent, and if it was claimed before, the
    /// attempt looks for the reply, as after a redelivery; see [`Reply`](super::Reply).
    ///
    /// If the future is dropped, the handler is cancelled at its next `.await`, and the delivery is
    /// [revoked](Delivery::is_revoked).
    pub async fn handle<H, F>(
        &self,
        event: ForwardedEvent,
        handler: &H,
        timeout: Duration,
    ) -> ForwardedOutcome
    where
        H: Fn(Delivery) -> F,
        F: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send,
    {
        let session = &self.session;
        let key = session
            .shared
            .config
            .key(session.user.0, &format!("replies/{}", event.chat.0));
        // The name is checked, so every key is valid.
        let Ok(key) = key else {
            return ForwardedOutcome::Failed;
        };
        let message = match &event.event {
            Event::UnreadableMessage(item) => item.id().unwrap_or(0),
            event => event.message().map_or(0, |message| message.id.0),
        };
        let handed = Handed {
            chat: event.chat,
            slot: Slot {
                message,
                revision: event.revision,
            },
            event: event.event,
            number: event.attempt,
            fencing: event.fencing,
            earlier_reply: None,
            claims: Some(Claims::new(key, self.log.clone(), event.position)),
        };
        let timeout = timeout.min(session.shared.config.handler_timeout);
        // If the process is paused, another one handles the event after the timeout.
        let left = timeout.saturating_add(GRACE);
        let tenure = Arc::new(Tenure::new(session.shared.clock.clone(), left));
        let _guard = EndTenure(tenure.clone());
        let (attempt, resolution) = Attempt::new(session.clone(), tenure, handed);
        handle(&session.shared, Delivery::new(attempt), timeout, handler).await;
        match resolution.await {
            Ok(resolution) if resolution.is_unknown => ForwardedOutcome::UnknownReply,
            Ok(resolution) if resolution.is_acknowledged => ForwardedOutcome::Acknowledged,
            _ => ForwardedOutcome::Failed,
        }
    }

    /// Passes an event to the function for [dead letters](super::Watch::dead_letter), and reports it. Returns `false` if
    /// the function panics: the event must not be acknowledged then.
    pub fn give_up(&self, event: ForwardedEvent, reason: DeadLetterReason) -> bool {
        let shared = &self.session.shared;
        shared.give_up(event.chat, event.event, event.attempt, reason)
    }
}

impl fmt::Debug for ForwardedDeliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForwardedDeliveries")
            .field("user", &self.session.user)
            .finish_non_exhaustive()
    }
}
