//! The request log.

use std::slice;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};

use super::exchange::RedactedMessage;
use super::har;
use super::query::{Query, id};
use super::reply::{ControlError, ControlResult, done, respond, respond_with_attachment};
use crate::server::service::{Service, ServiceState};
use crate::state;

pub(super) async fn list(State(service): ServiceState, uri: Uri) -> Response {
    respond(list_requests(&service, &uri))
}

fn list_requests(service: &Service, uri: &Uri) -> ControlResult {
    let query = Query::parse(uri, &["after", "limit"])?;
    let (after, limit) = (query.integer("after")?, query.limit(usize::MAX)?);
    let controls = service.test_controls();
    let log = &controls.log;
    // Without a position, the newest requests.
    let newest = log.finished().saturating_sub(limit as u64);
    let (mut requests, next) = log.page(after.unwrap_or(newest), limit);
    let total = log.total();
    drop(controls);
    service.mask_secrets(&mut requests);
    Ok(json!({ "total": total, "requests": requests, "next": next }))
}

pub(super) async fn clear(State(service): ServiceState) -> Response {
    let mut controls = service.test_controls();
    controls.log.clear();
    controls.exchanges.clear();
    drop(controls);
    service.events().resync();
    respond(done())
}

pub(super) async fn one(State(service): ServiceState, Path(number): Path<String>) -> Response {
    respond(one_request(&service, &number))
}

fn one_request(service: &Service, number: &str) -> ControlResult {
    let number: u64 = id("request", number)?;
    let controls = service.test_controls();
    let (request, recorded) = (
        controls.log.by_number(number),
        controls.exchanges.get(number),
    );
    drop(controls);
    let (Some(mut request), Some(recorded)) = (request, recorded) else {
        return Err(ControlError::not_found(format!(
            "the request {number} was not recorded, or is too old; requests are recorded while a console is open, and only some of them if there are many"
        )));
    };
    service.mask_secrets(slice::from_mut(&mut request));
    let state = service.state();
    let mut sent = message(&RedactedMessage::new(&recorded.request, &state));
    sent["method"] = request.method.into();
    sent["url"] = format!("{}{}", service.base_url(), request.path).into();
    let received = recorded.response.as_ref().map(|it| {
        let mut json = message(&RedactedMessage::new(it, &state));
        json["status"] = request.status.into();
        json
    });
    Ok(json!({ "request": sent, "response": received }))
}

fn message(message: &RedactedMessage) -> Value {
    json!({
        "headers": message.headers,
        "body": message.body,
        "body_truncated": message.is_truncated,
        "body_base64": message.is_base64,
    })
}

/// Exports the log. It may be large, so it is built on another thread, which locks the state for one request at a time.
pub(super) async fn har(State(service): ServiceState) -> Response {
    let document = tokio::task::spawn_blocking(move || export(&service)).await;
    let document = document.map_err(|_| ControlError::interrupted());
    respond_with_attachment(document, "requests.har")
}

fn export(service: &Service) -> Value {
    let controls = service.test_controls();
    let requests = controls.log.entries().map(|request| {
        let recorded = controls.exchanges.get(request.number);
        (request, recorded)
    });
    let requests: Vec<_> = requests.collect();
    drop(controls);
    let entries = requests.into_iter().map(|(mut request, recorded)| {
        service.mask_secrets(slice::from_mut(&mut request));
        let state: &state::State = &service.state();
        har::entry(&request, recorded.as_deref(), service.base_url(), state)
    });
    har::document(entries.collect())
}
