//! Requests contain every parameter that was set, and nothing else.

use basalam_chat::messages::{AttachmentFile, ButtonId, ButtonType, NewButton, QuickMessageId};
use basalam_chat::{
    ChatFilter, ChatId, ChatOrder, Comparison, EntityId, FileId, HashId, MessageId, MessageType,
    NewMessage, SortOrder, Timestamp, UserId,
};
use basalam_chat_emulator::Emulator;
use basalam_chat_mock::MockServerExt;
use basalam_chat_mock::types::{CreateChatResponse, GetChatsResponse, GetMessagesResponse};
use httpmock::MockServer;
use serde_json::json;

use super::support::{client, customer, json, open_chat, seller};

#[tokio::test]
async fn create_message_stores_every_field() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let chat = open_chat(&client, &emulator).await;
    let first = client.create_message(chat, "first").await.unwrap();

    let mut file = AttachmentFile::new(FileId(11), "https://example.com/a.jpg".to_owned());
    file.width = Some(640);
    let button = NewButton::new(
        json!({ "url": "https://example.com" })
            .as_object()
            .unwrap()
            .clone(),
        ButtonId(1),
        "Open".to_owned(),
        ButtonType::Url,
    );
    let message = NewMessage::new(MessageType::Picture)
        .with_text("عکس")
        .with_entity(EntityId(21))
        .with_quick_message(QuickMessageId(31))
        .with_file(file);
    let sent = client
        .create_message(chat, message)
        .reply_to(first.id)
        .temp_id(41)
        .metadata(json!({ "ticket": 51 }))
        .inline_buttons([vec![button]])
        .await
        .unwrap();

    assert_eq!(sent.message_type, MessageType::Picture);
    assert_eq!(sent.content.text.as_deref(), Some("عکس"));
    assert_eq!(sent.content.entity_id, Some(EntityId(21)));
    assert_eq!(sent.temp_id, Some(41));
    let sent = sent.message;
    assert_eq!(sent.replied_message.unwrap().id, first.id);
    let files = sent.content.files.unwrap();
    assert_eq!(files[0].id, Some(FileId(11)));
    assert_eq!(files[0].width, Some(640));
    assert_eq!(sent.content.metadata.unwrap()["ticket"], 51);
    let buttons = sent.content.reply_markup.unwrap();
    assert_eq!(buttons[0][0].label, "Open");
    assert_eq!(buttons[0][0].type_, ButtonType::Url);
    assert_eq!(emulator.message_count(), 2);
}

#[tokio::test]
async fn create_message_sends_body_and_headers() {
    let server = MockServer::start();
    let mock = server.create_message(|when, then| {
        when.chat_id(&ChatId(9))
            .user_agent("agent/1")
            .x_client_info("info")
            .x_forwarded_for("192.0.2.1")
            .x_real_ip("192.0.2.2")
            .into_inner()
            .header("authorization", "Bearer token")
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header_missing("api-version")
            .json_body(json!({
                "message_type": "text",
                "content": { "text": "hello" },
                "replied_message_id": 2,
                "temp_id": 3,
                "message_metadata": { "a": null },
                "forward_from": 4,
            }));
        then.into_inner()
            .status(200)
            .json_body(json!({ "data": json::message(1) }));
    });
    client(&server.base_url(), "token")
        .create_message(ChatId(9), "hello")
        .reply_to(MessageId(2))
        .temp_id(3)
        .metadata(json!({ "a": null }))
        .forward_from(MessageId(4))
        .user_agent("agent/1")
        .client_info("info")
        .forwarded_for("192.0.2.1")
        .real_ip("192.0.2.2")
        .await
        .unwrap();
    mock.assert();
}

#[tokio::test]
async fn get_messages_sends_every_parameter() {
    let server = MockServer::start();
    let response: GetMessagesResponse =
        serde_json::from_value(json!({ "data": { "messages": [] } })).unwrap();
    let mock = server.get_messages(|when, then| {
        when.chat_id(&ChatId(9))
            .message_id(&MessageId(456))
            .limit(7)
            .order(&SortOrder::Asc)
            .cmp(&Comparison::Gte);
        then.ok(&response);
    });
    let page = client(&server.base_url(), "token")
        .get_messages(ChatId(9))
        .since(MessageId(456))
        .limit(7)
        .order(SortOrder::Asc)
        .await
        .unwrap();
    assert!(page.items.is_empty());
    mock.assert();
}

#[tokio::test]
async fn get_chats_sends_every_parameter() {
    let server = MockServer::start();
    let response: GetChatsResponse =
        serde_json::from_value(json!({ "data": { "chats": [] } })).unwrap();
    let mock = server.get_chats(|when, then| {
        when.limit(7)
            .order_by(&ChatOrder::ModifiedAt)
            .filters(&ChatFilter::Order)
            .updated_from(&Timestamp::from("2026-01-01 00:00:01"))
            .updated_before(&Timestamp::from("2026-01-02 00:00:02"))
            .modified_from(&Timestamp::from("2026-01-03 00:00:03"))
            .modified_before(&Timestamp::from("2026-01-04 00:00:04"));
        then.ok(&response);
    });
    let page = client(&server.base_url(), "token")
        .get_chats()
        .limit(7)
        .order_by(ChatOrder::ModifiedAt)
        .filter(ChatFilter::Order)
        .updated_from("2026-01-01 00:00:01")
        .updated_before("2026-01-02 00:00:02")
        .modified_from("2026-01-03 00:00:03")
        .modified_before("2026-01-04 00:00:04")
        .await
        .unwrap();
    assert!(page.items.is_empty());
    mock.assert();
}

#[tokio::test]
async fn create_chat_sends_every_parameter() {
    let server = MockServer::start();
    let response: CreateChatResponse = serde_json::from_value(json!({})).unwrap();
    let mock = server.create_chat(|when, then| {
        when.x_client_info("info")
            .x_creation_tags("tags")
            .x_user_session("session")
            .into_inner()
            .json_body(json!({ "hash_id": "d4kW9" }));
        then.ok(&response);
    });
    let error = client(&server.base_url(), "token")
        .create_chat(HashId::from("d4kW9"))
        .client_info("info")
        .creation_tags("tags")
        .user_session("session")
        .await
        .unwrap_err();
    mock.assert();
    // The response of the mock contains no chat.
    assert!(error.is_decode());
    assert!(error.to_string().contains("`data`"), "{error}");
}

#[tokio::test]
async fn unset_parameters_are_not_sent() {
    let server = MockServer::start();
    let response: GetMessagesResponse =
        serde_json::from_value(json!({ "data": { "messages": [] } })).unwrap();
    let mock = server.get_messages(|when, then| {
        when.message_id(None)
            .limit(None)
            .order(None)
            .cmp(None)
            .into_inner()
            .header(
                "user-agent",
                concat!("basalam-chat/", env!("CARGO_PKG_VERSION")),
            );
        then.ok(&response);
    });
    client(&server.base_url(), "token")
        .get_messages(ChatId(9))
        .await
        .unwrap();
    mock.assert();
}

#[tokio::test]
async fn base_url_path_is_a_prefix() {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.path("/proxy/v1/chats");
        then.status(200)
            .json_body(json!({ "data": { "chats": [] } }));
    });
    let base_url = format!("{}/proxy/", server.base_url());
    client(&base_url, "token").get_chats().await.unwrap();
    mock.assert();
}

#[tokio::test]
async fn both_users_read_the_same_conversation() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    let customer = customer(&emulator);
    let chat = open_chat(&seller, &emulator).await;
    let same = customer.create_chat(UserId(emulator.seller().id));
    assert_eq!(chat, same.await.unwrap().id);

    let mut ids = Vec::new();
    for number in 1..=5 {
        let sent = seller.create_message(chat, format!("number {number}"));
        ids.push(sent.await.unwrap().id);
    }
    let newest = customer.get_messages(chat).limit(2).await.unwrap();
    let read: Vec<MessageId> = newest.into_iter().map(|message| message.id).collect();
    assert_eq!(read, [ids[4], ids[3]]);

    let older = customer.get_messages(chat).before(ids[3]).await.unwrap();
    let read: Vec<MessageId> = older.into_iter().map(|message| message.id).collect();
    assert_eq!(read, [ids[2], ids[1], ids[0]]);

    let newer = customer
        .get_messages(chat)
        .after(ids[1])
        .order(SortOrder::Asc)
        .limit(2)
        .await
        .unwrap();
    let read: Vec<MessageId> = newer.into_iter().map(|message| message.id).collect();
    assert_eq!(read, [ids[2], ids[3]]);

    let unseen = customer.get_chats().filter(ChatFilter::Unseen);
    let unseen = unseen.await.unwrap();
    assert_eq!(unseen.items.len(), 1);
    assert_eq!(unseen.items[0].unseen_message_count, 5);
    let unseen = seller.get_chats().filter(ChatFilter::Unseen);
    assert!(unseen.await.unwrap().items.is_empty());
}

#[tokio::test]
async fn returns_the_unseen_chat_count() {
    let server = MockServer::start();
    let mock = server.get_unseen_chat_count(|_, then| {
        then.into_inner()
            .status(200)
            .json_body(json!({ "count": 99, "more_than_count": true }));
    });
    let client = client(&server.base_url(), "token");
    let unseen = client.get_unseen_chat_count().await.unwrap();
    mock.assert();
    assert_eq!((unseen.count, unseen.more_than_count), (99, true));
}
