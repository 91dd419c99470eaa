//! Opens a chat, sends a greeting and a product card, reads the conversation back, lists what is unseen.
//!
//! `cargo run --example quickstart` starts a local emulator of the service and needs nothing else.
//! With `BASALAM_TOKEN` set to an access token it talks to the real service, after asking to whom.

// An example talks to the person who runs it.
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
        Ok(token) => with_the_service(token).await,
        Err(_) => with_an_emulator().await,
    }
}

/// Writes to a real person: asks to whom, and which product to show.
async fn with_the_service(token: String) -> anyhow::Result<()> {
    let client = Client::new(PersonalToken::new(token))?;
    println!("Talking to {}.", client.base_url());
    let user = ask("User id to write to: ")?
        .and_then(|id| id.parse().ok())
        .context("a user id is a whole number, and nothing was sent")?;
    let product = ask("Product id to show (empty for none): ")?
        .map(|id| id.parse())
        .transpose()
        .context("a product id is a whole number, and nothing was sent")?;
    let chat = converse(&client, user, product).await?;
    show(&client, chat).await
}

/// Plays both sides against a local emulator.
async fn with_an_emulator() -> anyhow::Result<()> {
    let emulator = Emulator::start().await?;
    let client_of = |token: &str| {
        Client::builder(PersonalToken::new(token))
            .base_url(emulator.base_url())
            .build()
    };
    let seller = client_of(emulator.seller().token())?;
    let customer = client_of(emulator.customer().token())?;
    println!(
        "Talking to an emulator at {}. Set BASALAM_TOKEN to talk to the real service.",
        seller.base_url()
    );
    let chat = converse(
        &seller,
        UserId(emulator.customer().id),
        Some(EntityId(24_835)),
    )
    .await?;
    customer.create_message(chat, "ممنون! کی می‌رسد؟").await?;
    show(&seller, chat).await
}

/// Opens the chat with `user` and says hello.
async fn converse(
    client: &Client,
    user: UserId,
    product: Option<EntityId>,
) -> anyhow::Result<ChatId> {
    let chat = client.create_chat(user).await?;
    println!("\nChat {} with user {user} is open.", chat.id);
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

/// Reads the newest messages of the chat and the chats that wait for an answer.
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
    println!("\nChats that wait for an answer:");
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
        .unwrap_or_else(|| "somebody".to_owned())
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

/// Asks a question; an empty answer is none.
fn ask(question: &str) -> anyhow::Result<Option<String>> {
    print!("{question}");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let answer = answer.trim().to_owned();
    Ok((!answer.is_empty()).then_some(answer))
}
