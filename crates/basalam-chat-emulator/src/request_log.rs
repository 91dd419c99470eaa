//! What came in and what became of it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde::Serialize;

/// How many requests are remembered.
pub(crate) const CAPACITY: usize = 1000;

/// One request that came in, and what became of it.
///
/// Tokens and bodies are not in it; the tokens of bots and the names of files, which
/// stand in paths, are replaced. `Display` makes a line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// Counts from 1.
    pub number: u64,
    /// Such as `GET`.
    pub method: String,
    /// The path, and the query of an operation.
    pub path: String,
    /// The id of the operation; `None` where the path has none.
    pub operation: Option<String>,
    /// The status of the answer; `None` where there was none.
    pub status: Option<u16>,
    /// How long the answer took.
    #[serde(rename = "milliseconds", serialize_with = "milliseconds")]
    pub duration: Duration,
    /// Why it was refused. What was sent is not repeated.
    pub refusal: Option<String>,
    /// The fault that happened to it.
    pub fault: Option<String>,
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(duration.as_secs_f64() * 1000.0)
}

impl fmt::Display for LoggedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, .. } = self;
        let status = self.status.map_or("---".to_owned(), |it| it.to_string());
        let took = self.duration.as_secs_f64() * 1000.0;
        write!(formatter, "{status} {method:<6} {path}")?;
        if let Some(operation) = &self.operation {
            write!(formatter, "  {operation}")?;
        }
        write!(formatter, "  {took:.1} ms")?;
        if let Some(refusal) = &self.refusal {
            write!(formatter, "  refused: {refusal}")?;
        }
        if let Some(fault) = &self.fault {
            write!(formatter, "  fault: {fault}")?;
        }
        Ok(())
    }
}

/// Code that is given every request once it is over.
pub(crate) type Observer = Arc<dyn Fn(&LoggedRequest) + Send + Sync>;

/// The latest requests.
#[derive(Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<Entry>,
    /// How many came in, those that are over and those that are not.
    total: u64,
}

impl RequestLog {
    /// Counts a request, and gives its number.
    pub(crate) fn arrive(&mut self) -> u64 {
        self.total += 1;
        self.total
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Takes a request that is over.
    pub(crate) fn push(&mut self, entry: Entry) {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = LoggedRequest> {
        self.entries.iter().map(Entry::shown)
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

/// A request that is over, as it was met. Nearly all are never looked at, so that what
/// may be shown of one is worked out only when it is.
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) operation: Option<&'static str>,
    pub(crate) status: Option<u16>,
    pub(crate) duration: Duration,
    pub(crate) refusal: Option<String>,
    pub(crate) fault: Option<String>,
}

impl Entry {
    pub(crate) fn shown(&self) -> LoggedRequest {
        LoggedRequest {
            number: self.number,
            method: self.method.to_string(),
            path: shown_path(&self.uri, self.operation.is_some()),
            operation: self.operation.map(str::to_owned),
            status: self.status,
            duration: self.duration,
            refusal: self.refusal.clone(),
            fault: self.fault.clone(),
        }
    }
}

/// Gives what may be written down of an address: no bot's token, no name of a file, and
/// a query only where it is an operation's, as others may carry codes.
fn shown_path(uri: &Uri, is_operation: bool) -> String {
    let mut segments: Vec<&str> = uri.path().split('/').collect();
    for index in 0..segments.len() {
        let follows_bots = index > 0 && segments[index - 1] == "bots";
        // What people call their files is private.
        let names_file = index == 3 && segments[1] == "files";
        let is_private = follows_bots || names_file || looks_like_token(segments[index]);
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

/// Tells whether a segment of a path has a bot's token in it, however it is encoded.
fn looks_like_token(segment: &str) -> bool {
    if !segment.contains([':', '%']) {
        return false;
    }
    let decoded = percent_decode_str(segment).decode_utf8_lossy();
    let Some((before, secret)) = decoded.split_once(':') else {
        return false;
    };
    before.ends_with(|it: char| it.is_ascii_digit()) && !secret.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_bots_and_names_of_files_are_not_shown_wherever_they_stand() {
        for (uri, path) in [
            ("/v1/bots/1:secret/getMe", "/v1/bots/***/getMe"),
            ("/v1/bots/1%3Asecret/getMe?x=1", "/v1/bots/***/getMe?x=1"),
            ("/v1/bots/secret/nonsense", "/v1/bots/***/nonsense?"),
            ("/bot1:secret/getMe", "/***/getMe"),
            ("/bot1%3asecret", "/***"),
            ("/files/78000000/a.jpg", "/files/78000000/***"),
            ("/v1/chats?limit=2", "/v1/chats?limit=2"),
            ("/v1/chats/12:/x", "/v1/chats/12:/x"),
        ] {
            let shown = shown_path(&uri.parse().unwrap(), true);
            assert_eq!(shown, path.trim_end_matches('?'));
        }
    }

    #[test]
    fn queries_that_may_carry_codes_are_not_shown() {
        let uri = "/accounts/sso?state=secret".parse().unwrap();
        assert_eq!(shown_path(&uri, false), "/accounts/sso");
    }

    #[test]
    fn a_request_makes_a_readable_line() {
        let mut entry = LoggedRequest {
            number: 1,
            method: "POST".to_owned(),
            path: "/v1/chats".to_owned(),
            operation: Some("create_chat".to_owned()),
            status: Some(422),
            duration: Duration::from_micros(1_250),
            refusal: Some("body.user_id: int_type".to_owned()),
            fault: None,
        };
        assert_eq!(
            entry.to_string(),
            "422 POST   /v1/chats  create_chat  1.2 ms  refused: body.user_id: int_type"
        );
        entry.status = None;
        entry.refusal = None;
        entry.fault = Some("connection cut".to_owned());
        assert!(entry.to_string().starts_with("--- "));
    }
}
