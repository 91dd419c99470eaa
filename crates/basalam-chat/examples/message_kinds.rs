//! Sends every kind of message that a client can send, and reads each back as `MessageKind`.
//!
//! `cargo run --example message_kinds` starts a local emulator of the service. It needs no token and
//! no network.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use basalam_chat::messages::{MessageKind, NewButton};
use basalam_chat::{
    ButtonId, Client, EntityId, FileId, NewMessage, PersonalToken, SortOrder, UserId, VendorId,
};
use basalam_chat_emulator::Emulator;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let emulator = Emulator::start().await?;
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .build()?;
    let chat = client.create_chat(UserId(emulator.customer().id)).await?.id;

    // An upload returns such a file; see the example `upload`.
    let file = || (FileId(1), "https://example.com/file");
    let messages = [
        NewMessage::text("A text message."),
        NewMessage::picture(file()).with_text("A picture with a caption."),
        NewMessage::video(file()),
        NewMessage::voice(file()),
        NewMessage::file(file()),
        NewMessage::sticker(file()),
        NewMessage::product(EntityId(24_835)),
        NewMessage::vendor(VendorId(7)),
        NewMessage::review(EntityId(11)),
        NewMessage::order(EntityId(12)),
        NewMessage::factor(EntityId(13)),
        NewMessage::agreement(EntityId(14)),
        NewMessage::coupon(EntityId(15)),
        NewMessage::story(EntityId(16)),
    ];
    for message in messages {
        client.create_message(chat, message).await?;
    }
    // With optional fields.
    let last = client
        .create_message(chat, "Anything else?")
        .temp_id(42)
        .metadata(serde_json::json!({ "ticket": 7 }))
        .inline_buttons([vec![
            NewButton::url(ButtonId(1), "Our shop", "https://example.com"),
            NewButton::message(ButtonId(2), "No, thank you"),
        ]])
        .await?;
    let sent = client
        .create_message(chat, "A reply.")
        .reply_to(last.id)
        .await?;
    client.forward_message([sent.id], chat).await?;

    let mut history = client.get_messages(chat).order(SortOrder::Asc).stream();
    while let Some(message) = history.try_next().await? {
        let kind = match message.kind() {
            MessageKind::Text(text) => format!("text \"{text}\""),
            MessageKind::Picture { files, caption, .. } => {
                format!(
                    "{} picture(s), \"{}\"",
                    files.len(),
                    caption.unwrap_or_default()
                )
            }
            MessageKind::Product(product) => format!("product {product}"),
            MessageKind::Video { files, .. } => format!("{} video(s)", files.len()),
            MessageKind::Voice { files, .. } => format!("{} voice recording(s)", files.len()),
            MessageKind::File { files, .. } => format!("{} file(s)", files.len()),
            MessageKind::Sticker { .. } => "sticker".to_owned(),
            // `MessageKind` lists the others.
            kind => format!("{kind:?}"),
        };
        println!("{}: {kind}", message.message_type);
    }
    Ok(())
}
