//! The bodies that create and change webhooks.

use std::net::IpAddr;

use axum::http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::{Host, Url};

use super::events;
use crate::access::is_control_path;
use crate::service_error::ServiceError;
use crate::state::webhooks::WebhookConfig;

#[derive(Deserialize)]
pub(super) struct CreateWebhookBody {
    pub(super) service_id: Option<i64>,
    event_ids: Vec<i64>,
    request_headers: Option<String>,
    request_method: String,
    url: String,
    is_active: Option<bool>,
    pub(super) register_me: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct UpdateWebhookBody {
    event_ids: Option<Vec<i64>>,
    request_headers: Option<String>,
    request_method: Option<String>,
    url: Option<String>,
    is_active: Option<bool>,
}

impl CreateWebhookBody {
    pub(super) fn into_config(self, allow_remote: bool) -> Result<WebhookConfig, ServiceError> {
        let mut config = config_for(&self.url, self.event_ids, allow_remote)?;
        let changes = UpdateWebhookBody {
            event_ids: None,
            request_headers: self.request_headers,
            request_method: Some(self.request_method),
            url: None,
            is_active: self.is_active,
        };
        changes.apply(&mut config, allow_remote)?;
        Ok(config)
    }
}

impl UpdateWebhookBody {
    /// Applies the changes, all or nothing.
    pub(super) fn apply(
        self,
        config: &mut WebhookConfig,
        allow_remote: bool,
    ) -> Result<(), ServiceError> {
        let event_ids = self.event_ids.map(checked_events).transpose()?;
        let headers = self.request_headers.as_deref().map(headers).transpose()?;
        let method = self.request_method.as_deref().map(method).transpose()?;
        let url = self.url.as_deref().map(|it| checked_url(it, allow_remote));
        if let Some(url) = url.transpose()? {
            config.url = url;
        }
        config.event_ids = event_ids.unwrap_or(std::mem::take(&mut config.event_ids));
        config.headers = headers.unwrap_or(std::mem::take(&mut config.headers));
        config.method = method.unwrap_or(std::mem::take(&mut config.method));
        config.is_active = self.is_active.unwrap_or(config.is_active);
        Ok(())
    }
}

/// Returns an active webhook without headers.
pub(super) fn config_for(
    url: &str,
    event_ids: Vec<i64>,
    allow_remote: bool,
) -> Result<WebhookConfig, ServiceError> {
    Ok(WebhookConfig {
        event_ids: checked_events(event_ids)?,
        headers: Vec::new(),
        method: Method::POST,
        url: checked_url(url, allow_remote)?,
        is_active: true,
    })
}

fn invalid(field: &str, message: impl Into<String>) -> ServiceError {
    ServiceError::invalid(["body", field], message, "value_error")
}

fn checked_events(mut ids: Vec<i64>) -> Result<Vec<i64>, ServiceError> {
    if let Some(unknown) = ids.iter().find(|id| events::by_id(**id).is_none()) {
        return Err(invalid("event_ids", format!("there is no event {unknown}")));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn method(name: &str) -> Result<Method, ServiceError> {
    Method::from_bytes(name.as_bytes()).map_err(|_| invalid("request_method", "is not a method"))
}

/// Parses the string with a JSON object of headers.
fn headers(json: &str) -> Result<Vec<(HeaderName, HeaderValue)>, ServiceError> {
    let error = || {
        invalid(
            "request_headers",
            "must be a JSON object of names and strings",
        )
    };
    let headers: Map<String, Value> = serde_json::from_str(json).map_err(|_| error())?;
    let headers = headers.iter().map(|(name, value)| {
        let name = HeaderName::try_from(name).map_err(|_| error())?;
        let value = value.as_str().ok_or_else(error)?;
        Ok((name, HeaderValue::from_str(value).map_err(|_| error())?))
    });
    headers.collect()
}

fn checked_url(url: &str, allow_remote: bool) -> Result<Url, ServiceError> {
    let url = Url::parse(url).map_err(|_| invalid("url", "is not a URL"))?;
    if url.scheme() != "http" {
        return Err(invalid(
            "url",
            "must start with `http:`, since the emulator has no TLS",
        ));
    }
    if is_control_path(url.path()) {
        return Err(invalid(
            "url",
            "belongs to the control endpoints of an emulator, which a webhook could change; use a URL of your program",
        ));
    }
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => return Err(invalid("url", "has no host")),
    };
    match is_loopback || allow_remote {
        true => Ok(url),
        false => Err(invalid(
            "url",
            "is not on this computer, and the emulator delivers to other hosts only if that is allowed",
        )),
    }
}
