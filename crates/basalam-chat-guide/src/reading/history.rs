//! The whole history of a chat, in a run that can be interrupted.

// ANCHOR: program
use std::path::Path;

use basalam_chat::messages::Message;
use basalam_chat::{ChatId, Client, SortOrder};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Reads all messages that are newer than the position in a file, the oldest first.
pub async fn export(
    client: &Client,
    chat: ChatId,
    position: &Path,
    mut save: impl FnMut(Message),
) -> Result<(), Error> {
    let messages = client.get_messages(chat).limit(100);
    let mut pages = match tokio::fs::read_to_string(position).await {
        Ok(cursor) => messages.resume(cursor.parse()?).pages(),
        Err(_) => messages.order(SortOrder::Asc).pages(),
    };
    while let Some(page) = pages.try_next().await? {
        page.into_iter().for_each(&mut save);
        // After the messages: an interruption repeats a page rather than skipping one.
        tokio::fs::write(position, pages.cursor().to_string()).await?;
    }
    Ok(())
}
// ANCHOR_END: program
