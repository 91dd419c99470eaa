//! The control endpoints, which programs in any language use to set up tests.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::service::Service;
use super::{body, response};
use crate::clock::ServiceTime;
use crate::error::Error;
use crate::fault::RuleSpec;
use crate::seed::Seed;

type ControlResult = Result<Value, Error>;
type ServiceState = State<Arc<Service>>;

/// Creates the control endpoints. Their requests are not counted or logged, and have no
/// faults.
pub(super) fn router(service: &Arc<Service>) -> Router {
    let endpoints = Router::new()
        .route("/", get(info))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/clock", get(clock).post(set_clock).delete(reset_clock))
        .route("/requests", get(requests).delete(clear_requests))
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

/// Lists the URLs, users, bots, OAuth clients and operations.
async fn info(State(service): ServiceState) -> Response {
    let state = service.state();
    let users = state.users.all().map(
        |it| json!({ "id": it.id, "name": it.name, "hash_id": it.hash_id, "token": it.token() }),
    );
    let bots = state.bots.all();
    let bots = bots.map(|it| json!({ "id": it.id, "name": it.name, "token": it.token() }));
    let clients = state.tokens.clients();
    let clients = clients.map(|it| json!({ "id": it.id(), "secret": it.secret() }));
    let info = json!({
        "base_url": service.base_url(),
        "token_url": service.token_url(),
        "authorize_url": service.authorize_url(),
        "users": users.collect::<Vec<_>>(),
        "bots": bots.collect::<Vec<_>>(),
        "oauth_clients": clients.collect::<Vec<_>>(),
        "operations": service.operation_ids().collect::<Vec<_>>(),
    });
    drop(state);
    respond(Ok(info))
}

async fn faults(State(service): ServiceState) -> Response {
    let controls = service.test_controls();
    let rules: Vec<_> = controls.fault_rules().map(|it| it.describe()).collect();
    drop(controls);
    respond(Ok(json!({ "faults": rules })))
}

async fn add_fault(State(service): ServiceState, body: Body) -> Response {
    with_body(body, |body| {
        let spec: RuleSpec = parse(body)?;
        service.add_fault(spec.into_rule()?)?;
        Ok(json!({ "ok": true }))
    })
    .await
}

async fn clear_faults(State(service): ServiceState) -> Response {
    service.test_controls().clear_fault_rules();
    respond(Ok(json!({ "ok": true })))
}

async fn clock(State(service): ServiceState) -> Response {
    respond(Ok(json!({ "now": ServiceTime(service.now()) })))
}

/// A new time, in one of two forms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    now: Option<ServiceTime>,
    advance_seconds: Option<u64>,
}

async fn set_clock(State(service): ServiceState, body: Body) -> Response {
    with_body(body, |body| {
        match parse(body)? {
            SetClock {
                now: Some(time),
                advance_seconds: None,
            } => service.clock().set(time.0),
            SetClock {
                now: None,
                advance_seconds: Some(seconds),
            } => service.clock().advance(Duration::from_secs(seconds))?,
            _ => {
                return Err(Error::invalid_argument(
                    "send either `now` or `advance_seconds`",
                ));
            }
        }
        Ok(json!({ "now": ServiceTime(service.now()) }))
    })
    .await
}

async fn reset_clock(State(service): ServiceState) -> Response {
    service.clock().reset();
    respond(Ok(json!({ "now": ServiceTime(service.now()) })))
}

async fn requests(State(service): ServiceState) -> Response {
    let controls = service.test_controls();
    let entries: Vec<_> = controls.log.entries().collect();
    let log = json!({ "total": controls.log.total(), "requests": entries });
    drop(controls);
    respond(Ok(log))
}

async fn clear_requests(State(service): ServiceState) -> Response {
    service.test_controls().log.clear();
    respond(Ok(json!({ "ok": true })))
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
        Ok(json!({ "ok": true }))
    })
    .await
}

async fn reset(State(service): ServiceState) -> Response {
    respond(service.reset().map(|()| json!({ "ok": true })))
}

async fn with_body(body: Body, handle: impl FnOnce(&Bytes) -> ControlResult) -> Response {
    match body::read(body).await {
        Ok(body) => respond(handle(&body)),
        Err(rejection) => rejection,
    }
}

fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        Error::invalid_argument(format!("the body is invalid at {path}: {}", error.inner()))
    })
}

fn respond(result: ControlResult) -> Response {
    match result {
        Ok(body) => response::json(200, &body),
        Err(error) => response::json(400, &json!({ "message": error.to_string() })),
    }
}
