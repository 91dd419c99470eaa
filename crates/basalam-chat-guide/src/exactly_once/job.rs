//! A message that an earlier run of the program may have sent.

// ANCHOR: program
use basalam_chat::{ChatId, Client, Error, MessageId};

/// Looks for a message with an idempotency key among the newest 1,000 of a chat.
pub async fn find_by_key(
    client: &Client,
    chat: ChatId,
    key: &str,
) -> Result<Option<MessageId>, Error> {
    let mut newest_first = client.get_messages(chat).limit(100).stream();
    for _ in 0..1_000 {
        let Some(message) = newest_first.try_next().await? else {
            break;
        };
        let metadata = message.content.metadata.as_ref();
        let found = metadata.and_then(|it| it.get("basalam_chat_idempotency_key"));
        if found.is_some_and(|it| it == key) {
            return Ok(Some(message.id));
        }
    }
    Ok(None)
}
// ANCHOR_END: program
