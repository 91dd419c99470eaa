//! A short conversation with the SDK.

use basalam_chat::{ChatFilter, Client, PersonalToken, UserId};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(PersonalToken::new(std::env::var("BASALAM_TOKEN")?))?;
    let chat = client.create_chat(UserId(123)).await?;
    let sent = client.create_message(chat.id, "Hello, how can I help you?").await?;
    println!("sent as {}", sent.id);
    for message in client.get_messages(chat.id).limit(20).await? {
        println!("{} {:?}", message.created_at, message.content.text);
    }
    for chat in client.get_chats().limit(30).filter(ChatFilter::Unseen).await? {
        println!("{} {}", chat.id, chat.unseen_message_count);
    }
    Ok(())
}
