//! Errors and reports of a watcher.

use std::error::Error as StdError;
use std::fmt;

use super::Event;
use crate::state::StateError;
use crate::{ChatId, Error};

/// An error of a watcher or of a reply.
#[derive(Debug)]
pub struct WatchError(Kind);

#[derive(Debug)]
enum Kind {
    Service(Box<Error>),
    State(StateError),
    StateLost(&'static str),
    Revoked,
    UnknownSender,
    UnknownReply(&'static str),
    InvalidInput(&'static str),
}

impl WatchError {
    pub(super) fn state_lost(problem: &'static str) -> WatchError {
        WatchError(Kind::StateLost(problem))
    }

    pub(super) fn revoked() -> WatchError {
        WatchError(Kind::Revoked)
    }

    pub(super) fn unknown_sender() -> WatchError {
        WatchError(Kind::UnknownSender)
    }

    pub(super) fn unknown_reply(problem: &'static str) -> WatchError {
        WatchError(Kind::UnknownReply(problem))
    }

    pub(super) fn invalid_input(problem: &'static str) -> WatchError {
        WatchError(Kind::InvalidInput(problem))
    }

    /// Returns the error of the chat service, if it is one.
    pub fn service(&self) -> Option<&Error> {
        match &self.0 {
            Kind::Service(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the error of the state store, if it is one.
    pub fn state(&self) -> Option<&StateError> {
        match &self.0 {
            Kind::State(error) => Some(error),
            _ => None,
        }
    }

    /// Returns `true` if the store has lost the state of this watcher, in whole or in part. To start anew, delete
    /// all keys that start with the watcher's prefix, `watch/` and its name.
    pub fn is_state_lost(&self) -> bool {
        matches!(self.0, Kind::StateLost(_))
    }

    /// Returns `true` if this process no longer reads the login: it lost the lease, or the watcher was stopped. The
    /// delivery is repeated by the process that reads now.
    pub fn is_revoked(&self) -> bool {
        matches!(self.0, Kind::Revoked)
    }

    /// Returns `true` if it cannot be known whether a reply was sent by an earlier attempt. The delivery goes to the
    /// dead letters.
    pub fn is_unknown_reply(&self) -> bool {
        matches!(self.0, Kind::UnknownReply(_))
    }

    /// Returns `true` if an argument is invalid, the event cannot be replied to, or the delivery of a reply is already
    /// resolved. Nothing was sent.
    pub fn is_invalid_input(&self) -> bool {
        match &self.0 {
            Kind::InvalidInput(_) | Kind::UnknownSender => true,
            Kind::Service(error) => error.is_invalid_input(),
            _ => false,
        }
    }
}

impl From<Error> for WatchError {
    fn from(error: Error) -> WatchError {
        WatchError(Kind::Service(Box::new(error)))
    }
}

impl From<StateError> for WatchError {
    fn from(error: StateError) -> WatchError {
        WatchError(Kind::State(error))
    }
}

impl fmt::Display for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Service(error) => error.fmt(f),
            Kind::State(error) => write!(f, "the state store of the watcher failed: {error}"),
            Kind::StateLost(problem) => write!(
                f,
                "the state of the watcher is lost: {problem}; restore it, or delete its keys to start anew"
            ),
            Kind::Revoked => f.write_str(
                "this process no longer reads the login; the process that does repeats the delivery",
            ),
            Kind::UnknownSender => f.write_str(
                "the sender of the message is unknown and may be the token's user; answer it with `create_message` \
                 if you are sure",
            ),
            Kind::UnknownReply(problem) => write!(
                f,
                "it is unknown whether an earlier attempt has sent the reply: {problem}; check the chat"
            ),
            Kind::InvalidInput(problem) => f.write_str(problem),
        }
    }
}

impl StdError for WatchError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Kind::Service(error) => error.source(),
            Kind::State(error) => Some(error),
            _ => None,
        }
    }
}

/// What a watcher reports besides deliveries; see [`Watch::on_report`](super::Watch::on_report).
///
/// `Debug` writes no messages and no tokens, unless an error of the program's handler does.
#[derive(Debug)]
#[non_exhaustive]
pub enum Report {
    /// This process reads the login now: it has the lease.
    Started,
    /// Another process reads the login, or the lease could not be renewed. Deliveries are revoked.
    LeaseLost,
    /// A request of the watcher failed. It is repeated after a backoff.
    RequestFailed(Error),
    /// The state store failed. Nothing is acknowledged or handed out until it works again; chats are polled
    /// meanwhile.
    StoreFailed(StateError),
    /// The state store works again.
    StoreRecovered,
    /// The service does not return the metadata of messages, so replies cannot be recognized: after a crash, a reply
    /// that may have been sent goes to the dead letters.
    MetadataNotReturned,
    /// A message has no id that can be decoded, so it cannot be delivered.
    UnreadableMessage(ChatId),
    /// A poll has found a message that no webhook has delivered, so polls are as frequent as without webhooks, until a
    /// webhook delivers a message.
    WebhooksSilent,
    /// A handler of [`run`](super::Watch::run) did not succeed. The event is delivered again after a backoff, unless it
    /// goes to the dead letters.
    HandlerFailed {
        /// The chat.
        chat: ChatId,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// Why it failed.
        failure: HandlerFailure,
    },
    /// A delivery went to the dead letters.
    DeadLetter(ChatId),
    /// The function for dead letters panicked, so the event is delivered again.
    DeadLetterFailed(ChatId),
}

/// Why a handler did not succeed.
#[derive(Debug)]
#[non_exhaustive]
pub enum HandlerFailure {
    /// It returned this error.
    Error(Box<dyn StdError + Send + Sync>),
    /// It panicked.
    Panicked,
    /// It took longer than the [handler timeout](super::Watch::handler_timeout).
    TimedOut,
}

/// A delivery that was given up; see [`Watch::dead_letter`](super::Watch::dead_letter).
#[derive(Clone)]
#[non_exhaustive]
pub struct DeadLetter {
    /// The chat.
    pub chat: ChatId,
    /// The event.
    pub event: Event,
    /// The number of attempts, including those of earlier processes.
    pub attempts: u32,
    /// Why it was given up.
    pub reason: DeadLetterReason,
}

/// Omits the event, which is private.
impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("chat", &self.chat)
            .field("attempts", &self.attempts)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// Why a delivery went to the dead letters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeadLetterReason {
    /// All attempts failed.
    AttemptsExhausted,
    /// It cannot be known whether a reply was sent.
    UnknownReply,
}
