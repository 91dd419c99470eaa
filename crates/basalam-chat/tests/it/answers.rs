//! Odd answers are read, and spoil nothing beside them.

use basalam_chat::chats::ChatPage;
use basalam_chat::messages::MessagePage;
use basalam_chat::{ChatId, ChatType, MessageId, MessageType, UserId};
use basalam_chat_emulator::Emulator;
use serde_json::{Value, json};

use super::seller;

/// A message as the service gives it.
fn message(id: i64) -> Value {
    json!({
        "id": id, "chat_id": 2, "seen_at": null,
        "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
        "message_type": "text",
        "sender": { "id": 430, "hash_id": "d4kW9", "name": "Ava", "avatar": null, "badge": null,
            "verified": false, "vendor": null },
        "content": { "links": null, "files": null, "text": format!("text {id}"), "entity_id": null,
            "metadata": null, "reply_markup": null },
        "forward_from": null, "replied_message": null,
    })
}

/// A chat as the service gives it.
fn chat(id: i64) -> Value {
    json!({
        "id": id, "marked_as_unread": false, "unseen_message_count": 0,
        "updated_at": "2026-07-22 10:28:23", "deleted_at": null, "created_at": null,
        "modified_at": null, "chat_type": "private", "last_seen_id": null,
        "contact_last_seen_message_id": null, "last_message": message(1),
        "contact": { "id": 431, "hash_id": "x", "name": "Sara", "avatar": "https://example.com/a" },
        "contact_id": 431, "contact_is_blocked": false, "show_approvals": false,
        "reply_markup": {}, "archive_state": null, "group": null, "channel": null, "bot": null,
    })
}

/// The answer to a message that was sent.
pub(crate) fn sent(id: i64) -> Value {
    json!({ "data": message(id) })
}

/// Reads a page on which an odd message stands between two plain ones.
async fn page_with(odd: Value) -> MessagePage {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({ "data": { "messages": [message(3), odd, message(1)] } });
    answer_with(&emulator, &body);
    let page = seller(&emulator).get_messages(ChatId(2)).await.unwrap();
    assert_eq!(page.messages.len(), 3);
    for (index, id) in [(0, 3), (2, 1)] {
        let expected = serde_json::from_value(message(id)).unwrap();
        assert_eq!(page.messages[index], expected);
        let text = format!("text {id}");
        assert_eq!(
            page.messages[index].content.text.as_deref(),
            Some(text.as_str())
        );
    }
    page
}

/// Lists chats of which the odd one stands between two plain ones.
async fn chats_with(odd: Value) -> ChatPage {
    let emulator = Emulator::start().await.unwrap();
    answer_with(
        &emulator,
        &json!({ "data": { "chats": [chat(3), odd, chat(1)] } }),
    );
    let page = seller(&emulator).get_chats().await.unwrap();
    let ids: Vec<ChatId> = page.chats.iter().map(|chat| chat.id).collect();
    assert_eq!(ids, [ChatId(3), ChatId(2), ChatId(1)]);
    page
}

fn answer_with(emulator: &Emulator, body: &Value) {
    emulator
        .queue_response(
            200,
            &[("content-type", "application/json")],
            body.to_string(),
        )
        .unwrap();
}

fn with(mut value: Value, pointer: &str, member: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[name] = member;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name).unwrap();
    value
}

#[tokio::test]
async fn an_unknown_message_type_is_kept_as_it_came() {
    let page = page_with(with(message(2), "/message_type", json!("hologram"))).await;
    let odd = &page.messages[1].message_type;
    assert!(!odd.is_known());
    assert_eq!(odd.as_str(), "hologram");
    assert_ne!(odd, &MessageType::Text);
}

#[tokio::test]
async fn unknown_members_are_read_and_those_of_the_content_are_kept() {
    let odd = with(message(2), "/novelty", json!({ "a": 1 }));
    let odd = with(
        odd,
        "/content/order_process",
        json!({ "data": { "title": "x" } }),
    );
    let page = page_with(odd).await;
    assert_eq!(
        page.messages[1].content.extra["order_process"]["data"]["title"],
        "x"
    );
}

#[tokio::test]
async fn a_message_without_a_sender_is_read() {
    let page = page_with(with(message(2), "/sender", Value::Null)).await;
    assert!(page.messages[1].sender.is_none());
    let page = page_with(without(message(2), "sender")).await;
    assert!(page.messages[1].sender.is_none());
    let page = page_with(with(message(2), "/sender", json!({}))).await;
    assert!(page.messages[1].sender.as_ref().unwrap().id.is_none());
}

#[tokio::test]
async fn a_sender_id_that_is_a_numeric_text_is_a_number() {
    let page = page_with(with(message(2), "/sender/id", json!("430"))).await;
    assert_eq!(
        page.messages[1].sender.as_ref().unwrap().id,
        Some(UserId(430))
    );
}

#[tokio::test]
async fn links_that_are_an_empty_object_are_no_links() {
    let page = page_with(with(message(2), "/content/links", json!({}))).await;
    assert!(page.messages[1].content.links.as_ref().unwrap().is_empty());
    let link = json!([{ "url": "https://example.com", "start_index": 0, "end_index": 3 }]);
    let page = page_with(with(message(2), "/content/links", link)).await;
    assert_eq!(page.messages[1].content.links.as_ref().unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_that_was_never_seen_and_its_reply_are_read() {
    let replied = without(message(1), "replied_message");
    let replied = with(replied, "/sender", Value::Null);
    let page = page_with(with(message(2), "/replied_message", replied)).await;
    let replied = page.messages[1].replied_message.as_ref().unwrap();
    assert_eq!(replied.id, MessageId(1));
    assert!(replied.seen_at.is_none());
}

#[tokio::test]
async fn a_chat_without_a_bot_is_read() {
    let page = chats_with(without(chat(2), "bot")).await;
    assert!(page.chats[1].bot.is_none());
}

#[tokio::test]
async fn a_contact_without_a_name_is_read_and_its_other_members_are_kept() {
    let contact = json!({ "id": "431", "last_activity": "2026-07-22 10:28:23" });
    let page = chats_with(with(chat(2), "/contact", contact)).await;
    let contact = page.chats[1].contact.as_ref().unwrap();
    assert_eq!(contact.id, Some(UserId(431)));
    assert!(contact.name.is_none());
    assert_eq!(contact.extra["last_activity"], "2026-07-22 10:28:23");
}

#[tokio::test]
async fn a_channel_and_a_chat_of_an_unknown_kind_are_read() {
    let channel = with(chat(2), "/channel", json!({ "title": "News", "owner": 1 }));
    let channel = with(channel, "/contact", Value::Null);
    let channel = with(channel, "/contact_id", Value::Null);
    let channel = with(channel, "/reply_markup", Value::Null);
    let page = chats_with(with(channel, "/chat_type", json!("channel"))).await;
    assert_eq!(page.chats[1].chat_type, ChatType::Channel);
    assert_eq!(page.chats[1].channel.as_ref().unwrap().title, "News");

    let page = chats_with(with(chat(2), "/chat_type", json!("salon"))).await;
    assert_eq!(page.chats[1].chat_type.as_str(), "salon");
}

#[tokio::test]
async fn any_status_of_success_is_read_as_the_documented_one() {
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
