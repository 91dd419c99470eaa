//! Followers yield each new message once and in order.

use basalam_chat::messages::Message;
use basalam_chat::{ChatId, Client, MessageId};
use basalam_chat_emulator::Emulator;

use super::support::{customer, open_chat, seller, without_retries};

/// Returns clients of the seller and the customer, and the chat between them.
async fn open(emulator: &Emulator) -> (Client, Client, ChatId) {
    let seller = seller(emulator);
    let chat = open_chat(&seller, emulator).await;
    (seller, customer(emulator), chat)
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.content.text.as_deref().unwrap())
        .collect()
}

#[tokio::test]
async fn starts_after_existing_messages_and_yields_each_new_one_once() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = open(&emulator).await;
    customer.create_message(chat, "old").await.unwrap();

    let mut follower = seller.follow(chat);
    assert!(follower.new_messages().await.unwrap().is_empty());
    assert!(follower.new_messages().await.unwrap().is_empty());

    customer.create_message(chat, "first").await.unwrap();
    customer.create_message(chat, "second").await.unwrap();
    let new = follower.new_messages().await.unwrap();
    assert_eq!(texts(&new), ["first", "second"]);
    assert_eq!(follower.last(), Some(new[1].id));
    assert!(follower.new_messages().await.unwrap().is_empty());

    customer.create_message(chat, "third").await.unwrap();
    assert_eq!(texts(&follower.new_messages().await.unwrap()), ["third"]);
}

#[tokio::test]
async fn yields_the_first_message_of_an_empty_chat() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = open(&emulator).await;
    let mut follower = seller.follow(chat);
    assert!(follower.new_messages().await.unwrap().is_empty());
    assert_eq!(follower.last(), None);
    customer.create_message(chat, "first").await.unwrap();
    assert_eq!(texts(&follower.new_messages().await.unwrap()), ["first"]);
}

#[tokio::test]
async fn resumes_after_a_message_or_from_the_beginning() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = open(&emulator).await;
    let first = customer.create_message(chat, "first").await.unwrap();
    customer.create_message(chat, "second").await.unwrap();
    let mut follower = seller.follow(chat).after(first.id);
    assert_eq!(texts(&follower.new_messages().await.unwrap()), ["second"]);
    let mut follower = seller.follow(chat).from_the_beginning();
    let all = follower.new_messages().await.unwrap();
    assert_eq!(texts(&all), ["first", "second"]);
}

#[tokio::test]
async fn yields_more_new_messages_than_fit_a_page() {
    let emulator = Emulator::builder().max_page_size(7).start().await.unwrap();
    let (seller, customer, chat) = open(&emulator).await;
    let mut follower = seller.follow(chat).after(MessageId(1));
    let mut sent = Vec::new();
    for number in 0..20 {
        let message = customer.create_message(chat, number.to_string());
        sent.push(message.await.unwrap().id);
    }
    let mut read = Vec::new();
    loop {
        let new = follower.new_messages().await.unwrap();
        if new.is_empty() {
            break;
        }
        read.extend(new.into_iter().map(|message| message.id));
    }
    assert_eq!(read, sent);
}

#[tokio::test]
async fn loses_no_message_after_an_error() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = open(&emulator).await;
    let mut follower = without_retries(&seller).follow(chat).from_the_beginning();
    customer.create_message(chat, "first").await.unwrap();
    emulator.queue_response(503, &[], "").unwrap();
    assert!(follower.new_messages().await.unwrap_err().is_server_error());
    assert_eq!(texts(&follower.new_messages().await.unwrap()), ["first"]);
}
