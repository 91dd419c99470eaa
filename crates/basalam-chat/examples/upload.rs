//! Uploads files, reports progress, and sends messages with the files.
//!
//! `cargo run --example upload` starts a local emulator of the service. It needs no token and no network.
//! Arguments after `--` are paths of pictures to send.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use basalam_chat::{ChatId, Client, NewFile, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;
use tokio::io::AsyncReadExt;

/// A PNG with one black pixel.
const DOT: &[u8] = b"\
    \x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\
    \x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\x9c\x63\
    \x60\x00\x00\x00\x02\x00\x01\x48\xaf\xa4\x71\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\
    \x82";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let emulator = Emulator::start().await?;
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .build()?;
    println!("Connected to an emulator at {}.", client.base_url());
    let chat = client.create_chat(UserId(emulator.customer().id)).await?;

    // A picture, in one statement.
    let picture = NewFile::from_bytes("dot.png", DOT);
    client
        .create_message(
            chat.id,
            client.upload_picture(picture).await?.caption("Fresh!"),
        )
        .await?;

    // From memory.
    let orders = NewFile::from_bytes("orders.csv", "day,orders\n2026-07-22,7\n");
    let orders = client.upload_file(orders).expire_minutes(60).await?;
    client.create_message(chat.id, orders).await?;

    // From a reader of unknown length.
    let voice = NewFile::from_reader("greeting.ogg", tokio::io::repeat(0).take(1_000_000));
    let voice = client
        .upload_voice(voice)
        .on_progress(|sent, total| {
            let total = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
            if sent % (256 * 1024) == 0 || sent == 1_000_000 {
                println!("  {sent} of {total} bytes");
            }
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
            let url = file.url.as_deref().unwrap_or("-");
            println!("  {}: {name} at {url}", message.message_type);
        }
    }
    Ok(())
}

/// Uploads a picture and sends it, in one statement.
async fn send_picture(client: &Client, chat: ChatId, path: &str) -> anyhow::Result<()> {
    client
        .create_message(
            chat,
            client.upload_picture(path).await?.caption("On its way!"),
        )
        .await?;
    Ok(())
}
