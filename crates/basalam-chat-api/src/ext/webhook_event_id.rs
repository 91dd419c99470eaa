//! Ids of the chat events.

use crate::newtypes::WebhookEventId;

impl WebhookEventId {
    /// `CHAT_RECEIVED_MESSAGE`: the user has received a message. Certain, from the vendor's documentation.
    pub const CHAT_RECEIVED_MESSAGE: WebhookEventId = WebhookEventId(1);

    /// `CHAT_SEND_MESSAGE`: the user has sent a message. Likely, from a live integration.
    pub const CHAT_SEND_MESSAGE: WebhookEventId = WebhookEventId(4);
}
