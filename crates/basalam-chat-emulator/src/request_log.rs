//! The log of requests and their outcome.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde::{Serialize, Serializer};

/// The maximum number of entries.
const CAPACITY: usize = 1000;

/// A finished request and its outcome.
///
/// Tokens, bodies and file names are redacted. `Display` formats it as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The sequence number, from 1.
    pub number: u64,
    /// The HTTP method, such as `GET`.
    pub method: String,
    /// The path, followed by the query if the path belongs to an operation.
    pub path: String,
    /// The operation id, or `None` if the path belongs to no operation.
    pub operation: Option<String>,
    /// The status of the response, or `None` if there was no response.
    pub status: Option<u16>,
    /// The time between the request and its response.
    #[serde(rename = "duration_ms", serialize_with = "as_milliseconds")]
    pub duration: Duration,
    /// Why the request was rejected, without values of the request except its host and origin.
    pub error: Option<String>,
    /// The injected fault.
    pub fault: Option<String>,
}

fn as_milliseconds<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(duration.as_secs_f64() * 1000.0)
}

impl fmt::Display for LoggedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, .. } = self;
        let status = self.status.map_or("---".to_owned(), |it| it.to_string());
        let duration_ms = self.duration.as_secs_f64() * 1000.0;
        write!(formatter, "{status} {method:<6} {path}")?;
        if let Some(operation) = &self.operation {
            write!(formatter, "  {operation}")?;
        }
        write!(formatter, "  {duration_ms:.1} ms")?;
        if let Some(error) = &self.error {
            write!(formatter, "  error: {error}")?;
        }
        if let Some(fault) = &self.fault {
            write!(formatter, "  fault: {fault}")?;
        }
        Ok(())
    }
}

/// A callback for finished requests.
pub(crate) type Observer = Arc<dyn Fn(&LoggedRequest) + Send + Sync>;

/// The latest requests.
#[derive(Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<Entry>,
    /// The number of requests received, finished or not.
    total: u64,
}

impl RequestLog {
    /// Counts a received request and returns its sequence number.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.total += 1;
        self.total
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Adds a finished request.
    pub(crate) fn push(&mut self, entry: Entry) {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = LoggedRequest> {
        self.entries.iter().map(Entry::redacted)
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

/// A finished request that is not redacted yet: most entries are never read, so redaction is
/// deferred.
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) operation: Option<&'static str>,
    pub(crate) status: Option<u16>,
    pub(crate) duration: Duration,
    pub(crate) error: Option<String>,
    pub(crate) fault: Option<String>,
}

impl Entry {
    pub(crate) fn redacted(&self) -> LoggedRequest {
        LoggedRequest {
            number: self.number,
            method: self.method.to_string(),
            path: redact_path(&self.uri, self.operation.is_some()),
            operation: self.operation.map(str::to_owned),
            status: self.status,
            duration: self.duration,
            error: self.error.clone(),
            fault: self.fault.clone(),
        }
    }
}

/// Redacts bot tokens and file names, and drops queries outside operations, which may
/// contain authorization codes.
fn redact_path(uri: &Uri, is_operation: bool) -> String {
    let mut segments: Vec<&str> = uri.path().split('/').collect();
    for index in 0..segments.len() {
        let follows_bots = index > 0 && segments[index - 1] == "bots";
        // File names of users are private.
        let is_file_name = index == 3 && segments[1] == "files";
        let is_private = follows_bots || is_file_name || contains_bot_token(segments[index]);
        if is_private && !segments[index].is_empty() {
            segments[index] = "***";
        }
    }
    let mut path = segments.join("/");
    if let Some(query) = uri.query()
        && is_operation
    {
        path.push('?');
        path.push_str(query);
    }
    path
}

/// Returns `true` if a path segment contains a bot token, percent-encoded or not.
fn contains_bot_token(segment: &str) -> bool {
    if !segment.contains([':', '%']) {
        return false;
    }
    let decoded = percent_decode_str(segment).decode_utf8_lossy();
    let Some((id, secret)) = decoded.split_once(':') else {
        return false;
    };
    id.ends_with(|it: char| it.is_ascii_digit()) && !secret.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redacts_bot_tokens_and_file_names_in_paths() {
        for (uri, path) in [
            ("/v1/bots/1:secret/getMe", "/v1/bots/***/getMe"),
            ("/v1/bots/1%3Asecret/getMe?x=1", "/v1/bots/***/getMe?x=1"),
            ("/v1/bots/secret/unknown", "/v1/bots/***/unknown"),
            ("/bot1:secret/getMe", "/***/getMe"),
            ("/bot1%3asecret", "/***"),
            ("/files/78000000/a.jpg", "/files/78000000/***"),
            ("/v1/chats?limit=2", "/v1/chats?limit=2"),
            ("/v1/chats/12:/x", "/v1/chats/12:/x"),
        ] {
            assert_eq!(redact_path(&uri.parse().unwrap(), true), path);
        }
    }

    #[test]
    fn drops_queries_outside_operations() {
        let uri = "/accounts/sso?state=secret".parse().unwrap();
        assert_eq!(redact_path(&uri, false), "/accounts/sso");
    }

    #[test]
    fn displays_request_as_one_line() {
        let mut request = LoggedRequest {
            number: 1,
            method: "POST".to_owned(),
            path: "/v1/chats".to_owned(),
            operation: Some("create_chat".to_owned()),
            status: Some(422),
            duration: Duration::from_micros(1_250),
            error: Some("body.user_id: int_type".to_owned()),
            fault: None,
        };
        assert_eq!(
            request.to_string(),
            "422 POST   /v1/chats  create_chat  1.2 ms  error: body.user_id: int_type"
        );
        request.status = None;
        request.error = None;
        request.fault = Some("disconnect".to_owned());
        assert!(request.to_string().starts_with("--- "));
    }
}
