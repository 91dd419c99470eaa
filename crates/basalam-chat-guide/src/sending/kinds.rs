//! Every kind of message.

// ANCHOR: program
use basalam_chat::files::UploadResult;
use basalam_chat::{ChatId, Client, EntityId, Error, NewMessage, VendorId};

/// Sends one message of each kind. `file` is an uploaded file; see the chapter on files.
pub async fn send_all(client: &Client, chat: ChatId, file: &UploadResult) -> Result<usize, Error> {
    let file = || file.attachment();
    let messages = [
        NewMessage::text("سلام، وقت بخیر!"),
        NewMessage::picture(file()).with_text("A caption."),
        NewMessage::video(file()),
        NewMessage::voice(file()),
        NewMessage::file(file()),
        NewMessage::sticker(file()),
        // Cards. The number is the id of the product, the stall, the order item, the order …
        NewMessage::product(EntityId(24_835)),
        NewMessage::vendor(VendorId(7)),
        NewMessage::review(EntityId(11)),
        NewMessage::order(EntityId(12)),
        NewMessage::factor(EntityId(13)),
        NewMessage::agreement(EntityId(14)),
        NewMessage::coupon(EntityId(15)),
        NewMessage::story(EntityId(16)),
    ];
    let count = messages.len();
    for message in messages {
        client.create_message(chat, message).await?;
    }
    Ok(count)
}
// ANCHOR_END: program
