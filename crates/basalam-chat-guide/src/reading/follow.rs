//! New messages of one chat.

// ANCHOR: program
use basalam_chat::messages::Follower;
use basalam_chat::{ChatId, Client, Error};

/// Prints what is new in a chat since the last call. `follower` is `client.follow(chat)`.
pub async fn print_new(follower: &mut Follower) -> Result<usize, Error> {
    let new = follower.new_messages().await?;
    for message in &new {
        let text = message.content.text.as_deref().unwrap_or("-");
        println!("{} {text}", message.created_at);
    }
    Ok(new.items.len())
}

/// Follows a chat from its first message.
pub fn from_the_beginning(client: &Client, chat: ChatId) -> Follower {
    client.follow(chat).from_the_beginning()
}
// ANCHOR_END: program
