//! Response bodies of the server.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::{Value, json};

/// The id of the chat in all requests.
pub const CHAT_ID: i64 = 183_583_802;

/// The text of messages.
pub const TEXT: &str = "سلام، سفارش شما امروز صبح با پست پیشتاز ارسال شد.";

/// The id of the newest message. All ids have the same number of digits.
pub const NEWEST_ID: i64 = 1_999_999_999;

/// Number of messages in the history.
pub const HISTORY: i64 = 1_000_000;

/// Number of chats in a list.
pub const CHATS: usize = 30;

/// Returns the response to a sent message.
pub fn sent_message() -> Bytes {
    static BODY: OnceLock<Bytes> = OnceLock::new();
    BODY.get_or_init(|| to_bytes(&json!({ "data": message(NEWEST_ID), "temp_id": 7 })))
        .clone()
}

/// Returns a page of the newest messages.
pub fn messages(limit: usize) -> Bytes {
    let messages: Vec<Value> = (0..limit)
        .map(|index| message(NEWEST_ID - as_id(index)))
        .collect();
    to_bytes(&json!({ "data": { "messages": messages } }))
}

/// Returns a page of chats, each with its last message.
pub fn chats() -> Bytes {
    static BODY: OnceLock<Bytes> = OnceLock::new();
    let build = || {
        let chats: Vec<Value> = (0..CHATS).map(chat).collect();
        to_bytes(&json!({ "data": { "chats": chats } }))
    };
    BODY.get_or_init(build).clone()
}

fn to_bytes(body: &Value) -> Bytes {
    Bytes::from(body.to_string())
}

/// Converts a list index for use in an id. Lists have at most a million items.
fn as_id(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

/// Returns a message of a typical shop chat: mostly text, some pictures, products and replies.
pub fn message(id: i64) -> Value {
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

/// Returns a chat of a list, which has its last message.
pub fn chat(index: usize) -> Value {
    let offset = as_id(index);
    json!({
        "id": CHAT_ID + offset,
        "chat_type": "private",
        "contact_id": 1000 + offset,
        "contact": {
            "id": 1000 + offset, "hash_id": "aB3xQ", "name": "مریم رضایی", "username": "maryam",
            "avatar": "https://statics.example/avatars/1000.jpg", "verified": false,
        },
        "contact_is_blocked": false,
        "contact_last_seen_message_id": NEWEST_ID - 10,
        "created_at": "2026-05-01 08:00:00",
        "updated_at": format!("2026-07-22 10:28:{:02}", 59 - offset),
        "modified_at": format!("2026-07-22 10:28:{:02}", 59 - offset),
        "last_message": message(NEWEST_ID - offset),
        "last_seen_id": NEWEST_ID - 3,
        "marked_as_unread": false,
        "show_approvals": false,
        "unseen_message_count": offset % 4,
    })
}
