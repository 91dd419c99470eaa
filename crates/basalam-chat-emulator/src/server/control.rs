//! The control endpoints, which the console and programs in any language use.

mod chats;
mod clock;
mod exchange;
mod faults;
mod har;
mod info;
mod query;
mod reply;
mod requests;
mod settings;
mod simulate;
mod transcripts;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::json;

use super::service::{Service, ServiceState};
use super::{console, events, response};
use crate::error::Error;
use crate::seed::Seed;
use reply::{done, parse, respond, with_body};

/// Creates the control endpoints. Their requests are not counted or logged, and have no
/// faults.
///
/// `api` are the other routes, through which transcripts are played.
pub(super) fn router(service: &Arc<Service>, api: &Router) -> Router {
    let api = api.clone();
    let play = move |state, body| transcripts::play(state, body, api);
    let endpoints = Router::new()
        .route("/", get(info::info))
        .route("/console", get(console::redirect))
        .route("/console/", get(console::index))
        .route("/console/{*path}", get(console::asset))
        .route("/events", get(events::open))
        .route("/chats", get(chats::chats))
        .route("/chats/{id}/messages", get(chats::messages))
        .route("/chats/{id}/transcript", get(transcripts::save))
        .route("/messages/{id}", get(chats::message))
        .route("/transcripts", post(play))
        .route(
            "/transcripts/{id}",
            get(transcripts::status).delete(transcripts::stop),
        )
        .route(
            "/faults",
            get(faults::list).post(faults::add).delete(faults::clear),
        )
        .route("/faults/{id}", delete(faults::remove))
        .route(
            "/clock",
            get(clock::get).post(clock::set).delete(clock::reset),
        )
        .route("/settings", get(settings::get).patch(settings::change))
        .route("/requests", get(requests::list).delete(requests::clear))
        .route("/requests/{number}", get(requests::one))
        .route("/requests.har", get(requests::har))
        .route("/webhooks", get(webhooks::list))
        .route("/deliveries", get(webhooks::deliveries))
        .route("/deliveries/{id}/resend", post(webhooks::resend))
        .route("/simulate", post(simulate::simulate))
        .route("/seed", post(seed))
        .route("/seen", post(mark_seen))
        .route("/reset", post(reset))
        .fallback(async || response::unknown_route())
        .method_not_allowed_fallback(async || response::unknown_route())
        .with_state(Arc::clone(service));
    Router::new()
        .route("/_emulator", get(redirect))
        .nest("/_emulator/", endpoints)
}

async fn redirect() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let location = HeaderValue::from_static("/_emulator/");
    response.headers_mut().insert(LOCATION, location);
    response
}

async fn seed(State(service): ServiceState, body: Body) -> Response {
    with_body(body, |body| {
        let json = std::str::from_utf8(body)
            .map_err(|_| Error::invalid_argument("the seed is not UTF-8"))?;
        Ok(json!(service.apply_seed(&Seed::parse(json)?)?))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkSeen {
    chat_id: i64,
    user_id: i64,
}

async fn mark_seen(State(service): ServiceState, body: Body) -> Response {
    with_body(body, |body| {
        let MarkSeen { chat_id, user_id } = parse(body)?;
        service.mark_seen(chat_id, user_id)?;
        done()
    })
    .await
}

async fn reset(State(service): ServiceState) -> Response {
    let result = service.reset().map_err(Into::into);
    respond(result.and_then(|()| done()))
}
