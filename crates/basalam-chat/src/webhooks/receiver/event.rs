//! The events that webhooks deliver.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::recent::MessageKey;
use super::user::EventUser;
use crate::UserId;
use crate::messages::Message;

/// The event of a delivery.
///
/// A delivery contains no event name (certain), so its content decides. `Debug` output contains messages.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// `CHAT_RECEIVED_MESSAGE`: the user has received a message. Also a message of an unknown sender.
    MessageReceived(Arc<MessageEvent>),
    /// `CHAT_SEND_MESSAGE`: the user has sent a message, with this program or another one.
    MessageSent(Arc<MessageEvent>),
    /// Any other JSON, such as an event about an order.
    Other(Arc<Value>),
    /// A body that is not JSON, as received.
    Unreadable(Arc<[u8]>),
}

/// A message in a delivery, with what only deliveries contain.
///
/// It serializes as an object with these fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MessageEvent {
    /// The message in the form that [`get_messages`](crate::Client::get_messages) returns it, for
    /// [`kind`](Message::kind) and the like.
    ///
    /// In a delivery, the content has another name, the type is in upper case, and avatars are objects (certain).
    /// These are converted. The sender can be no more than an id.
    pub message: Message,
    /// The sender, as delivered. Likely: observed in one live integration.
    pub sender: Option<EventUser>,
    /// The other user, as delivered. Likely: observed in one live integration.
    pub receiver: Option<EventUser>,
    /// Unknown: the meaning; null in the documented example.
    pub message_source: Option<Value>,
}

impl Event {
    /// Decodes a body. `user` is the user whose event it is.
    pub(super) fn decode(body: &[u8], user: UserId) -> Event {
        if let Some(event) = MessageEvent::decode(body) {
            let event = Arc::new(event);
            return match event.is_sent_by(user) {
                true => Event::MessageSent(event),
                false => Event::MessageReceived(event),
            };
        }
        match crate::raw::read_json(body) {
            // An empty body is read as an empty object.
            Ok(value) if !body.trim_ascii().is_empty() => Event::Other(Arc::new(value)),
            _ => Event::Unreadable(body.into()),
        }
    }

    /// Returns the message of an event about one.
    pub fn message(&self) -> Option<&MessageEvent> {
        match self {
            Event::MessageReceived(event) | Event::MessageSent(event) => Some(event),
            _ => None,
        }
    }

    /// Returns the key to recognize repeated deliveries by.
    pub(super) fn key(&self) -> Option<MessageKey> {
        Some(MessageKey::of(&self.message()?.message))
    }
}

impl MessageEvent {
    fn is_sent_by(&self, user: UserId) -> bool {
        match self.message.sender_id() {
            Some(sender) => sender == user,
            None => {
                let receiver = self.receiver.as_ref().and_then(|it| it.id);
                receiver.is_some_and(|receiver| receiver != user)
            }
        }
    }
}
