use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use basalam_chat_emulator::SeedChat;
use reqwest::Method;

use crate::support::{Answer, Service, messages};

/// A chat of the seller and the customer with some messages, and their ids.
async fn with_messages(count: usize) -> (Service, i64, Vec<i64>) {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller().id, service.emulator.customer().id);
    let chat = SeedChat::private(seller, customer);
    let chat = service.emulator.seed_chat(chat).unwrap();
    let texts = (0..count).map(|number| number.to_string());
    let ids = service
        .emulator
        .seed_messages(chat, customer, texts)
        .unwrap();
    (service, chat, ids)
}

#[tokio::test]
async fn messages_can_arrive_and_vanish_between_the_pages_of_a_walk() {
    let (service, chat, ids) = with_messages(6).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer().id);
    let vanishing = ids[1];
    let mut pages = 0;
    let hook = service
        .emulator
        .on_request("get_messages", move |emulator| {
            pages += 1;
            if pages == 2 {
                assert!(emulator.delete_message(vanishing));
                emulator.seed_messages(chat, customer, ["late"]).unwrap();
            }
        });
    hook.unwrap();
    let mut met = service.message_ids(chat, seller, "limit=2").await;
    for _ in 0..2 {
        let query = format!("limit=2&message_id={}", met.last().unwrap());
        met.extend(service.message_ids(chat, seller, &query).await);
    }
    assert_eq!(met, [ids[5], ids[4], ids[3], ids[2], ids[0]]);
    let newest = service.message_ids(chat, seller, "limit=1").await;
    assert_eq!(newest, [ids[5] + 1]);
}

#[tokio::test]
async fn chats_can_move_between_the_pages_of_a_walk() {
    let (service, chat, _) = with_messages(1).await;
    let seller = service.emulator.seller();
    let hook = service.emulator.on_request("get_chats", move |emulator| {
        emulator.delete_chat(chat);
    });
    hook.unwrap();
    assert!(service.chats(seller, "").await.is_empty());
}

#[tokio::test]
async fn hooks_run_in_their_order_for_their_operation_alone_when_the_request_was_counted() {
    let (service, chat, _) = with_messages(1).await;
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
    // Neither a refusal nor a written answer keeps them from running.
    let url = format!("{}{}", service.emulator.base_url(), messages(chat));
    Answer::of(service.client.get(url)).await;
    assert_eq!(seen.load(Ordering::SeqCst), 1_224);
    service.emulator.queue_response(500, &[], "").unwrap();
    Answer::of(service.request(Method::GET, &messages(chat), seller)).await;
    assert_eq!(seen.load(Ordering::SeqCst), 122_436);
}

#[tokio::test]
async fn an_operation_that_the_document_does_not_have_is_refused() {
    let service = Service::start().await;
    let error = service.emulator.on_request("get_message", |_| ());
    let error = error.unwrap_err();
    assert!(error.is_invalid_argument());
    assert!(error.to_string().contains("get_message"), "{error}");
}

#[tokio::test]
async fn a_hook_does_not_keep_the_emulator_alive() {
    let (service, _, _) = with_messages(0).await;
    let url = service.emulator.base_url().to_owned();
    service.emulator.on_request("get_chats", |_| ()).unwrap();
    drop(service.emulator);
    // It ends in its own time, so this asks until nobody answers.
    while service.client.get(&url).send().await.is_ok() {}
}
