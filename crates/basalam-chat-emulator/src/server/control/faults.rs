//! The fault rules.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::query::id;
use super::reply::{ControlError, ControlResult, done, parse, respond, with_body};
use crate::error::Error;
use crate::fault::{FaultRule, RuleSpec};
use crate::server::service::{Service, ServiceState};

pub(super) async fn list(State(service): ServiceState) -> Response {
    let controls = service.test_controls();
    let rules = controls.faults.iter().map(|(id, rule)| {
        let mut json = rule.describe();
        json["id"] = id.into();
        json["rule"] = rule.to_text().into();
        json
    });
    let rules: Vec<_> = rules.collect();
    drop(controls);
    respond(Ok(json!({ "faults": rules })))
}

pub(super) async fn add(State(service): ServiceState, body: Body) -> Response {
    with_body(body, |body| {
        let id = service.add_fault(rule(parse(body)?)?)?;
        Ok(json!({ "ok": true, "id": id }))
    })
    .await
}

/// A rule in the grammar of the command line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    rule: String,
}

fn rule(body: Value) -> Result<FaultRule, Error> {
    let invalid =
        |error: serde_json::Error| Error::invalid_argument(format!("the body is invalid: {error}"));
    if body.get("rule").is_some() {
        let text: RuleText = serde_json::from_value(body).map_err(invalid)?;
        return text.rule.parse();
    }
    let spec: RuleSpec = serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        Error::invalid_argument(format!("the body is invalid at {path}: {}", error.inner()))
    })?;
    spec.into_rule()
}

pub(super) async fn clear(State(service): ServiceState) -> Response {
    service.test_controls().faults.clear();
    respond(done())
}

pub(super) async fn remove(State(service): ServiceState, Path(rule_id): Path<String>) -> Response {
    respond(try_remove(&service, &rule_id))
}

fn try_remove(service: &Service, rule_id: &str) -> ControlResult {
    let rule_id: u64 = id("fault rule", rule_id)?;
    match service.test_controls().faults.remove(rule_id) {
        true => done(),
        false => Err(ControlError::not_found(format!(
            "there is no fault rule {rule_id}; it may have been used up"
        ))),
    }
}
