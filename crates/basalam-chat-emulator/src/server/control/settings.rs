//! The settings.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::reply::{parse, respond, with_body};
use crate::rate_limit::RateLimit;
use crate::server::service::ServiceState;
use crate::server::settings::Settings;

pub(super) async fn get(State(service): ServiceState) -> Response {
    respond(Ok(json(&service.settings())))
}

pub(super) fn json(settings: &Settings) -> Value {
    json!({
        "latency_ms": u64::try_from(settings.latency.as_millis()).unwrap_or(u64::MAX),
        "rate_limit": settings.rate_limit.map(|it| it.to_string()),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    latency_ms: Option<u64>,
    /// The outer `None` means not set.
    #[serde(default, deserialize_with = "nullable")]
    rate_limit: Option<Option<String>>,
}

fn nullable<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

pub(super) async fn change(State(service): ServiceState, body: Body) -> Response {
    with_body(body, |body| {
        let change: Change = parse(body)?;
        let mut settings = service.settings();
        if let Some(milliseconds) = change.latency_ms {
            settings.latency = Duration::from_millis(milliseconds);
        }
        if let Some(limit) = change.rate_limit {
            let limit = limit.map(|it| it.parse::<RateLimit>()).transpose()?;
            settings.rate_limit = limit;
        }
        service.set_settings(settings);
        Ok(json(&settings))
    })
    .await
}
