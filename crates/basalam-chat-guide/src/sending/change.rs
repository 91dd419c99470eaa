//! Editing, forwarding and deleting messages.

// ANCHOR: program
use basalam_chat::{ChatId, Client, Error, MessageId};

/// Corrects a message, forwards it to another chat, and deletes it.
pub async fn correct_and_move(
    client: &Client,
    message: MessageId,
    other: ChatId,
) -> Result<(), Error> {
    client.edit_message(message, "It arrives tomorrow.").await?;
    client.forward_message([message], other).await?;
    client.delete_message([message]).await?;
    Ok(())
}
// ANCHOR_END: program
