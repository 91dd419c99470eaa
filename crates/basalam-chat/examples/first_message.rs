//! The README's first program, which must be identical. It needs an emulator on port 8080:
//! `cargo run -p basalam-chat-emulator -- --port 8080`.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

// ANCHOR: program
use basalam_chat::{ChatFilter, Client, PersonalToken, UserId};

#[tokio::main]
async fn main() -> Result<(), basalam_chat::Error> {
    let client = Client::builder(PersonalToken::new("seller-token"))
        .base_url("http://127.0.0.1:8080")
        .build()?;
    let chat = client.create_chat(UserId(431)).await?;
    let sent = client.create_message(chat.id, "Hello!").await?;
    println!("sent message {}", sent.id);
    let page = client.get_messages(chat.id).limit(20).await?;
    println!("{} messages in the chat", page.items.len());
    let unseen = client.get_chats().filter(ChatFilter::Unseen).await?;
    println!("{} chats with unseen messages", unseen.items.len());
    Ok(())
}
