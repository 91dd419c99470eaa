use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::support::{Service, messages};

/// Enough that writers and readers meet.
const WRITERS: usize = 4;
const EACH: usize = 40;

/// Starts writers, both sides of a chat, and gives their tasks. Each gives the ids that
/// it was told, in the order in which it sent.
async fn writing(service: &Arc<Service>, chat: i64) -> Vec<tokio::task::JoinHandle<Vec<i64>>> {
    let sides = [service.emulator.seller(), service.emulator.customer()];
    (0..WRITERS)
        .map(|writer| {
            let service = Arc::clone(service);
            let user = sides[writer % 2].clone();
            tokio::spawn(async move {
                let mut ids = Vec::new();
                for number in 0..EACH {
                    let text = format!("{writer}.{number}");
                    ids.push(service.send(chat, &user, &text).await);
                }
                ids
            })
        })
        .collect()
}

async fn start() -> (Arc<Service>, i64) {
    let service = Arc::new(Service::start().await);
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    (service, chat)
}

fn assert_increasing(ids: &[i64]) {
    assert!(ids.windows(2).all(|it| it[0] < it[1]), "{ids:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_increase_for_every_writer_and_no_message_is_lost_or_doubled() {
    let (service, chat) = start().await;
    let mut told = BTreeSet::new();
    for writer in writing(&service, chat).await {
        let ids = writer.await.unwrap();
        assert_increasing(&ids);
        told.extend(ids);
    }
    let stored = service.emulator.messages(chat);
    let ids: Vec<_> = stored.iter().map(|it| it.id).collect();
    assert_increasing(&ids);
    assert_eq!(told, ids.iter().copied().collect());
    assert_eq!(ids.len(), WRITERS * EACH);
    for writer in 0..WRITERS {
        let texts = stored.iter().filter_map(|it| it.text());
        let own = texts.filter(|it| it.starts_with(&format!("{writer}.")));
        let wanted: Vec<_> = (0..EACH).map(|it| format!("{writer}.{it}")).collect();
        assert_eq!(own.collect::<Vec<_>>(), wanted);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_forwards_meets_every_message_once_while_others_write() {
    let (service, chat) = start().await;
    let first = service.send(chat, service.emulator.seller(), "first").await;
    let writers = writing(&service, chat).await;
    let reader = service.emulator.customer();
    let mut met = vec![first];
    while met.len() < 1 + WRITERS * EACH {
        let last = met[met.len() - 1];
        let query = format!("message_id={last}&cmp=gt&order=asc&limit=7");
        let page = service.message_ids(chat, reader, &query).await;
        assert!(page.len() <= 7);
        met.extend(page);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_increasing(&met);
    let stored = service.emulator.messages(chat);
    assert_eq!(met, stored.iter().map(|it| it.id).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_backwards_meets_all_that_was_there_and_nothing_newer() {
    let (service, chat) = start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let texts = (0..50).map(|number| format!("old {number}"));
    let old = service
        .emulator
        .seed_messages(chat, seller.id, texts)
        .unwrap();
    let writers = writing(&service, chat).await;
    let mut cursor = old[old.len() - 1];
    let mut met = vec![cursor];
    loop {
        let query = format!("message_id={cursor}&cmp=lt&order=desc&limit=7");
        let page = service.message_ids(chat, customer, &query).await;
        let Some(smallest) = page.last() else { break };
        cursor = *smallest;
        met.extend(page);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    met.reverse();
    assert_eq!(met, old);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_shows_a_chat_in_between_two_states() {
    let (service, chat) = start().await;
    let seller = service.emulator.seller().clone();
    let is_over = Arc::new(AtomicBool::new(false));
    let reading = {
        let (service, is_over) = (Arc::clone(&service), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut last_id = 0;
            while !is_over.load(Ordering::SeqCst) {
                let chats = service.chats(&seller, "").await;
                last_id = check(&chats[0], last_id);
                let path = format!("{}?limit=5", messages(chat));
                let page = service.get(&path, &seller).await.ok();
                let newest = page["data"]["messages"][0]["id"].as_i64();
                // What the list has shown is there.
                assert!(newest.unwrap_or(0) >= last_id);
            }
        })
    };
    for writer in writing(&service, chat).await {
        writer.await.unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    reading.await.unwrap();
}

/// Checks that what a chat says of itself agrees, and gives the id of its last message.
fn check(chat: &Value, before: i64) -> i64 {
    let Some(last) = chat["last_message"]["id"].as_i64() else {
        assert_eq!(chat["unseen_message_count"], 0);
        return before;
    };
    assert!(last >= before);
    let seen = chat["last_seen_id"].as_i64().unwrap_or(0);
    // The seller has seen everything exactly where the last seen one is the last.
    assert_eq!(chat["unseen_message_count"] == 0, seen == last, "{chat}");
    last
}
