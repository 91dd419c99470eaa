//! Code of a shop, which `tests/it` tests.

// ANCHOR: program
use basalam_chat::{ChatId, Client, Error, MessageId};

/// Reminds a customer of a question, unless the customer has written since.
pub async fn remind(client: &Client, chat: ChatId) -> Result<Option<MessageId>, Error> {
    let page = client.get_messages(chat).limit(1).await?;
    let Some(newest) = page.items.first() else {
        return Ok(None);
    };
    if !client.is_mine(newest).await? {
        return Ok(None);
    }
    let sent = client
        .create_message(chat, "Do you still need this?")
        .reply_to(newest.id)
        .await?;
    Ok(Some(sent.id))
}
// ANCHOR_END: program
