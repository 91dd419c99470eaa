//! Sends every kind of message that a client can send, and reads each back by its kind.
//!
//! `cargo run --example message_kinds` starts a local emulator of the service and needs nothing else.

// An example talks to the person who runs it.
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

    // An upload gives such a file; see the example `upload`.
    let file = || (FileId(1), "https://example.com/file");
    let messages = [
        NewMessage::text("A text."),
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
    // With all that a message takes besides.
    let last = client
        .create_message(chat, "Anything else?")
        .temp_id(42)
        .metadata(serde_json::json!({ "ticket": 7 }))
        .inline_buttons([vec![
            NewButton::url(ButtonId(1), "Our stall", "https://example.com"),
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
            MessageKind::Text(text) => format!("the text \"{text}\""),
            MessageKind::Picture { files, caption, .. } => {
                format!(
                    "{} picture(s), \"{}\"",
                    files.len(),
                    caption.unwrap_or_default()
                )
            }
            MessageKind::Product(product) => format!("the product {product}"),
            MessageKind::Video { files, .. } => format!("{} video(s)", files.len()),
            MessageKind::Voice { files, .. } => format!("{} recording(s)", files.len()),
            MessageKind::File { files, .. } => format!("{} file(s)", files.len()),
            MessageKind::Sticker { .. } => "a sticker".to_owned(),
            // And so on: `MessageKind` lists them.
            kind => format!("{kind:?}"),
        };
        println!("{}: {kind}", message.message_type);
    }
    Ok(())
}
