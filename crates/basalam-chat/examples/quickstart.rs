//! Opens a chat, sends a greeting and a product, reads the conversation, and lists unseen chats.
//!
//! `cargo run --example quickstart` starts a local emulator of the service. It needs no token and no network.
//! With `BASALAM_TOKEN` set to an access token, it asks for a user and uses the real service.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use std::io::{self, Write};

use anyhow::Context;
use basalam_chat::chats::Chat;
use basalam_chat::messages::Message;
use basalam_chat::{ChatFilter, ChatId, Client, EntityId, MessageType, NewMessage};
use basalam_chat::{PersonalToken, UserId};
use basalam_chat_emulator::Emulator;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::var("BASALAM_TOKEN") {
        Ok(token) => run_on_service(token).await,
        Err(_) => run_on_emulator().await,
    }
}

/// Sends messages to a real user, after asking for the user and the product.
async fn run_on_service(token: String) -> anyhow::Result<()> {
    let client = Client::new(PersonalToken::new(token))?;
    println!("Connected to {}.", client.base_url());
    let user = prompt("User id of the recipient: ")?
        .and_then(|id| id.parse().ok())
        .context("a user id is an integer; nothing was sent")?;
    let product = prompt("Product id to send (empty for none): ")?
        .map(|id| id.parse())
        .transpose()
        .context("a product id is an integer; nothing was sent")?;
    let chat = send_greeting(&client, user, product).await?;
    show(&client, chat).await
}

/// Sends messages as both users of a local emulator.
async fn run_on_emulator() -> anyhow::Result<()> {
    let emulator = Emulator::start().await?;
    let client_of = |token: &str| {
        Client::builder(PersonalToken::new(token))
            .base_url(emulator.base_url())
            .build()
    };
    let seller = client_of(emulator.seller().token())?;
    let customer = client_of(emulator.customer().token())?;
    println!(
        "Connected to an emulator at {}. Set BASALAM_TOKEN to use the real service.",
        seller.base_url()
    );
    let chat = send_greeting(
        &seller,
        UserId(emulator.customer().id),
        Some(EntityId(24_835)),
    )
    .await?;
    customer.create_message(chat, "ممنون! کی می‌رسد؟").await?;
    show(&seller, chat).await
}

/// Opens the chat with `user` and sends a greeting.
async fn send_greeting(
    client: &Client,
    user: UserId,
    product: Option<EntityId>,
) -> anyhow::Result<ChatId> {
    let chat = client.create_chat(user).await?;
    println!("\nOpened chat {} with user {user}.", chat.id);
    client.create_message(chat.id, "سلام، وقت بخیر!").await?;
    let hello = client
        .create_message(chat.id, "Hello, how can I help you?")
        .await?;
    if let Some(product) = product {
        client
            .create_message(chat.id, NewMessage::product(product))
            .reply_to(hello.id)
            .await?;
    }
    Ok(chat.id)
}

/// Prints the newest messages of the chat, and the chats with unseen messages.
async fn show(client: &Client, chat: ChatId) -> anyhow::Result<()> {
    println!("\nThe conversation, newest first:");
    for message in client.get_messages(chat).limit(10).await? {
        println!(
            "  {}  {}: {}",
            message.created_at,
            sender(&message),
            content(&message)
        );
    }
    println!("\nChats with unseen messages:");
    for chat in client
        .get_chats()
        .filter(ChatFilter::Unseen)
        .limit(10)
        .await?
    {
        println!("  {}: {} unseen", partner(&chat), chat.unseen_message_count);
    }
    Ok(())
}

fn sender(message: &Message) -> String {
    let sender = message.sender.as_ref();
    sender
        .and_then(|sender| sender.name.clone())
        .unwrap_or_else(|| "unknown".to_owned())
}

fn content(message: &Message) -> String {
    let text = message.content.text.clone();
    match (&message.message_type, message.content.entity_id) {
        (MessageType::Text, _) => text.unwrap_or_default(),
        (kind, Some(entity)) => format!("[{kind} {entity}]"),
        (kind, None) => format!("[{kind}]"),
    }
}

fn partner(chat: &Chat) -> String {
    let contact = chat.contact.as_ref();
    contact
        .and_then(|contact| contact.name.clone())
        .unwrap_or_else(|| format!("chat {}", chat.id))
}

/// Prompts for a line, and returns `None` if it is empty.
fn prompt(label: &str) -> anyhow::Result<Option<String>> {
    print!("{label}");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let line = line.trim().to_owned();
    Ok((!line.is_empty()).then_some(line))
}
