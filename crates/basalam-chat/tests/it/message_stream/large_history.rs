//! Long histories that change while they are read.

use std::sync::{Arc, Mutex};

use basalam_chat::{ChatId, Client, MessageId, SortOrder};
use basalam_chat_emulator::{Emulator, SeedChat};

use super::{collect, reversed};
use crate::support::seller;

const MESSAGES: usize = 100_000;

/// Starts an emulator with a chat of `MESSAGES` messages, and returns their ids, oldest first.
async fn start() -> (Emulator, Client, ChatId, Vec<MessageId>) {
    let emulator = Emulator::start().await.unwrap();
    let (us, them) = (emulator.seller().id, emulator.customer().id);
    let chat = emulator.seed_chat(SeedChat::private(us, them)).unwrap();
    let texts = (0..MESSAGES).map(|number| format!("number {number}"));
    let ids = emulator.seed_messages(chat, them, texts).unwrap();
    let client = seller(&emulator);
    (
        emulator,
        client,
        ChatId(chat),
        ids.into_iter().map(MessageId).collect(),
    )
}

/// Before every tenth page, deletes one of these messages and creates a new one.
///
/// Returns the ids of the new messages.
fn mutate_while_reading(
    emulator: &Emulator,
    chat: ChatId,
    deleted: Vec<MessageId>,
) -> Arc<Mutex<Vec<MessageId>>> {
    let created = Arc::new(Mutex::new(Vec::new()));
    let recorder = created.clone();
    let mut deleted = deleted.into_iter();
    let mut pages = 0;
    let hook = move |emulator: &Emulator| {
        pages += 1;
        if pages % 10 == 0 {
            if let Some(id) = deleted.next() {
                assert!(emulator.delete_message(id.0));
            }
            let them = emulator.customer().id;
            let ids = emulator.seed_messages(chat.0, them, ["new"]).unwrap();
            recorder
                .lock()
                .unwrap()
                .extend(ids.into_iter().map(MessageId));
        }
    };
    emulator.on_request("get_messages", hook).unwrap();
    created
}

#[tokio::test]
async fn reads_100_000_messages_backwards_while_messages_are_created_and_deleted() {
    let (emulator, client, chat, ids) = start().await;
    // The oldest are deleted while the stream is still far from them.
    let deleted: Vec<MessageId> = ids[..5].to_vec();
    mutate_while_reading(&emulator, chat, deleted.clone());
    let ids_read = collect(client.get_messages(chat).limit(1000).stream()).await;
    assert_eq!(ids_read, reversed(&ids[5..]));
}

#[tokio::test]
async fn reads_100_000_messages_forwards_including_new_ones() {
    let (emulator, client, chat, ids) = start().await;
    // The newest existing ones are deleted while the stream is still far from them.
    let deleted: Vec<MessageId> = ids[MESSAGES - 5..].to_vec();
    let created = mutate_while_reading(&emulator, chat, deleted);
    let request = client.get_messages(chat).limit(1000).order(SortOrder::Asc);
    let ids_read = collect(request.stream()).await;
    let created = created.lock().unwrap();
    assert!(created.len() >= 10);
    let expected: Vec<MessageId> = ids[..MESSAGES - 5]
        .iter()
        .chain(created.iter())
        .copied()
        .collect();
    assert_eq!(ids_read, expected);
}
