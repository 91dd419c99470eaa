//! Injection of faults into responses.

use std::io;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::log_context::LogContext;
use super::response::{self, JsonResponse, set_json_type, status_code, with_status};
use super::service::Service;
use crate::fault::{CannedResponse, Fault, FaultKind};

/// The chunk size of oversized bodies.
const CHUNK_SIZE: usize = 64 * 1024;

/// Injects a fault into a request. `handle` handles the request, and may never be called.
pub(super) async fn inject(
    fault: Fault,
    service: &Service,
    log_context: &LogContext,
    handle: impl Fn() -> JsonResponse,
) -> Response {
    let is_disconnect = matches!(fault.kind, FaultKind::Disconnect);
    log_context.set_fault(fault.kind.name(), is_disconnect);
    let lateness = match fault.kind {
        FaultKind::LateMessages(delay) => Some(delay),
        _ => None,
    };
    let handle = || match lateness {
        Some(delay) => service.with_late_messages(delay, &handle),
        None => handle(),
    };
    let handled = fault.after_handling.then(&handle);
    if !fault.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(fault.delay) => {}
            () = service.shutdown_started() => return disconnected(Bytes::new(), None),
        }
    }
    let handle = || handled.unwrap_or_else(&handle);
    match fault.kind {
        // Faults of deliveries do not apply to requests.
        FaultKind::Latency | FaultKind::LateMessages(_) | FaultKind::Delivery(_) => {
            handle().into_response()
        }
        FaultKind::Hang => {
            service.shutdown_started().await;
            disconnected(Bytes::new(), None)
        }
        FaultKind::Response(canned) => canned_response(canned),
        FaultKind::OverrideStatus(status) => override_status(handle(), status),
        FaultKind::Disconnect => disconnected(Bytes::new(), None),
        FaultKind::TruncatedBody => truncated(&handle()),
        FaultKind::OversizedBody(bytes) => oversized(&handle(), bytes),
        FaultKind::InvalidJson => invalid_json(&handle()),
        FaultKind::EmptyBody => with_status(handle().status, Body::empty()),
        FaultKind::MapBody(transform) => {
            let mut response = handle();
            // Always succeeds, since the service serialized the body itself.
            if let Ok(mut body) = serde_json::from_str(&response.body) {
                transform.apply(&mut body);
                response.body = body.to_string();
            }
            response.into_response()
        }
    }
}

fn canned_response(canned: CannedResponse) -> Response {
    let mut response = match canned.body {
        Some(body) => with_status(canned.status, Body::from(body)),
        None => response::json(canned.status, &json!({ "message": "injected fault" })),
    };
    for (name, value) in canned.headers {
        // Checked when the fault was added.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn override_status(response: JsonResponse, status: u16) -> Response {
    match status {
        204 | 205 => with_status(status, Body::empty()),
        _ => response.with_status(status).into_response(),
    }
}

fn truncated(json: &JsonResponse) -> Response {
    let body = &json.body;
    let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
    let mut response = disconnected(half, Some(body.len()));
    *response.status_mut() = status_code(json.status);
    set_json_type(&mut response);
    response
}

/// Creates a response that closes the connection after `bytes`. Without bytes the response head is
/// not sent either: the server fails before it flushes its buffer.
fn disconnected(bytes: Bytes, content_length: Option<usize>) -> Response {
    let start = stream::iter((!bytes.is_empty()).then_some(Ok(bytes.clone())));
    let end = stream::once(async move {
        if !bytes.is_empty() {
            // Lets the server flush the bytes first.
            tokio::task::yield_now().await;
        }
        Err(io::Error::other("injected fault"))
    });
    let mut response = Response::new(Body::from_stream(start.chain(end)));
    if let Some(length) = content_length {
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn oversized(json: &JsonResponse, bytes: usize) -> Response {
    let body = json.body.clone();
    let missing = bytes.saturating_sub(body.len());
    let spaces = Bytes::from(vec![b' '; CHUNK_SIZE.min(missing)]);
    let rest = spaces.slice(..missing % CHUNK_SIZE);
    let padding = stream::iter(std::iter::repeat_n(spaces, missing / CHUNK_SIZE));
    let chunks = stream::iter([Bytes::from(body)])
        .chain(padding)
        .chain(stream::iter([rest]));
    let body = Body::from_stream(chunks.map(Ok::<_, io::Error>));
    let mut response = with_status(json.status, body);
    set_json_type(&mut response);
    response
}

fn invalid_json(json: &JsonResponse) -> Response {
    let mut body = json.body.clone();
    body.pop();
    let mut response = with_status(json.status, Body::from(body));
    set_json_type(&mut response);
    response
}
