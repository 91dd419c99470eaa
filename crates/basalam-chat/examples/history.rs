//! Exports the history of a chat, and resumes an interrupted export.
//!
//! `cargo run --example history` starts a local emulator of the service with a long history. With
//! `BASALAM_TOKEN` set, it exports the chat whose id is the first argument, and resumes from the cursor in
//! the second argument.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use anyhow::Context;
use basalam_chat::messages::MessageCursor;
use basalam_chat::{ChatId, Client, PersonalToken};
use basalam_chat_emulator::{Emulator, SeedChat};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    if let Ok(token) = std::env::var("BASALAM_TOKEN") {
        let client = Client::new(PersonalToken::new(token))?;
        let chat = arguments
            .next()
            .context("the first argument must be a chat id")?
            .parse()?;
        let cursor = arguments.next().map(|cursor| cursor.parse()).transpose()?;
        export(&client, chat, cursor, usize::MAX).await?;
        return Ok(());
    }
    let emulator = Emulator::start().await?;
    let (us, them) = (emulator.seller().id, emulator.customer().id);
    let chat = emulator.seed_chat(SeedChat::private(us, them))?;
    let texts = (1..=1000).map(|number| format!("message {number}"));
    emulator.seed_messages(chat, them, texts)?;
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .build()?;

    let cursor = export(&client, ChatId(chat), None, 300).await?;
    println!("Stopped at cursor {cursor}.");
    let cursor = cursor.to_string().parse()?;
    export(&client, ChatId(chat), Some(cursor), usize::MAX).await?;
    Ok(())
}

/// Prints at most `limit` messages, newest first, and returns the cursor to resume from.
async fn export(
    client: &Client,
    chat: ChatId,
    cursor: Option<MessageCursor>,
    limit: usize,
) -> anyhow::Result<MessageCursor> {
    let mut request = client.get_messages(chat);
    if let Some(cursor) = cursor {
        request = request.resume(cursor);
    }
    let mut history = request.stream();
    let mut exported = 0;
    while exported < limit
        && let Some(message) = history.try_next().await?
    {
        exported += 1;
        if exported % 100 == 1 {
            let text = message.content.text.as_deref().unwrap_or("-");
            println!("{} {} {text}", message.id, message.created_at);
        }
    }
    println!("Exported {exported} messages. Only every hundredth is shown.");
    Ok(history.cursor())
}
