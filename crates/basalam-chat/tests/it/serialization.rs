//! Results serialize with stable field names and without secrets.

use basalam_chat::messages::{Delivery, UnconfirmedMessage};
use basalam_chat::{ChatId, Client, NewFile};
use basalam_chat_emulator::{Emulator, Fault, NewBot};
use serde::Serialize;
use serde_json::{Value, json};

use super::support::clock::TestClock;
use super::support::{builder, open_chat};

async fn setup() -> (Emulator, Client, ChatId) {
    let emulator = Emulator::start().await.unwrap();
    let client = super::support::seller(&emulator);
    let chat = open_chat(&client, &emulator).await;
    (emulator, client, chat)
}

fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn assert_fields<const N: usize>(object: &Value, mut expected: [&str; N]) {
    let mut fields: Vec<&str> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    expected.sort_unstable();
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn pages_serialize_items_and_the_cursor_to_resume_at() {
    let (_emulator, client, chat) = setup().await;
    for text in ["first", "second", "third"] {
        client.create_message(chat, text).await.unwrap();
    }
    let page = client.get_messages(chat).limit(2).await.unwrap();
    let json = to_json(&page);
    assert_fields(&json, ["items", "cursor"]);
    assert_eq!(json["items"][0]["content"]["text"], "third");
    assert_eq!(json["items"], to_json(&page.items));
    let cursor = serde_json::from_value(json["cursor"].clone()).unwrap();
    assert_eq!(page.cursor(), cursor);
    let rest = client.get_messages(chat).resume(cursor).await.unwrap();
    assert_eq!(rest.items[0].content.text.as_deref(), Some("first"));

    let page = client.get_chats().await.unwrap();
    let json = to_json(&page);
    assert_fields(&json, ["items", "cursor"]);
    assert_eq!(json["items"][0]["id"], chat.0);
    let cursor = serde_json::from_value(json["cursor"].clone()).unwrap();
    assert_eq!(page.cursor(), cursor);
}

#[tokio::test]
async fn results_of_requests_serialize_with_documented_fields() {
    let (emulator, client, chat) = setup().await;
    let sent = client
        .create_message(chat, "Hello")
        .temp_id(7)
        .await
        .unwrap();
    let json = to_json(&sent);
    assert_fields(&json, ["message", "temp_id"]);
    assert_eq!(json["message"]["id"], sent.id.0);
    assert_eq!(json["temp_id"], 7);

    let file = NewFile::from_bytes("a.txt", "a");
    let json = to_json(&client.upload_file(file).await.unwrap());
    assert_fields(&json, ["file", "file_type", "name", "url"]);
    assert_eq!(json["name"], "a.txt");
    assert_eq!(json["file"]["url"], json["url"]);

    let report = client.delete_message([sent.id]).await.unwrap();
    let expected = json!({ "calls": [{ "ids": [sent.id.0], "outcome": "accepted" }] });
    assert_eq!(to_json(&report), expected);

    let bot = emulator.add_bot(NewBot::new("Helper")).unwrap();
    let info = client.bot(bot.token()).unwrap().get_me().await.unwrap();
    let json = to_json(&info);
    assert_eq!(json["id"], info.id.unwrap());
    assert_eq!(json["first_name"], "Helper");
    assert!(json.get("extra").is_none(), "{json}");

    let login = client.authenticate().await.unwrap();
    assert_fields(&to_json(&login), ["scopes", "expires_at"]);
    assert_eq!(
        to_json(&client.get_current_user().await.unwrap())["id"],
        emulator.seller().id
    );
    assert_eq!(
        to_json(&client.get_unseen_chat_count().await.unwrap())["count"],
        0
    );
}

/// Returns a message whose response was lost after it was delivered.
async fn unconfirmed(emulator: &Emulator, client: &Client, chat: ChatId) -> UnconfirmedMessage {
    let fault = Fault::disconnect().after_handling();
    emulator.fail_next(fault).unwrap();
    let request = client
        .create_message(chat, "It is on its way")
        .random_idempotency_key();
    let error = request.await.unwrap_err();
    error.unconfirmed_message().unwrap().clone()
}

#[tokio::test]
async fn unconfirmed_message_is_found_after_a_restart() {
    let (emulator, client, chat) = setup().await;
    let message = unconfirmed(&emulator, &client, chat).await;
    let stored = serde_json::to_string(&message).unwrap();
    let json: Value = serde_json::from_str(&stored).unwrap();
    let expected = [
        "chat",
        "message_type",
        "text",
        "idempotency_key",
        "started_at",
    ];
    assert_fields(&json, expected);
    assert_eq!(json["text"], "It is on its way");
    assert!(!stored.contains(emulator.seller().token()));

    let restarted = builder(
        emulator.base_url(),
        emulator.seller().token(),
        &TestClock::new(),
    );
    let restarted = restarted.build().unwrap();
    let message: UnconfirmedMessage = serde_json::from_str(&stored).unwrap();
    assert_eq!(message.chat(), chat);
    assert_eq!(to_json(&message), json);
    let delivery = restarted.find_sent_message(&message).await.unwrap();
    assert!(matches!(delivery, Delivery::Arrived(_)), "{delivery:?}");
    assert_fields(&to_json(&delivery), ["arrived"]);
    assert_eq!(to_json(&Delivery::NotFound), "not_found");
    assert_eq!(to_json(&Delivery::Unknown), "unknown");
}

#[tokio::test]
async fn unconfirmed_message_that_did_not_arrive_is_not_found_after_a_restart() {
    let (emulator, client, chat) = setup().await;
    emulator.fail_next(Fault::disconnect()).unwrap();
    let request = client.create_message(chat, "lost").random_idempotency_key();
    let error = request.await.unwrap_err();
    let stored = to_json(error.unconfirmed_message().unwrap());
    let message: UnconfirmedMessage = serde_json::from_value(stored).unwrap();
    let delivery = client.find_sent_message(&message).await.unwrap();
    assert_eq!(delivery, Delivery::NotFound);
}

#[test]
fn stored_messages_that_are_incomplete_are_rejected() {
    let complete = json!({ "chat": 1, "message_type": "text", "text": "a", "started_at": 5 });
    assert!(serde_json::from_value::<UnconfirmedMessage>(complete.clone()).is_ok());
    for field in ["chat", "message_type", "started_at"] {
        let mut incomplete = complete.clone();
        incomplete.as_object_mut().unwrap().remove(field);
        assert!(
            serde_json::from_value::<UnconfirmedMessage>(incomplete).is_err(),
            "{field}"
        );
    }
}
