use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::support::{Service, messages};

/// Enough writers for reads and writes to overlap.
const WRITERS: usize = 4;
const EACH: usize = 40;

/// Spawns tasks that write to a chat as both users. Each returns the ids that it received,
/// in sending order.
fn spawn_writers(service: &Arc<Service>, chat: i64) -> Vec<tokio::task::JoinHandle<Vec<i64>>> {
    let users = [service.emulator.seller(), service.emulator.customer()];
    (0..WRITERS)
        .map(|writer| {
            let service = Arc::clone(service);
            let user = users[writer % 2].clone();
            tokio::spawn(async move {
                let mut ids = Vec::new();
                for index in 0..EACH {
                    let text = format!("{writer}.{index}");
                    ids.push(service.send_text(chat, &user, &text).await);
                }
                ids
            })
        })
        .collect()
}

async fn start() -> (Arc<Service>, i64) {
    let (service, chat) = Service::start_with_chat().await;
    (Arc::new(service), chat)
}

fn assert_increasing(ids: &[i64]) {
    assert!(ids.windows(2).all(|it| it[0] < it[1]), "{ids:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writers_get_increasing_ids_and_lose_no_message() {
    let (service, chat) = start().await;
    let mut returned = BTreeSet::new();
    for writer in spawn_writers(&service, chat) {
        let ids = writer.await.unwrap();
        assert_increasing(&ids);
        returned.extend(ids);
    }
    let stored = service.emulator.messages(chat);
    let ids: Vec<_> = stored.iter().map(|it| it.id).collect();
    assert_increasing(&ids);
    assert_eq!(returned, ids.iter().copied().collect());
    assert_eq!(ids.len(), WRITERS * EACH);
    for writer in 0..WRITERS {
        let texts = stored.iter().filter_map(|it| it.text());
        let sent = texts.filter(|it| it.starts_with(&format!("{writer}.")));
        let expected: Vec<_> = (0..EACH).map(|it| format!("{writer}.{it}")).collect();
        assert_eq!(sent.collect::<Vec<_>>(), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paging_forward_during_writes_returns_every_message_once() {
    let (service, chat) = start().await;
    let first = service
        .send_text(chat, service.emulator.seller(), "first")
        .await;
    let writers = spawn_writers(&service, chat);
    let reader = service.emulator.customer();
    let mut seen_ids = vec![first];
    while seen_ids.len() < 1 + WRITERS * EACH {
        let last = seen_ids[seen_ids.len() - 1];
        let query = format!("message_id={last}&cmp=gt&order=asc&limit=7");
        let page = service.message_ids(chat, reader, &query).await;
        assert!(page.len() <= 7);
        seen_ids.extend(page);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_increasing(&seen_ids);
    let stored = service.emulator.messages(chat);
    assert_eq!(seen_ids, stored.iter().map(|it| it.id).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paging_back_during_writes_returns_only_older_messages() {
    let (service, chat) = start().await;
    let (seller, customer) = service.users();
    let texts = (0..50).map(|index| format!("old {index}"));
    let old = service
        .emulator
        .seed_messages(chat, seller.id, texts)
        .unwrap();
    let writers = spawn_writers(&service, chat);
    let mut cursor = old[old.len() - 1];
    let mut seen_ids = vec![cursor];
    loop {
        let query = format!("message_id={cursor}&cmp=lt&order=desc&limit=7");
        let page = service.message_ids(chat, customer, &query).await;
        let Some(smallest) = page.last() else { break };
        cursor = *smallest;
        seen_ids.extend(page);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    seen_ids.reverse();
    assert_eq!(seen_ids, old);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_reads_return_consistent_chats() {
    let (service, chat) = start().await;
    let seller = service.emulator.seller().clone();
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (service, done) = (Arc::clone(&service), Arc::clone(&done));
        tokio::spawn(async move {
            let mut last_id = 0;
            while !done.load(Ordering::SeqCst) {
                let chats = service.chats(&seller, "").await;
                last_id = check_chat(&chats[0], last_id);
                let path = format!("{}?limit=5", messages(chat));
                let page = service.get(&path, &seller).await.ok();
                let newest = page["data"]["messages"][0]["id"].as_i64();
                // Messages that the chat list has shown are in the page.
                assert!(newest.unwrap_or(0) >= last_id);
            }
        })
    };
    for writer in spawn_writers(&service, chat) {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    reader.await.unwrap();
}

/// Checks that the fields of a chat are consistent. Returns the id of its last message.
fn check_chat(chat: &Value, previous: i64) -> i64 {
    let Some(last) = chat["last_message"]["id"].as_i64() else {
        assert_eq!(chat["unseen_message_count"], 0);
        return previous;
    };
    assert!(last >= previous);
    let seen = chat["last_seen_id"].as_i64().unwrap_or(0);
    // Nothing is unseen if and only if the last message is the last seen one.
    assert_eq!(chat["unseen_message_count"] == 0, seen == last, "{chat}");
    last
}
