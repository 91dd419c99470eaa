//! Unusual values in responses are decoded without failing the rest of the page.

use basalam_chat::chats::{Chat, ChatPage};
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
async fn preserves_unknown_fields_of_every_object() {
    let unusual = with(message(2), "/message_source", json!({ "a": 1 }));
    let unusual = with(unusual, "/reaction", json!(null));
    let unusual = with(unusual, "/sender/mood", json!(["happy"]));
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
    let message = serde_json::to_value(&page.items[1]).unwrap();
    assert_eq!(message["message_source"], json!({ "a": 1 }));
    assert_eq!(message.get("reaction"), Some(&Value::Null));
    assert_eq!(message["sender"]["mood"], json!(["happy"]));

    let unusual = with(chat(2), "/pinned", json!(true));
    let unusual = with(
        unusual,
        "/group",
        json!({ "title": "Weavers", "rules": "none" }),
    );
    let page = chats_with(with(unusual, "/last_message/reaction", json!("heart"))).await;
    let chat = serde_json::to_value(&page.items[1]).unwrap();
    assert_eq!(chat["pinned"], json!(true));
    assert_eq!(chat["group"]["rules"], json!("none"));
    assert_eq!(chat["last_message"]["reaction"], json!("heart"));
}

#[tokio::test]
async fn decodes_scalars_in_the_forms_of_other_languages() {
    let file =
        json!({ "size": 12.0, "width": "640", "height": "480", "duration": "1.5", "id": 7.0 });
    let unusual = with(message(2), "/sender/verified", json!(1));
    let unusual = with(unusual, "/id", json!("2"));
    let page = page_with(with(unusual, "/content/files", json!([file]))).await;
    let message = &page.items[1];
    assert_eq!(message.id, MessageId(2));
    assert_eq!(message.sender.as_ref().unwrap().verified, Some(true));
    let file = &message.content.files.as_ref().unwrap()[0];
    assert_eq!(
        (file.size, file.width, file.height),
        (Some(12), Some(640), Some(480))
    );
    assert_eq!(
        (file.duration, file.id.map(|id| id.0)),
        (Some(1.5), Some(7))
    );
    assert!(file.extra.is_empty());

    let unusual = with(chat(2), "/unseen_message_count", json!("3"));
    let unusual = with(unusual, "/marked_as_unread", json!("false"));
    let unusual = with(unusual, "/contact_is_blocked", json!(0.0));
    let page = chats_with(with(unusual, "/contact_id", json!(431.0))).await;
    let chat = &page.items[1];
    assert_eq!(
        (chat.unseen_message_count, chat.contact_id),
        (3, Some(UserId(431)))
    );
    assert!(!chat.marked_as_unread && !chat.contact_is_blocked);
}

#[tokio::test]
async fn value_that_does_not_fit_an_optional_field_is_preserved_in_extra() {
    let avatar = json!({ "md": "https://example.com/a" });
    for (pointer, value) in [
        ("/contact", json!([])),
        ("/contact", json!("Sara")),
        ("/group", json!({})),
        ("/group", json!([])),
        ("/channel", json!(false)),
        ("/archive_state", avatar.clone()),
        ("/modified_at", json!(1_784_711_303)),
        ("/last_message", json!([])),
        ("/last_message", json!({ "id": 5 })),
        ("/reply_markup", json!([])),
    ] {
        let page = chats_with(with(chat(2), pointer, value.clone())).await;
        let chat = &page.items[1];
        assert_eq!(chat.extra[&pointer[1..]], value, "{pointer}");
        let encoded = serde_json::to_value(chat).unwrap();
        assert_eq!(encoded.pointer(pointer), Some(&value));
        // Serialized chats are decoded in the same way.
        let encoded = serde_json::to_vec(chat).unwrap();
        let decoded: Chat = basalam_chat::raw::read_json(&encoded).unwrap();
        assert_eq!(&decoded, chat);
    }
    let page = chats_with(with(chat(2), "/contact/avatar", avatar.clone())).await;
    let contact = page.items[1].contact.as_ref().unwrap();
    assert_eq!(contact.avatar, None);
    assert_eq!(contact.extra["avatar"], avatar);

    let page = page_with(with(message(2), "/sender/avatar", avatar.clone())).await;
    let sender = page.items[1].sender.as_ref().unwrap();
    assert_eq!(
        (sender.id, &sender.extra["avatar"]),
        (Some(UserId(430)), &avatar)
    );
    for (pointer, value) in [
        ("/content/text", json!(5)),
        ("/content/metadata", json!("none")),
        ("/content/files", json!({ "url": "https://example.com/a" })),
        ("/content/links", json!(true)),
        ("/seen_at", json!(false)),
        ("/replied_message", json!({ "id": 1 })),
    ] {
        let page = page_with(with(message(2), pointer, value.clone())).await;
        let encoded = serde_json::to_value(&page.items[1]).unwrap();
        assert_eq!(encoded.pointer(pointer), Some(&value), "{pointer}");
    }
}

#[tokio::test]
async fn accepts_empty_array_as_empty_object_and_sparse_object_as_list() {
    let page = page_with(with(message(2), "/content", json!([]))).await;
    assert_eq!(page.items[1].content.text, None);
    let files = json!({ "0": { "url": "a" }, "2": { "url": "b" } });
    let page = page_with(with(message(2), "/content/files", files)).await;
    let files = page.items[1].content.files.as_ref().unwrap();
    assert_eq!((files.len(), files[1].url.as_deref()), (2, Some("b")));
    let page = page_with(with(message(2), "/content/files", json!({}))).await;
    assert!(page.items[1].content.files.as_ref().unwrap().is_empty());
}

#[tokio::test]
async fn created_message_is_returned_although_an_optional_part_is_malformed() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    for (pointer, value) in [
        ("/sender", json!({ "id": "system" })),
        ("/content/files", json!([null])),
        ("/forward_from", json!("elsewhere")),
        ("/replied_message", json!({ "id": null })),
    ] {
        queue(
            &emulator,
            &json!({ "data": with(message(7), pointer, value.clone()) }),
        );
        let sent = client.create_message(ChatId(2), "hello").await.unwrap();
        assert_eq!(sent.id, MessageId(7));
        let encoded = serde_json::to_value(&sent.message).unwrap();
        let expected = match pointer {
            "/sender" => encoded.pointer("/sender/id"),
            pointer => encoded.pointer(pointer),
        };
        let value = value
            .get("id")
            .filter(|_| pointer == "/sender")
            .unwrap_or(&value)
            .clone();
        assert_eq!(expected, Some(&value), "{pointer}");
    }
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
