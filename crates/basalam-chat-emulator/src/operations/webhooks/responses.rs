//! The JSON of webhooks.

use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use super::events;
use crate::clock::format_time;
use crate::operations::call::{Call, HandlerResult};
use crate::operations::content;
use crate::service_error::ServiceError;
use crate::state::State;
use crate::state::chat::Chat;
use crate::state::message::Message;
use crate::state::webhooks::{DeliveryLog, Registration, Webhook, WebhookService};
use crate::user::User;

/// The default of `per_page`.
const PER_PAGE: i64 = 10;

/// Formats a time as the contract of webhooks requires, unlike times of messages. The zone is unknown.
pub(super) fn date_time(time: DateTime) -> String {
    format!("{}Z", time.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// Returns a list that has no pages.
pub(super) fn list(items: Vec<Value>) -> Value {
    let count = items.len();
    let total_page = usize::from(count > 0);
    json!({
        "data": items, "result_count": count, "total_count": count, "total_page": total_page,
        "page": 1, "per_page": count.max(10),
    })
}

/// Returns the page of a list that the request selects.
pub(super) fn page(call: &Call<'_>, items: Vec<Value>) -> HandlerResult {
    let positive = |name: &str, default| match call.query_integer(name).unwrap_or(default) {
        value @ 1.. => Ok(usize::try_from(value).unwrap_or(usize::MAX)),
        _ => {
            let message = "must be at least 1";
            Err(ServiceError::invalid(
                ["query", name],
                message,
                "greater_than_equal",
            ))
        }
    };
    let number = positive("page", 1)?;
    let per_page = positive("per_page", PER_PAGE)?;
    let per_page = per_page.min(call.options.max_page_size.unwrap_or(usize::MAX));
    let (total, pages) = (items.len(), items.len().div_ceil(per_page));
    let items: Vec<_> = items
        .into_iter()
        .skip((number - 1).saturating_mul(per_page))
        .take(per_page)
        .collect();
    Ok(json!({
        "result_count": items.len(), "data": items, "total_count": total, "total_page": pages,
        "page": number, "per_page": per_page,
    }))
}

pub(super) fn service(service: &WebhookService) -> Value {
    json!({
        "id": service.id, "title": service.title, "description": service.description,
        "is_verified": true, "is_active": true, "created_at": date_time(service.created_at),
    })
}

pub(super) fn webhook(webhook: &Webhook) -> Value {
    let config = &webhook.config;
    let headers: Map<String, Value> = config
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().into()))
        .collect();
    json!({
        "id": webhook.id, "service_id": webhook.service_id, "events": events_of(webhook),
        "request_headers": headers, "request_method": config.method.as_str(),
        "url": config.url.as_str(), "is_active": config.is_active,
        "created_at": date_time(webhook.created_at), "updated_at": date_time(webhook.updated_at),
    })
}

fn events_of(webhook: &Webhook) -> Vec<Value> {
    let ids = webhook.config.event_ids.iter();
    ids.filter_map(|id| events::by_id(*id)).collect()
}

pub(super) fn customer(registration: &Registration) -> Value {
    let time = date_time(registration.created_at);
    json!({
        "id": registration.id, "customer_id": registration.user_id,
        "webhook_id": registration.webhook_id, "created_at": time, "updated_at": time,
    })
}

pub(super) fn registered(registration: &Registration, webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id, "service_id": webhook.service_id, "customer_id": registration.user_id,
        "events": events_of(webhook), "is_active": webhook.config.is_active,
        "registered_at": date_time(registration.created_at),
    })
}

pub(super) fn log(log: &DeliveryLog) -> Value {
    let attempt = &log.attempt;
    json!({
        "id": log.id, "user_id": attempt.user_id, "status_code": attempt.status,
        "request": attempt.request, "response": attempt.response, "created_at": date_time(log.created_at),
    })
}

/// Returns the body of a chat event: a flat object with documented names, which differ from those of messages.
pub(super) fn message_event(state: &State, chat: &Chat, message: &Message) -> Value {
    let content = content(&message.content);
    let receiver = chat.contact_of(message.sender_id).map(|it| it.user_id);
    let user = |id: Option<i64>| Some(user(state.users.by_id(id?)?));
    json!({
        "id": message.id,
        "chat_id": message.chat_id,
        "message": {
            "text": content["text"], "files": content["files"], "links": {}, "entity_id": content["entity_id"],
        },
        "seen_at": message.seen_at.map(format_time),
        "sender_id": message.sender_id,
        "created_at": format_time(message.created_at),
        "updated_at": format_time(message.updated_at),
        "message_type": message.message_type.to_uppercase(),
        "message_source": null,
        "sender": user(Some(message.sender_id)),
        "receiver": user(receiver),
    })
}

fn user(user: &User) -> Value {
    json!({
        "id": user.id, "hash_id": user.hash_id, "name": user.name,
        "avatar": { "md": null, "original": null }, "city": null,
    })
}
