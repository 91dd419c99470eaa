//! A message type that this version of the SDK does not know.

// ANCHOR: program
use basalam_chat::{ChatId, Client, EntityId, Error, MessageId, MessageType, NewMessage};

/// Sends a message of a type that the service has introduced since.
pub async fn send_auction(client: &Client, chat: ChatId, id: EntityId) -> Result<MessageId, Error> {
    let message = NewMessage::new(MessageType::from("auction")).with_entity(id);
    Ok(client.create_message(chat, message).await?.id)
}
// ANCHOR_END: program
