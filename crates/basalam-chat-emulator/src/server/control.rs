//! The paths by which programs in any language set up the service.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Service, answer, body};
use crate::error::Error;
use crate::fault::FaultSpec;
use crate::seed::Seed;
use crate::seed::document::Time;

/// What a control path answers, or why it refuses.
type Controlled = Result<Value, Error>;

type Control = State<Arc<Service>>;

/// Makes the control paths. They are neither counted nor logged, and have no faults.
pub(super) fn router(service: &Arc<Service>) -> Router {
    let paths = Router::new()
        .route("/", get(about))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/clock", get(clock).post(set_clock).delete(reset_clock))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/seed", post(seed))
        .route("/seen", post(mark_seen))
        .route("/reset", post(reset))
        .fallback(async || answer::unknown_route())
        .method_not_allowed_fallback(async || answer::unknown_route())
        .with_state(Arc::clone(service));
    Router::new()
        .route("/_emulator", get(redirect))
        .nest("/_emulator/", paths)
}

async fn redirect() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = axum::http::StatusCode::PERMANENT_REDIRECT;
    let location = axum::http::HeaderValue::from_static("/_emulator/");
    response.headers_mut().insert(LOCATION, location);
    response
}

/// Tells what there is to try the service with.
async fn about(State(service): Control) -> Response {
    let state = service.state();
    let users = state.users.all().map(
        |it| json!({ "id": it.id, "name": it.name, "hash_id": it.hash_id, "token": it.token() }),
    );
    let bots = state
        .bots
        .all()
        .map(|it| json!({ "id": it.bot.id, "name": it.bot.name, "token": it.bot.token() }));
    let clients = state
        .tokens
        .clients()
        .map(|it| json!({ "id": it.id(), "secret": it.secret() }));
    let about = json!({
        "base_url": service.base_url(),
        "token_url": format!("{}/oauth/token", service.base_url()),
        "authorize_url": format!("{}/accounts/sso", service.base_url()),
        "users": users.collect::<Vec<_>>(),
        "bots": bots.collect::<Vec<_>>(),
        "oauth_clients": clients.collect::<Vec<_>>(),
        "operations": service.operation_ids().collect::<Vec<_>>(),
    });
    drop(state);
    respond(Ok(about))
}

async fn faults(State(service): Control) -> Response {
    let aids = service.aids();
    let rules: Vec<_> = aids.faults().map(|it| it.describe()).collect();
    drop(aids);
    respond(Ok(json!({ "faults": rules })))
}

async fn add_fault(State(service): Control, body: Body) -> Response {
    with_body(body, |body| {
        let spec: FaultSpec = read(body)?;
        service.add_fault(spec.rule()?)?;
        Ok(json!({ "done": true }))
    })
    .await
}

async fn clear_faults(State(service): Control) -> Response {
    service.aids().clear_faults();
    respond(Ok(json!({ "done": true })))
}

async fn clock(State(service): Control) -> Response {
    respond(Ok(json!({ "now": Time(service.now()) })))
}

/// Either of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    now: Option<Time>,
    advance_seconds: Option<u64>,
}

async fn set_clock(State(service): Control, body: Body) -> Response {
    with_body(body, |body| {
        match read(body)? {
            SetClock {
                now: Some(time),
                advance_seconds: None,
            } => service.clock().set(time.0),
            SetClock {
                now: None,
                advance_seconds: Some(seconds),
            } => service.clock().advance(Duration::from_secs(seconds))?,
            _ => {
                return Err(Error::argument(
                    "give either `now` or `advance_seconds`, and not both",
                ));
            }
        }
        Ok(json!({ "now": Time(service.now()) }))
    })
    .await
}

async fn reset_clock(State(service): Control) -> Response {
    service.clock().reset();
    respond(Ok(json!({ "now": Time(service.now()) })))
}

async fn requests(State(service): Control) -> Response {
    let aids = service.aids();
    let log: Vec<_> = aids.log.entries().collect();
    let answer = json!({ "total": aids.log.total(), "requests": log });
    drop(aids);
    respond(Ok(answer))
}

async fn clear_requests(State(service): Control) -> Response {
    service.aids().log.clear();
    respond(Ok(json!({ "done": true })))
}

async fn seed(State(service): Control, body: Body) -> Response {
    with_body(body, |body| {
        let text = std::str::from_utf8(body)
            .map_err(|_| Error::argument("the seed is no text in UTF-8"))?;
        Ok(json!(service.plant(&Seed::read(text)?)?))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    chat_id: i64,
    user_id: i64,
}

async fn mark_seen(State(service): Control, body: Body) -> Response {
    with_body(body, |body| {
        let Seen { chat_id, user_id } = read(body)?;
        service.mark_seen(chat_id, user_id)?;
        Ok(json!({ "done": true }))
    })
    .await
}

async fn reset(State(service): Control) -> Response {
    respond(service.reset().map(|()| json!({ "done": true })))
}

async fn with_body(body: Body, work: impl FnOnce(&Bytes) -> Controlled) -> Response {
    match body::read(body).await {
        Ok(body) => respond(work(&body)),
        Err(refusal) => refusal,
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        Error::argument(format!("the body is wrong at {path}: {}", error.inner()))
    })
}

fn respond(result: Controlled) -> Response {
    match result {
        Ok(body) => answer::json(200, &body),
        Err(error) => answer::json(400, &json!({ "message": error.to_string() })),
    }
}
