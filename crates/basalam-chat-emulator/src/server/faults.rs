//! Answers that fail on demand.

use std::io;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::Service;
use super::answer::{self, Answer};
use super::log::Notes;
use crate::fault::{Fault, FaultKind, WrittenResponse};

/// How much of a body that is too large is sent at once.
const CHUNK: usize = 64 * 1024;

/// Lets a request fail. `work` does what it asks for; it may never be called.
pub(super) async fn fail(
    fault: Fault,
    service: &Service,
    notes: &Notes,
    work: impl Fn() -> Answer,
) -> Response {
    let is_cut = matches!(fault.kind, FaultKind::ConnectionCut);
    notes.fault(fault.kind.name(), is_cut);
    let done = fault.is_after_work.then(&work);
    if !fault.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(fault.delay) => {}
            () = service.ended() => return cut_off(Bytes::new(), None),
        }
    }
    let answer = || done.unwrap_or_else(&work);
    match fault.kind {
        FaultKind::Latency => answer().into_response(),
        FaultKind::Hang => {
            service.ended().await;
            cut_off(Bytes::new(), None)
        }
        FaultKind::Answer(answer) => written(answer),
        FaultKind::OtherStatus(status) => override_status(answer(), status),
        FaultKind::ConnectionCut => cut_off(Bytes::new(), None),
        FaultKind::TruncatedBody => truncated(&answer()),
        FaultKind::OversizedBody(bytes) => oversized(&answer(), bytes),
        FaultKind::InvalidJson => invalid_json(&answer()),
        FaultKind::EmptyBody => with_status(answer().status, Body::empty()),
        FaultKind::MapBody(alteration) => {
            let mut answer = answer();
            // The service's own answers are JSON, as it has written them itself.
            if let Ok(mut body) = serde_json::from_str(&answer.body) {
                alteration(&mut body);
                answer.body = body.to_string();
            }
            answer.into_response()
        }
    }
}

fn written(written: WrittenResponse) -> Response {
    let mut response = match written.body {
        Some(body) => with_status(written.status, Body::from(body)),
        None => answer::json(written.status, &json!({ "message": "a fault on demand" })),
    };
    for (name, value) in written.headers {
        // Both were looked at when the fault was taken.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn override_status(answer: Answer, status: u16) -> Response {
    match status {
        204 | 205 => with_status(status, Body::empty()),
        _ => answer.with_status(status).into_response(),
    }
}

fn truncated(answer: &Answer) -> Response {
    let whole = &answer.body;
    let half = Bytes::copy_from_slice(&whole.as_bytes()[..whole.len() / 2]);
    let mut response = cut_off(half, Some(whole.len()));
    *response.status_mut() = status_code(answer.status);
    answer::mark_as_json(&mut response);
    response
}

/// A response that ends with the connection. Without any bytes not even its head is
/// sent: the server gives up before it has sent what it has gathered.
fn cut_off(bytes: Bytes, announced: Option<usize>) -> Response {
    let start = stream::iter((!bytes.is_empty()).then_some(Ok(bytes.clone())));
    let end = stream::once(async move {
        if !bytes.is_empty() {
            // What has been given goes out before the next is asked for.
            tokio::task::yield_now().await;
        }
        Err(io::Error::other("cut on demand"))
    });
    let mut response = Response::new(Body::from_stream(start.chain(end)));
    if let Some(length) = announced {
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn oversized(answer: &Answer, bytes: usize) -> Response {
    let body = answer.body.clone();
    let missing = bytes.saturating_sub(body.len());
    let spaces = Bytes::from(vec![b' '; CHUNK.min(missing)]);
    let rest = spaces.slice(..missing % CHUNK.max(1));
    let padding = stream::iter(std::iter::repeat_n(spaces, missing / CHUNK));
    let whole = stream::iter([Bytes::from(body)])
        .chain(padding)
        .chain(stream::iter([rest]));
    let body = Body::from_stream(whole.map(Ok::<_, io::Error>));
    let mut response = with_status(answer.status, body);
    answer::mark_as_json(&mut response);
    response
}

fn invalid_json(answer: &Answer) -> Response {
    let mut body = answer.body.clone();
    body.pop();
    let mut response = with_status(answer.status, Body::from(body));
    answer::mark_as_json(&mut response);
    response
}

fn with_status(status: u16, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status_code(status);
    response
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
