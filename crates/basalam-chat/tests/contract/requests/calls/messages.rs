//! Calls of message operations.

use basalam_chat::messages::{
    AttachmentFile, ButtonId, ButtonType, MessageEdit, NewButton, QuickMessageId,
};
use basalam_chat::{
    ChatId, Comparison, EntityId, FileId, MessageId, MessageType, NewMessage, SortOrder,
};
use serde_json::{Value, json};

use crate::requests::recorder::{Expected, Recorder};

const CHAT: ChatId = ChatId(401);

pub(super) async fn make(recorder: &mut Recorder) {
    lists(recorder).await;
    complete_creation(recorder).await;
    minimal_creations(recorder).await;
    other_operations(recorder).await;
}

async fn lists(recorder: &mut Recorder) {
    let client = recorder.client.clone();
    let of_chat =
        |description: String| Expected::new("get_messages", description).path("chat_id", CHAT);
    let expected = of_chat("with nothing set".to_owned());
    recorder.run(expected, client.get_messages(CHAT)).await;
    for order in SortOrder::KNOWN {
        for comparison in Comparison::KNOWN {
            let expected = of_chat(format!("with all set, {order} and {comparison}"))
                .query("message_id", 402)
                .query("limit", 103)
                .query("order", order)
                .query("cmp", comparison);
            let call = client
                .get_messages(CHAT)
                .compare(comparison.clone(), MessageId(402))
                .limit(103)
                .order(order.clone());
            recorder.run(expected, call).await;
        }
    }
}

async fn complete_creation(recorder: &mut Recorder) {
    let button = |id, kind: &ButtonType| {
        let data = json!({ (format!("key {id}")): format!("value {id}") });
        let Value::Object(data) = data else {
            unreachable!("`json!` created an object")
        };
        NewButton::new(data, ButtonId(id), format!("label {id}"), kind.clone())
    };
    let sent_button = |id, kind: &ButtonType| {
        let data = json!({ (format!("key {id}")): format!("value {id}") });
        json!({ "id": id, "label": format!("label {id}"), "type": kind, "data": data })
    };
    let mut file = AttachmentFile::new(FileId(411), "https://example.com/a.jpg".to_owned());
    file.height = Some(412);
    file.width = Some(413);
    file.name = Some("a.jpg".to_owned());
    file.type_ = Some("image/jpeg".to_owned());
    file.size = Some(414);
    file.blur_hash = Some("LEHV6nWB2yk8".to_owned());
    file.duration = Some(415);
    let sent_file = json!({
        "id": 411, "url": "https://example.com/a.jpg", "height": 412, "width": 413,
        "name": "a.jpg", "type": "image/jpeg", "size": 414, "blur_hash": "LEHV6nWB2yk8",
        "duration": 415,
    });
    let kinds = || (420..).zip(ButtonType::KNOWN);
    let expected = Expected::new("create_message", "with all set")
        .path("chat_id", CHAT)
        .header("User-Agent", "the agent")
        .header("X-Client-Info", "the client")
        .header("X-Forwarded-For", "192.0.2.1")
        .header("X-Real-IP", "192.0.2.2")
        .body(json!({
            "message_type": "picture",
            "content": { "text": "a text", "entity_id": 403, "quick_message_id": 404 },
            "attachment": { "files": [sent_file] },
            "replied_message_id": 405,
            "temp_id": 406,
            "message_metadata": { "ticket": 407 },
            "inline_markup_button": [kinds().map(|(id, it)| sent_button(id, it)).collect::<Value>()],
            "forward_from": 408,
        }));
    let message = NewMessage::picture(file)
        .with_text("a text")
        .with_entity(EntityId(403))
        .with_quick_message(QuickMessageId(404));
    let buttons: Vec<NewButton> = kinds().map(|(id, it)| button(id, it)).collect();
    let call = recorder
        .client
        .create_message(CHAT, message)
        .reply_to(MessageId(405))
        .temp_id(406)
        .metadata(json!({ "ticket": 407 }))
        .inline_buttons([buttons])
        .forward_from(MessageId(408))
        .user_agent("the agent")
        .client_info("the client")
        .forwarded_for("192.0.2.1")
        .real_ip("192.0.2.2");
    recorder.run(expected, call).await;
}

async fn minimal_creations(recorder: &mut Recorder) {
    let client = recorder.client.clone();
    let of =
        |description: String| Expected::new("create_message", description).path("chat_id", CHAT);
    let text = json!({ "message_type": "text", "content": { "text": "a text" } });
    let expected = of("with a text".to_owned()).body(text);
    let call = client.create_message(CHAT, "a text");
    recorder.run(expected, call).await;
    let expected = of("with a type only".to_owned()).body(json!({ "message_type": "location" }));
    let call = client.create_message(CHAT, NewMessage::new(MessageType::Location));
    recorder.run(expected, call).await;
    for message_type in MessageType::KNOWN {
        let content = json!({ "quick_message_id": 404 });
        let body = json!({ "message_type": message_type, "content": content });
        let expected = of(format!("of the type {message_type}")).body(body);
        let message = NewMessage::new(message_type.clone()).with_quick_message(QuickMessageId(404));
        let call = client.create_message(CHAT, message);
        recorder.run(expected, call).await;
    }
}

async fn other_operations(recorder: &mut Recorder) {
    let client = recorder.client.clone();
    let body = json!({ "message_id": 501, "content": { "text": "another text" } });
    let expected = Expected::new("edit_message", "with a text").body(body);
    let call = client.edit_message(MessageId(501), "another text");
    recorder.run(expected, call).await;
    let content = json!({ "text": "another text", "entity_id": 502, "quick_message_id": 503 });
    let expected = Expected::new("edit_message", "with all set")
        .header("X-Client-Info", "the client")
        .body(json!({ "message_id": 501, "content": content }));
    let edit = MessageEdit::text("another text")
        .with_entity(EntityId(502))
        .with_quick_message(QuickMessageId(503));
    let call = client
        .edit_message(MessageId(501), edit)
        .client_info("the client");
    recorder.run(expected, call).await;

    let body = json!({ "message_ids": [511, 512] });
    let expected = Expected::new("delete_message", "with two ids").body(body);
    let call = client.delete_message([MessageId(511), MessageId(512)]);
    recorder.run(expected, call).await;

    let body = json!({ "message_ids": [521, 522], "chat_ids": [523] });
    let of = |description| Expected::new("forward_message", description).body(body.clone());
    let call = client.forward_message([MessageId(521), MessageId(522)], ChatId(523));
    let expected = of("with nothing set");
    recorder.run(expected, call.clone()).await;
    let expected = of("with all set")
        .header("User-Agent", "the agent")
        .header("X-Client-Info", "the client");
    let call = call.user_agent("the agent").client_info("the client");
    recorder.run(expected, call).await;
}
