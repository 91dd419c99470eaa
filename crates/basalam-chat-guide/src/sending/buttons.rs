//! Optional fields of a message.

// ANCHOR: program
use basalam_chat::messages::{ButtonId, NewButton};
use basalam_chat::serde_json::json;
use basalam_chat::{ChatId, Client, EntityId, Error, MessageId, NewMessage};

/// Answers a question with a product, two buttons and custom data.
pub async fn offer(client: &Client, chat: ChatId, question: MessageId) -> Result<MessageId, Error> {
    let sent = client
        .create_message(chat, NewMessage::product(EntityId(24_835)))
        .reply_to(question)
        .inline_buttons([vec![
            NewButton::url(ButtonId(1), "غرفه ما", "https://basalam.com/our-stall"),
            // If the customer presses it, a text message with this label is sent (likely).
            NewButton::message(ButtonId(2), "می‌خرم"),
        ]])
        .metadata(json!({ "ticket": 7 }))
        .await?;
    Ok(sent.id)
}
// ANCHOR_END: program
