//! Uploads files, telling of progress, and sends the messages that show them.
//!
//! `cargo run --example upload` starts a local emulator of the service and needs nothing else; after
//! `--`, the paths of pictures to send may follow.

// An example talks to the person who runs it.
#![allow(clippy::print_stdout)]

use basalam_chat::{ChatId, Client, NewFile, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;
use tokio::io::AsyncReadExt;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let emulator = Emulator::start().await?;
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .build()?;
    println!("Talking to an emulator at {}.", client.base_url());
    let chat = client.create_chat(UserId(emulator.customer().id)).await?;

    // From memory.
    let orders = NewFile::from_bytes("orders.csv", "day,orders\n2026-07-22,7\n");
    let orders = client.upload_file(orders).expire_minutes(60).await?;
    client.create_message(chat.id, orders).await?;

    // From a reader, whose end nobody knows beforehand.
    let voice = NewFile::from_reader("greeting.ogg", tokio::io::repeat(0).take(1_000_000));
    let voice = client
        .upload_voice(voice)
        .on_progress(|sent, total| {
            let total = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
            println!("  {sent} of {total} bytes");
        })
        .await?;
    client.create_message(chat.id, voice).await?;

    // From disk.
    for path in std::env::args().skip(1) {
        send_picture(&client, chat.id, &path).await?;
    }

    println!("\nThe customer sees, newest first:");
    for message in client.get_messages(chat.id).await? {
        for file in message.content.files.iter().flatten() {
            let name = file.name.as_deref().unwrap_or("-");
            let address = file.url.as_deref().unwrap_or("-");
            println!("  {}: {name} at {address}", message.message_type);
        }
    }
    Ok(())
}

/// Uploading and sending, in one sentence.
async fn send_picture(client: &Client, chat: ChatId, path: &str) -> anyhow::Result<()> {
    client
        .create_message(
            chat,
            client.upload_picture(path).await?.caption("On its way!"),
        )
        .await?;
    Ok(())
}
