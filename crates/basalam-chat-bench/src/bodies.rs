//! The bodies that the server answers with, made once.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::{Value, json};

/// The chat that every request is about.
pub const CHAT_ID: i64 = 183_583_802;

/// The text that is sent.
pub const TEXT: &str = "سلام، سفارش شما امروز صبح با پست پیشتاز ارسال شد.";

/// The id of the newest message; all have as many digits.
pub const NEWEST_ID: i64 = 1_999_999_999;

/// How many messages the history holds.
pub const HISTORY: i64 = 1_000_000;

/// How many chats a list holds.
pub const CHATS: usize = 30;

/// Gives the answer to a message that was sent.
pub fn sent() -> Bytes {
    static BODY: OnceLock<Bytes> = OnceLock::new();
    BODY.get_or_init(|| written(&json!({ "data": message(NEWEST_ID), "temp_id": 7 })))
        .clone()
}

/// Gives a page of so many of the newest messages.
pub fn messages(limit: usize) -> Bytes {
    let messages: Vec<Value> = (0..limit)
        .map(|place| message(NEWEST_ID - as_id(place)))
        .collect();
    written(&json!({ "data": { "messages": messages } }))
}

/// Gives a page of chats, each with its last message.
pub fn chats() -> Bytes {
    static BODY: OnceLock<Bytes> = OnceLock::new();
    let make = || {
        let chats: Vec<Value> = (0..CHATS).map(chat).collect();
        written(&json!({ "data": { "chats": chats } }))
    };
    BODY.get_or_init(make).clone()
}

fn written(body: &Value) -> Bytes {
    Bytes::from(body.to_string())
}

/// A place in a list, as a part of an id. No list here is longer than a million.
fn as_id(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// A message as they are in the chats of a shop: mostly texts, some pictures, some products and some
/// answers to an earlier one.
fn message(id: i64) -> Value {
    let mut message = plain_message(id);
    match id % 10 {
        3 => {
            message["message_type"] = json!("picture");
            message["content"] = json!({ "files": [{
                "id": 84_502_113 + id % 1000, "name": "IMG_2041.jpg", "type": "image/jpeg", "size": 284_113,
                "width": 1280, "height": 960, "blur_hash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
                "url": "https://statics.example/chat/1405/04/31/IMG_2041.jpg",
            }] });
        }
        5 => {
            message["message_type"] = json!("product");
            message["content"] = json!({ "text": "همین محصول را می‌خواهم", "entity_id": 24_835 });
        }
        7 => message["replied_message"] = plain_message(id - 20),
        _ => {}
    }
    message
}

fn plain_message(id: i64) -> Value {
    json!({
        "id": id,
        "chat_id": CHAT_ID,
        "message_type": "text",
        "content": { "text": TEXT },
        "created_at": "2026-07-22 10:28:23",
        "updated_at": "2026-07-22 10:28:23",
        "seen_at": "2026-07-22 10:29:02",
        "sender": {
            "id": 430, "hash_id": "Yz9LM", "name": "فروشگاه دست‌ساز",
            "avatar": "https://statics.example/avatars/430.jpg", "verified": true,
            "vendor": { "id": 511, "identifier": "dast_saz", "title": "دست‌ساز", "status": 2987 },
        },
    })
}

fn chat(place: usize) -> Value {
    let number = as_id(place);
    json!({
        "id": CHAT_ID + number,
        "chat_type": "private",
        "contact_id": 1000 + number,
        "contact": {
            "id": 1000 + number, "hash_id": "aB3xQ", "name": "مریم رضایی", "username": "maryam",
            "avatar": "https://statics.example/avatars/1000.jpg", "verified": false,
        },
        "contact_is_blocked": false,
        "contact_last_seen_message_id": NEWEST_ID - 10,
        "created_at": "2026-05-01 08:00:00",
        "updated_at": format!("2026-07-22 10:28:{:02}", 59 - number),
        "modified_at": format!("2026-07-22 10:28:{:02}", 59 - number),
        "last_message": message(NEWEST_ID - number),
        "last_seen_id": NEWEST_ID - 3,
        "marked_as_unread": false,
        "show_approvals": false,
        "unseen_message_count": number % 4,
    })
}
