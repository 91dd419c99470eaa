//! A request to a webhook.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{HeaderValue, Request};
use http_body_util::{BodyExt, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};

use crate::state::webhooks::WebhookConfig;

/// How long a receiver may take. The limit of the service is unknown.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum number of bytes that are read of a response.
const MAX_RESPONSE_BYTES: usize = 4096;

/// Sends a request, without following redirects. Returns the status and the body of the response, or why there is
/// none.
pub(super) async fn send(
    config: &WebhookConfig,
    body: String,
    allow_remote: bool,
) -> Result<(u16, String), String> {
    let sending = try_send(config, body, allow_remote);
    let result = tokio::time::timeout(TIMEOUT, sending).await;
    let result = result.map_err(|_| format!("no response within {} seconds", TIMEOUT.as_secs()))?;
    result.map_err(|error| error.to_string())
}

async fn try_send(
    config: &WebhookConfig,
    body: String,
    allow_remote: bool,
) -> Result<(u16, String), Box<dyn std::error::Error + Send + Sync>> {
    let url = &config.url;
    let host = url.host_str().unwrap_or_default();
    // Without the brackets of an IPv6 address.
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(80);
    let addresses = lookup_host((name, port)).await?;
    let addresses: Vec<_> = addresses
        .filter(|it| allow_remote || it.ip().is_loopback())
        .collect();
    let stream = TcpStream::connect(&addresses[..]).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);

    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = config.method.clone();
    *request.uri_mut() = target.parse()?;
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_str(&format!("{host}:{port}"))?);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static("basalam-chat-emulator"),
    );
    for (name, value) in &config.headers {
        headers.insert(name, value.clone());
    }
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MAX_RESPONSE_BYTES);
    // A body that is too long or truncated does not matter: the status decides.
    let body = body.collect().await.map(|it| it.to_bytes());
    connection.abort();
    let body = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    Ok((status, body))
}
