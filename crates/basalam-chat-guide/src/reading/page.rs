//! The newest messages of a chat.

// ANCHOR: program
use basalam_chat::messages::{Message, MessageKind};
use basalam_chat::{ChatId, Client, Error};

/// Describes the newest messages of a chat, the newest first.
pub async fn newest(client: &Client, chat: ChatId) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    let page = client.get_messages(chat).limit(20).await?;
    for message in &page {
        let who = if client.is_mine(message).await? {
            "me"
        } else {
            "customer"
        };
        lines.push(format!("{who}: {}", describe(message)));
    }
    // Messages that cannot be decoded are not lost.
    for item in page.unreadable() {
        lines.push(format!("message {:?} is unreadable", item.id()));
    }
    Ok(lines)
}

fn describe(message: &Message) -> String {
    match message.kind() {
        MessageKind::Text(text) => text.to_owned(),
        MessageKind::Picture { files, caption, .. } => {
            format!(
                "{} pictures, {}",
                files.len(),
                caption.unwrap_or("no caption")
            )
        }
        MessageKind::Product(product) => format!("product {product}"),
        // `MessageKind` lists all. Types that the service adds later arrive here, too.
        _ => format!("a message of the type {}", message.message_type),
    }
}
// ANCHOR_END: program
