//! Webhooks and deliveries to them.

use std::cmp::Reverse;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};

use super::exchange;
use super::query::{DEFAULT_LIMIT, Query, id};
use super::reply::{ControlError, ControlResult, done, respond};
use crate::clock::ServiceTime;
use crate::error::Error;
use crate::exchange::MAX_BODY_BYTES;
use crate::operations::{WebhookEvent, webhook_event_name};
use crate::server::service::{Service, ServiceState};
use crate::state;
use crate::state::webhooks::{DeliveryLog, Webhook};

pub(super) async fn list(State(service): ServiceState) -> Response {
    let state = service.state();
    let webhooks: Vec<_> = state.webhooks.all().map(|it| webhook(&state, it)).collect();
    let bots = state.bots.all().filter_map(|it| {
        let url = state.bots.by_id(it.id)?.webhook_url.as_deref()?;
        Some(json!({ "id": it.id, "url": exchange::url(url, &state) }))
    });
    let bots: Vec<_> = bots.collect();
    drop(state);
    respond(Ok(json!({ "webhooks": webhooks, "bots": bots })))
}

fn webhook(state: &state::State, webhook: &Webhook) -> Value {
    let config = &webhook.config;
    let events = config.event_ids.iter();
    let events: Vec<_> = events.filter_map(|it| webhook_event_name(*it)).collect();
    let registrations = state.webhooks.registrations();
    let registrations = registrations.filter(|it| it.webhook_id == webhook.id);
    json!({
        "id": webhook.id,
        "url": exchange::url(config.url.as_str(), state),
        "events": events,
        "user_ids": registrations.map(|it| it.user_id).collect::<Vec<_>>(),
        "is_active": config.is_active,
    })
}

pub(super) async fn deliveries(State(service): ServiceState, uri: Uri) -> Response {
    respond(list_deliveries(&service, &uri))
}

fn list_deliveries(service: &Service, uri: &Uri) -> ControlResult {
    let limit = Query::parse(uri, &["limit"])?.limit(DEFAULT_LIMIT)?;
    let state = service.state();
    let mut logs: Vec<_> = state.webhooks.all_logs().collect();
    logs.sort_unstable_by_key(|it| Reverse(it.id));
    logs.truncate(limit);
    let deliveries: Vec<_> = logs.into_iter().map(|it| delivery(&state, it)).collect();
    Ok(json!({ "deliveries": deliveries }))
}

fn delivery(state: &state::State, log: &DeliveryLog) -> Value {
    let attempt = &log.attempt;
    // A body without its texts says more than a string that is cut off.
    let body = &attempt.request["body"];
    let is_small = body.to_string().len() <= MAX_BODY_BYTES;
    json!({
        "id": log.id,
        "webhook_id": attempt.webhook_id,
        "user_id": attempt.user_id,
        "event": webhook_event_name(attempt.event_id),
        "url": attempt.request["url"].as_str().map(|it| exchange::url(it, state)),
        "status": attempt.status,
        "error": attempt.response["error"],
        "attempt": attempt.number,
        "created_at": ServiceTime(log.created_at),
        "duration_ms": attempt.duration.as_secs_f64() * 1000.0,
        "body": is_small.then(|| exchange::json(body, state)),
    })
}

pub(super) async fn resend(
    State(service): ServiceState,
    Path(delivery_id): Path<String>,
) -> Response {
    respond(try_resend(&service, &delivery_id))
}

fn try_resend(service: &Service, delivery_id: &str) -> ControlResult {
    let delivery_id: i64 = id("delivery", delivery_id)?;
    let state = service.state();
    let mut logs = state.webhooks.all_logs();
    let log = logs.find(|it| it.id == delivery_id).ok_or_else(|| {
        ControlError::not_found(format!(
            "there is no delivery {delivery_id}; its webhook may have been deleted"
        ))
    })?;
    let attempt = &log.attempt;
    let webhook = state.webhooks.by_id(attempt.webhook_id);
    if !webhook.is_some_and(|it| it.config.is_active) {
        let message = format!(
            "the webhook {} is not active; activate it first",
            attempt.webhook_id
        );
        return Err(Error::invalid_argument(message).into());
    }
    service.deliveries().push(WebhookEvent {
        event_id: attempt.event_id,
        user_id: attempt.user_id,
        webhook_id: attempt.webhook_id,
        body: attempt.request["body"].clone(),
    });
    done()
}
