//! Unusual values in responses are decoded without failing the rest of the page.

use basalam_chat::chats::ChatPage;
use basalam_chat::messages::MessagePage;
use basalam_chat::{ChatId, ChatType, MessageId, MessageType, UserId};
use basalam_chat_emulator::Emulator;
use serde_json::{Value, json};

use super::support::json::{chat, message, queue, queue_messages};
use super::support::seller;

/// Reads a page with `unusual` between two ordinary messages.
async fn page_with(unusual: Value) -> MessagePage {
    let emulator = Emulator::start().await.unwrap();
    queue_messages(&emulator, [message(3), unusual, message(1)]);
    let page = seller(&emulator).get_messages(ChatId(2)).await.unwrap();
    assert_eq!(page.items.len(), 3);
    for (index, id) in [(0, 3), (2, 1)] {
        let expected = serde_json::from_value(message(id)).unwrap();
        assert_eq!(page.items[index], expected);
        let text = format!("text {id}");
        assert_eq!(
            page.items[index].content.text.as_deref(),
            Some(text.as_str())
        );
    }
    page
}

/// Lists chats with `unusual` between two ordinary ones.
async fn chats_with(unusual: Value) -> ChatPage {
    let emulator = Emulator::start().await.unwrap();
    let chats = [chat(3), unusual, chat(1)];
    queue(&emulator, &json!({ "data": { "chats": chats } }));
    let page = seller(&emulator).get_chats().await.unwrap();
    let ids: Vec<ChatId> = page.items.iter().map(|chat| chat.id).collect();
    assert_eq!(ids, [ChatId(3), ChatId(2), ChatId(1)]);
    page
}

fn with(mut value: Value, pointer: &str, field: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[name] = field;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name).unwrap();
    value
}

#[tokio::test]
async fn preserves_unknown_message_type() {
    let page = page_with(with(message(2), "/message_type", json!("hologram"))).await;
    let message_type = &page.items[1].message_type;
    assert!(!message_type.is_known());
    assert_eq!(message_type.as_str(), "hologram");
    assert_ne!(message_type, &MessageType::Text);
}

#[tokio::test]
async fn ignores_unknown_fields_and_preserves_those_of_content() {
    let unusual = with(message(2), "/novelty", json!({ "a": 1 }));
    let unusual = with(
        unusual,
        "/content/order_process",
        json!({ "data": { "title": "x" } }),
    );
    let page = page_with(unusual).await;
    assert_eq!(
        page.items[1].content.extra["order_process"]["data"]["title"],
        "x"
    );
}

#[tokio::test]
async fn accepts_missing_null_and_empty_sender() {
    let page = page_with(with(message(2), "/sender", Value::Null)).await;
    assert!(page.items[1].sender.is_none());
    let page = page_with(without(message(2), "sender")).await;
    assert!(page.items[1].sender.is_none());
    let page = page_with(with(message(2), "/sender", json!({}))).await;
    assert!(page.items[1].sender.as_ref().unwrap().id.is_none());
}

#[tokio::test]
async fn accepts_numeric_string_as_sender_id() {
    let page = page_with(with(message(2), "/sender/id", json!("430"))).await;
    assert_eq!(page.items[1].sender.as_ref().unwrap().id, Some(UserId(430)));
}

#[tokio::test]
async fn accepts_empty_object_as_empty_links() {
    let page = page_with(with(message(2), "/content/links", json!({}))).await;
    assert!(page.items[1].content.links.as_ref().unwrap().is_empty());
    let link = json!([{ "url": "https://example.com", "start_index": 0, "end_index": 3 }]);
    let page = page_with(with(message(2), "/content/links", link)).await;
    assert_eq!(page.items[1].content.links.as_ref().unwrap().len(), 1);
}

#[tokio::test]
async fn accepts_unseen_message_and_replied_message_without_sender() {
    let replied = without(message(1), "replied_message");
    let replied = with(replied, "/sender", Value::Null);
    let page = page_with(with(message(2), "/replied_message", replied)).await;
    let replied = page.items[1].replied_message.as_ref().unwrap();
    assert_eq!(replied.id, MessageId(1));
    assert!(replied.seen_at.is_none());
}

#[tokio::test]
async fn accepts_chat_without_bot() {
    let page = chats_with(without(chat(2), "bot")).await;
    assert!(page.items[1].bot.is_none());
}

#[tokio::test]
async fn accepts_contact_without_name_and_preserves_its_unknown_fields() {
    let contact = json!({ "id": "431", "last_activity": "2026-07-22 10:28:23" });
    let page = chats_with(with(chat(2), "/contact", contact)).await;
    let contact = page.items[1].contact.as_ref().unwrap();
    assert_eq!(contact.id, Some(UserId(431)));
    assert!(contact.name.is_none());
    assert_eq!(contact.extra["last_activity"], "2026-07-22 10:28:23");
}

#[tokio::test]
async fn accepts_channels_and_unknown_chat_types() {
    let channel = with(chat(2), "/channel", json!({ "title": "News", "owner": 1 }));
    let channel = with(channel, "/contact", Value::Null);
    let channel = with(channel, "/contact_id", Value::Null);
    let channel = with(channel, "/reply_markup", Value::Null);
    let page = chats_with(with(channel, "/chat_type", json!("channel"))).await;
    assert_eq!(page.items[1].chat_type, ChatType::Channel);
    assert_eq!(page.items[1].channel.as_ref().unwrap().title, "News");

    let page = chats_with(with(chat(2), "/chat_type", json!("salon"))).await;
    assert_eq!(page.items[1].chat_type.as_str(), "salon");
}

#[tokio::test]
async fn accepts_any_success_status() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({ "data": message(7) }).to_string();
    emulator
        .queue_response(201, &[("content-type", "text/plain")], body)
        .unwrap();
    let sent = seller(&emulator)
        .create_message(ChatId(2), "hello")
        .await
        .unwrap();
    assert_eq!(sent.id, MessageId(7));
}
