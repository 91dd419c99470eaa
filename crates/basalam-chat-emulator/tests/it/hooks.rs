use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use basalam_chat_emulator::SeedChat;
use reqwest::Method;

use crate::support::{BufferedResponse, Service, assert_invalid_argument, messages};

/// Starts a service with `count` messages in one chat. Returns the chat id and message ids.
async fn start_with_messages(count: usize) -> (Service, i64, Vec<i64>) {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller().id, service.emulator.customer().id);
    let chat = SeedChat::private(seller, customer);
    let chat = service.emulator.seed_chat(chat).unwrap();
    let texts = (0..count).map(|index| index.to_string());
    let ids = service
        .emulator
        .seed_messages(chat, customer, texts)
        .unwrap();
    (service, chat, ids)
}

#[tokio::test]
async fn hook_can_add_and_delete_messages_between_pages() {
    let (service, chat, ids) = start_with_messages(6).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer().id);
    let deleted = ids[1];
    let mut pages = 0;
    let hook = service
        .emulator
        .on_request("get_messages", move |emulator| {
            pages += 1;
            if pages == 2 {
                assert!(emulator.delete_message(deleted));
                emulator.seed_messages(chat, customer, ["late"]).unwrap();
            }
        });
    hook.unwrap();
    let mut seen_ids = service.message_ids(chat, seller, "limit=2").await;
    for _ in 0..2 {
        let query = format!("limit=2&message_id={}", seen_ids.last().unwrap());
        seen_ids.extend(service.message_ids(chat, seller, &query).await);
    }
    assert_eq!(seen_ids, [ids[5], ids[4], ids[3], ids[2], ids[0]]);
    let newest = service.message_ids(chat, seller, "limit=1").await;
    assert_eq!(newest, [ids[5] + 1]);
}

#[tokio::test]
async fn hook_can_delete_chat_before_it_is_listed() {
    let (service, chat, _) = start_with_messages(1).await;
    let seller = service.emulator.seller();
    let hook = service.emulator.on_request("get_chats", move |emulator| {
        emulator.delete_chat(chat);
    });
    hook.unwrap();
    assert!(service.chats(seller, "").await.is_empty());
}

#[tokio::test]
async fn hooks_run_in_order_for_their_operation_after_the_request_is_counted() {
    let (service, chat, _) = start_with_messages(1).await;
    let seller = service.emulator.seller();
    let seen = Arc::new(AtomicU64::new(0));
    for (factor, summand) in [(10, 1), (10, 2)] {
        let seen = Arc::clone(&seen);
        let hook = service
            .emulator
            .on_request("get_messages", move |emulator| {
                let requests = emulator.request_count("get_messages").unwrap();
                let before = seen.load(Ordering::SeqCst);
                seen.store(before * factor + summand * requests, Ordering::SeqCst);
            });
        hook.unwrap();
    }
    service.chats(seller, "").await;
    assert_eq!(seen.load(Ordering::SeqCst), 0);
    service.message_ids(chat, seller, "").await;
    assert_eq!(seen.load(Ordering::SeqCst), 12);
    // Hooks also run before errors and queued responses.
    let url = format!("{}{}", service.emulator.base_url(), messages(chat));
    BufferedResponse::send(service.client.get(url)).await;
    assert_eq!(seen.load(Ordering::SeqCst), 1_224);
    service.emulator.queue_response(500, &[], "").unwrap();
    BufferedResponse::send(service.request(Method::GET, &messages(chat), seller)).await;
    assert_eq!(seen.load(Ordering::SeqCst), 122_436);
}

#[tokio::test]
async fn rejects_hook_for_unknown_operation() {
    let service = Service::start().await;
    let result = service.emulator.on_request("get_message", |_| ());
    let message = assert_invalid_argument(result);
    assert!(message.contains("get_message"), "{message}");
}

#[tokio::test]
async fn hook_does_not_keep_the_emulator_alive() {
    let (service, _, _) = start_with_messages(0).await;
    service.emulator.on_request("get_chats", |_| ()).unwrap();
    service.drop_emulator().await;
}
