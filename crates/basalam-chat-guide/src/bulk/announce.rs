//! One message to many chats.

// ANCHOR: program
use basalam_chat::{ChatId, Client, Error};
use tokio::task::JoinSet;

/// Sends a text to many chats, eight at a time. Returns the chats for which it failed.
///
/// `campaign` is a random string that you keep: with it, `find_by_key` shows after a crash who has got the message.
pub async fn announce(
    client: &Client,
    chats: impl IntoIterator<Item = ChatId>,
    text: &str,
    campaign: &str,
) -> Vec<(ChatId, Error)> {
    let mut failed = Vec::new();
    let mut tasks = JoinSet::new();
    for chat in chats {
        if tasks.len() == 8 {
            failed.extend(tasks.join_next().await.and_then(outcome));
        }
        let key = format!("{campaign}-{chat}");
        let request = client.create_message(chat, text).idempotency_key(key);
        tasks.spawn(async move { (chat, request.await.err()) });
    }
    while let Some(result) = tasks.join_next().await {
        failed.extend(outcome(result));
    }
    failed
}

type TaskResult = Result<(ChatId, Option<Error>), tokio::task::JoinError>;

fn outcome(result: TaskResult) -> Option<(ChatId, Error)> {
    // The tasks neither panic nor are cancelled.
    let (chat, error) = result.ok()?;
    Some((chat, error?))
}
// ANCHOR_END: program
