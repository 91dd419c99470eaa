//! A message whose response can be lost.

// ANCHOR: program
use std::time::Duration;

use basalam_chat::messages::Delivery;
use basalam_chat::{ChatId, Client, Error, MessageId};

/// Sends a message once. `key` names it; `patience` is the time that the service may need to store it, such as
/// 30 seconds.
pub async fn send_once(
    client: &Client,
    chat: ChatId,
    text: &str,
    key: &str,
    patience: Duration,
) -> Result<MessageId, Error> {
    let request = client.create_message(chat, text).idempotency_key(key);
    let error = match request.clone().await {
        Ok(sent) => return Ok(sent.id),
        Err(error) => error,
    };
    // Nothing was sent, or the service has refused the message.
    let Some(message) = error.unconfirmed_message() else {
        return Err(error);
    };
    tokio::time::sleep(patience).await;
    match client.find_sent_message(message).await? {
        Delivery::Arrived(message) => Ok(message.id),
        Delivery::NotFound => Ok(request.await?.id),
        // The service does not return the keys: a person has to look into the chat.
        _ => Err(error),
    }
}
// ANCHOR_END: program
