//! The list of chats.

// ANCHOR: program
use basalam_chat::{ChatFilter, Client, Error};

/// Lists the chats with messages that the current user has not seen.
pub async fn unseen(client: &Client) -> Result<Vec<String>, Error> {
    let mut titles = Vec::new();
    let mut chats = client.get_chats().filter(ChatFilter::Unseen).stream();
    loop {
        match chats.try_next().await {
            Ok(Some(chat)) => {
                let title = chat.title().unwrap_or("(no name)");
                titles.push(format!("{title}: {}", chat.unseen_message_count));
            }
            Ok(None) => return Ok(titles),
            // One chat cannot be decoded; the stream goes on after it.
            Err(error) if error.is_unreadable_item() => println!("skipped: {error}"),
            Err(error) => return Err(error),
        }
    }
}
// ANCHOR_END: program
