//! Decoding of responses that do not match the document.

use serde::Serialize;
use serde_json::{Value, json};

use crate::read_json;
use crate::types::{
    AcceptedResponse, Chat, CreateChatResponse, CreateMessageResponse, GetChatsResponse,
    GetMessagesResponse, Message, Sender,
};

fn message(id: i64) -> Value {
    json!({
        "id": id, "chat_id": 2, "message_type": "text", "content": { "text": "hello" },
        "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
        "sender": { "id": 430, "name": "Ava" },
    })
}

fn chat(id: i64) -> Value {
    json!({
        "id": id, "chat_type": "private", "marked_as_unread": false, "unseen_message_count": 0,
        "updated_at": "2026-07-22 10:28:23", "contact_is_blocked": false,
        "show_approvals": false, "last_message": message(1),
    })
}

fn page(messages: &[Value]) -> GetMessagesResponse {
    let page = json!({ "data": { "messages": messages } });
    read_json(page.to_string().as_bytes()).unwrap()
}

fn encoded(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn responses_that_match_are_decoded_alike_in_both_modes() {
    let mut odd = message(2);
    odd["content"] = json!(null);
    let page = page(&[message(1), odd, message(3)]);
    for (message, id) in page.data.messages.iter().zip([1, 3]) {
        let expected: Message = serde_json::from_value(self::message(id)).unwrap();
        assert_eq!(*message, expected);
        assert_eq!(encoded(message), self::message(id));
    }
    assert_eq!(page.data.unreadable.len(), 1);
}

#[test]
fn unreadable_item_names_the_problem_and_the_path() {
    for (pointer, value, expected) in [
        ("/content", json!(null), "expected an object, at `content`"),
        (
            "/sender/id",
            json!("x"),
            "expected an integer, or a string that contains one, at `sender.id`",
        ),
        (
            "/content/files",
            json!([{}, null]),
            "expected an object, at `content.files[1]`",
        ),
        (
            "/content/reply_markup",
            json!([[], [{}]]),
            "missing field `data`, at `content.reply_markup[1][0]`",
        ),
        (
            "/created_at",
            json!(5),
            "expected a string, at `created_at`",
        ),
    ] {
        let mut odd = message(2);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        odd.pointer_mut(parent).unwrap()[name] = value;
        let page = page(&[odd]);
        assert_eq!(page.data.unreadable[0].error(), expected);
    }
    let mut odd = message(2);
    odd.as_object_mut().unwrap().remove("chat_id").unwrap();
    assert_eq!(
        page(&[odd]).data.unreadable[0].error(),
        "missing field `chat_id`"
    );
}

#[test]
fn chat_is_decoded_without_a_last_message_that_cannot_be() {
    let mut odd = chat(2);
    odd["last_message"]["content"] = json!(null);
    let list = json!({ "data": { "chats": [odd, chat(3)] } });
    let list: GetChatsResponse = read_json(list.to_string().as_bytes()).unwrap();
    let data = list.data.unwrap();
    assert!(data.unreadable.is_empty());
    assert!(data.chats[0].last_message.is_none() && data.chats[1].last_message.is_some());
    assert_eq!(encoded(&data.chats[0]), odd);

    let created = json!({ "data": odd }).to_string();
    let created: CreateChatResponse = read_json(created.as_bytes()).unwrap();
    assert_eq!(encoded(&created.data.unwrap()), odd);
    let stored: Chat = read_json(odd.to_string().as_bytes()).unwrap();
    assert_eq!(encoded(&stored), odd);
}

#[test]
fn required_part_of_a_response_names_its_path() {
    let mut odd = message(2);
    odd["content"] = json!(null);
    let odd = json!({ "data": odd }).to_string();
    let error = read_json::<CreateMessageResponse>(odd.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid value, expected an object, at `data.content`"
    );
    let error = read_json::<CreateChatResponse>(br#"{"data": {"id": 1}}"#).unwrap_err();
    assert_eq!(error.to_string(), "missing field `chat_type`, at `data`");
}

#[test]
fn syntax_errors_are_those_of_the_fast_mode() {
    for json in [
        r#"{"data": "#,
        r#"{"data": tru}"#,
        "<html>",
        r#"{"data": true} x"#,
    ] {
        let error = read_json::<AcceptedResponse>(json.as_bytes()).unwrap_err();
        assert!(error.is_syntax() || error.is_eof(), "{json}: {error}");
        assert_eq!(error.line(), 1);
    }
}

#[test]
fn last_of_several_fields_with_the_same_name_applies() {
    let json = r#"{"id": 1, "id": 2, "name": [], "name": "a", "mood": 1, "mood": 2}"#;
    let sender: Sender = read_json(json.as_bytes()).unwrap();
    assert_eq!(encoded(&sender), json!({ "id": 2, "name": "a", "mood": 2 }));
    let sender: Sender = read_json(br#"{"name": "a", "name": []}"#).unwrap();
    assert_eq!(encoded(&sender), json!({ "name": [] }));
}

#[test]
fn mode_does_not_outlast_a_response() {
    _ = page(&[json!(null)]);
    assert!(read_json::<GetMessagesResponse>(b"{}").is_err());
    assert!(serde_json::from_str::<Sender>(r#"{"name": []}"#).is_err());
}

#[test]
fn hostile_input_is_decoded_in_bounded_time_and_stack() {
    let depth = 200_000;
    for value in [
        "[".repeat(depth) + &"]".repeat(depth),
        r#"{"content":"#.repeat(depth) + "1" + &"}".repeat(depth),
        r#"{"replied_message":"#.repeat(depth) + "{}" + &"}".repeat(depth),
    ] {
        for field in ["content", "replied_message", "novelty", "id"] {
            let mut odd = message(2);
            odd[field] = json!("@");
            let json = json!({ "data": { "messages": [odd, message(3)] } }).to_string();
            let json = json.replace("\"@\"", &value);
            let page: GetMessagesResponse = read_json(json.as_bytes()).unwrap();
            let messages = page.data.messages.len();
            assert_eq!(messages + page.data.unreadable.len(), 2);
            assert!(page.data.messages.iter().any(|message| message.id.0 == 3));
        }
    }
}

#[test]
fn unreadable_item_finds_its_fields() {
    let item = r#"{"id": 1, "\ud83d": 2, "i\u0064": "7", "text": "a", "deep": 1e400}"#;
    let page = format!(r#"{{"data": {{"messages": [{item}]}}}}"#);
    let page: GetMessagesResponse = read_json(page.as_bytes()).unwrap();
    let item = &page.data.unreadable[0];
    assert_eq!((item.id(), item.get("text")), (Some(7), Some(json!("a"))));
    assert_eq!((item.get("deep"), item.get("missing")), (None, None));
}
