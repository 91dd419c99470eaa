//! Following a chat gives what is new, once and in order.

use basalam_chat::messages::Message;
use basalam_chat::{ChatId, Client, MessageId, UserId};
use basalam_chat_emulator::Emulator;

use super::{client, seller};

/// A chat between the seller and the customer, with a client of each.
async fn chat(emulator: &Emulator) -> (Client, Client, ChatId) {
    let seller = seller(emulator);
    let customer = client(emulator.base_url(), emulator.customer().token());
    let chat = seller
        .create_chat(UserId(emulator.customer().id))
        .await
        .unwrap();
    (seller, customer, chat.id)
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.content.text.as_deref().unwrap())
        .collect()
}

#[tokio::test]
async fn a_follower_begins_after_what_is_there_and_gives_each_message_once() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = chat(&emulator).await;
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
async fn a_follower_of_an_empty_chat_gives_its_first_message() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = chat(&emulator).await;
    let mut follower = seller.follow(chat);
    assert!(follower.new_messages().await.unwrap().is_empty());
    assert_eq!(follower.last(), None);
    customer.create_message(chat, "first").await.unwrap();
    assert_eq!(texts(&follower.new_messages().await.unwrap()), ["first"]);
}

#[tokio::test]
async fn a_follower_goes_on_where_an_earlier_run_stood() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = chat(&emulator).await;
    let first = customer.create_message(chat, "first").await.unwrap();
    customer.create_message(chat, "second").await.unwrap();
    let mut follower = seller.follow(chat).after(first.id);
    assert_eq!(texts(&follower.new_messages().await.unwrap()), ["second"]);
    let mut follower = seller.follow(chat).from_the_beginning();
    let all = follower.new_messages().await.unwrap();
    assert_eq!(texts(&all), ["first", "second"]);
}

#[tokio::test]
async fn more_new_messages_than_a_page_holds_leave_no_gap() {
    let emulator = Emulator::builder().page_cap(7).start().await.unwrap();
    let (seller, customer, chat) = chat(&emulator).await;
    let mut follower = seller.follow(chat).after(MessageId(1));
    let mut sent = Vec::new();
    for number in 0..20 {
        sent.push(
            customer
                .create_message(chat, format!("{number}"))
                .await
                .unwrap()
                .id,
        );
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
async fn after_an_error_nothing_is_left_out() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer, chat) = chat(&emulator).await;
    let mut follower = super::hasty(&seller).follow(chat).from_the_beginning();
    customer.create_message(chat, "first").await.unwrap();
    emulator.queue_response(503, &[], "").unwrap();
    assert!(follower.new_messages().await.unwrap_err().is_server_error());
    assert_eq!(texts(&follower.new_messages().await.unwrap()), ["first"]);
}
