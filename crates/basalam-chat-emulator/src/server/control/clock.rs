//! The clock.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{parse, respond, with_body};
use crate::clock::ServiceTime;
use crate::error::Error;
use crate::server::service::{Service, ServiceState};

pub(super) async fn get(State(service): ServiceState) -> Response {
    respond(Ok(json(&service)))
}

pub(super) async fn set(State(service): ServiceState, body: Body) -> Response {
    with_body(body, |body| {
        let change: Change = parse(body)?;
        change.apply(&service)?;
        Ok(json(&service))
    })
    .await
}

pub(super) async fn reset(State(service): ServiceState) -> Response {
    service.clock().reset();
    respond(Ok(json(&service)))
}

fn json(service: &Service) -> Value {
    json!({ "now": ServiceTime(service.now()), "state": service.clock().state() })
}

/// A change in one of several forms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    now: Option<ServiceTime>,
    advance_seconds: Option<u64>,
    #[serde(default)]
    pause: bool,
    #[serde(default)]
    resume: bool,
}

impl Change {
    fn apply(self, service: &Service) -> Result<(), Error> {
        let clock = service.clock();
        match (self.now, self.advance_seconds, self.pause, self.resume) {
            (Some(time), None, false, false) => clock.set(time.0),
            (None, Some(seconds), false, false) => clock.advance(Duration::from_secs(seconds))?,
            (None, None, true, false) => clock.pause(),
            (None, None, false, true) => clock.resume(),
            _ => {
                return Err(Error::invalid_argument(
                    "send one of `now`, `advance_seconds`, `pause` and `resume`; the last two are true",
                ));
            }
        }
        Ok(())
    }
}
