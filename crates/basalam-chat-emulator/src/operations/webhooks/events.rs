//! The events that webhooks can receive. Likely: the names and ids, from a live integration.

use serde_json::{Value, json};

use crate::state::webhooks::{MESSAGE_RECEIVED, MESSAGE_SENT};

const NAMES: [(i64, &str); 9] = [
    (MESSAGE_RECEIVED, "CHAT_RECEIVED_MESSAGE"),
    (2, "ORDER_ITEM_CHANGES"),
    (3, "VENDOR_ORDER_ITEM_CHANGES"),
    (MESSAGE_SENT, "CHAT_SEND_MESSAGE"),
    (5, "VENDOR_NEW_ORDER"),
    (6, "NEW_ORDER"),
    (7, "VENDOR_PARCEL_CHANGES"),
    (8, "PRODUCT_CREATE_CHANGES"),
    (9, "REVIEW_CREATE_CHANGES"),
];

/// Returns the ids of all events.
pub(super) fn ids() -> impl Iterator<Item = i64> {
    NAMES.iter().map(|(id, _)| *id)
}

/// Returns all events.
pub(super) fn all() -> impl Iterator<Item = Value> {
    ids().filter_map(by_id)
}

/// Returns the name of an event.
pub(crate) fn name(id: i64) -> Option<&'static str> {
    NAMES.iter().find(|it| it.0 == id).map(|it| it.1)
}

/// Returns an event. Only chat events have a sample and a scope.
pub(super) fn by_id(id: i64) -> Option<Value> {
    let name = name(id)?;
    let is_chat_event = matches!(id, MESSAGE_RECEIVED | MESSAGE_SENT);
    Some(json!({
        "id": id,
        "name": name,
        "description": name,
        "sample_data": is_chat_event.then(sample),
        "scopes": is_chat_event.then_some("customer.chat.read"),
    }))
}

fn sample() -> Value {
    json!({
        "id": 1, "chat_id": 2,
        "message": { "text": "hello", "files": null, "links": {}, "entity_id": null },
        "seen_at": null, "sender_id": 3,
        "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
        "message_type": "TEXT", "message_source": null,
    })
}
