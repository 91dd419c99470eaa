//! Documents in the form that the service sends.

use basalam_chat_emulator::Emulator;
use serde_json::{Value, json};

pub(crate) fn message(id: i64) -> Value {
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

pub(crate) fn chat(id: i64) -> Value {
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

/// Makes the emulator respond to the next request with `body`.
pub(crate) fn queue(emulator: &Emulator, body: &Value) {
    let headers = [("content-type", "application/json")];
    emulator
        .queue_response(200, &headers, body.to_string())
        .unwrap();
}

/// Makes the emulator respond to the next request with a page of `messages`.
pub(crate) fn queue_messages(emulator: &Emulator, messages: impl IntoIterator<Item = Value>) {
    let messages: Vec<Value> = messages.into_iter().collect();
    queue(emulator, &json!({ "data": { "messages": messages } }));
}
