//! The request log.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde_json::json;

use super::query::Query;
use super::reply::{ControlResult, done, respond};
use crate::server::service::Service;

type ServiceState = State<Arc<Service>>;

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
    let (requests, next) = log.page(after.unwrap_or(newest), limit);
    let total = log.total();
    drop(controls);
    Ok(json!({ "total": total, "requests": requests, "next": next }))
}

pub(super) async fn clear(State(service): ServiceState) -> Response {
    service.test_controls().log.clear();
    service.events().resync();
    respond(done())
}
