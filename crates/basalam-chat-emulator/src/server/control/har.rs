//! The export of the request log as HAR 1.2.

use serde_json::{Value, json};

use super::exchange::RedactedMessage;
use crate::exchange::Exchange;
use crate::request_log::{LoggedRequest, timestamp};
use crate::server::response;
use crate::state::State;

/// Returns a document with these entries.
pub(super) fn document(entries: Vec<Value>) -> Value {
    let creator = json!({ "name": "basalam-chat-emulator", "version": env!("CARGO_PKG_VERSION") });
    json!({ "log": { "version": "1.2", "creator": creator, "entries": entries } })
}

/// Returns the entry of a request, whose secrets are masked, without headers and bodies if they were not recorded.
pub(super) fn entry(
    request: &LoggedRequest,
    recorded: Option<&Exchange>,
    base_url: &str,
    state: &State,
) -> Value {
    let duration_ms = request.duration.as_secs_f64() * 1000.0;
    let sent = recorded.map(|it| RedactedMessage::new(&it.request, state));
    let received = recorded.and_then(|it| it.response.as_ref());
    let received = received.map(|it| RedactedMessage::new(it, state));
    json!({
        "startedDateTime": timestamp(request.started_at),
        "time": duration_ms,
        "request": request_json(request, sent, base_url),
        "response": response_json(request, received),
        "cache": {},
        "timings": { "send": 0, "wait": duration_ms, "receive": 0 },
        "_number": request.number,
        "_operation": request.operation,
        "_error": request.error,
        "_fault": request.fault,
    })
}

fn request_json(
    request: &LoggedRequest,
    recorded: Option<RedactedMessage>,
    base_url: &str,
) -> Value {
    let query = request.path.split_once('?').map_or("", |it| it.1);
    let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let mut json = json!({
        "method": request.method,
        "url": format!("{base_url}{}", request.path),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(recorded.as_ref()),
        "queryString": query,
        "headersSize": -1,
        "bodySize": -1,
    });
    if let Some(recorded) = recorded
        && let Some(body) = recorded.body
    {
        let mut data = json!({ "mimeType": recorded.media_type, "text": body });
        if recorded.is_base64 {
            data["encoding"] = "base64".into();
        }
        if recorded.is_truncated {
            data["comment"] = "truncated".into();
        }
        json["postData"] = data;
    }
    json
}

fn response_json(request: &LoggedRequest, recorded: Option<RedactedMessage>) -> Value {
    // 0 stands for no response.
    let status = request.status.unwrap_or(0);
    let reason = response::status_code(status).canonical_reason();
    let reason = reason.filter(|_| status > 0);
    let headers = headers(recorded.as_ref());
    let mut content = json!({ "size": -1, "mimeType": "" });
    if let Some(recorded) = recorded {
        content["mimeType"] = recorded.media_type.into();
        if let Some(body) = recorded.body {
            content["size"] = body.len().into();
            content["text"] = body.into();
        }
        if recorded.is_base64 {
            content["encoding"] = "base64".into();
        }
        if recorded.is_truncated {
            content["comment"] = "truncated".into();
        }
    }
    json!({
        "status": status,
        "statusText": reason.unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn headers(message: Option<&RedactedMessage>) -> Value {
    let headers = message.into_iter().flat_map(|it| &it.headers);
    headers
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}
