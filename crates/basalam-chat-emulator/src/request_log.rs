//! The log of requests and their outcome.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::uri::PathAndQuery;
use axum::http::{Method, Uri};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::{Serialize, Serializer};

use crate::redaction::{mask_form_fields, mask_words};

/// The maximum number of entries.
const CAPACITY: usize = 5000;

/// The maximum number of requests in a batch, and the length of their paths and errors.
const MAX_BATCH: usize = 200;
const MAX_BATCH_BYTES: usize = 256 * 1024;

/// The maximum length of a logged URL, error or fault, and of a method, in bytes. Longer ones are cut: the log holds
/// thousands of them.
const MAX_LENGTH: usize = 4096;
const MAX_METHOD_LENGTH: usize = 32;

/// A finished request and its outcome.
///
/// Tokens, bodies and file names are redacted. `Display` formats it as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The sequence number, from 1.
    pub number: u64,
    /// When the request arrived.
    #[serde(serialize_with = "as_timestamp")]
    pub started_at: SystemTime,
    /// The HTTP method, such as `GET`.
    pub method: String,
    /// The path, followed by the query if the path belongs to an operation.
    pub path: String,
    /// The operation id, or `None` if the path belongs to no operation.
    pub operation: Option<String>,
    /// The user of the access token, or `None` if the request has no valid one.
    pub user_id: Option<i64>,
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

fn as_timestamp<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&timestamp(*time))
}

/// Formats a time as RFC 3339 with milliseconds.
pub(crate) fn timestamp(time: SystemTime) -> String {
    // Times outside the years of a timestamp do not occur.
    let time = Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{time:.3}")
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
    /// The number of requests finished. A reset does not change it.
    finished: u64,
}

/// The requests that finished after a position.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) requests: Vec<LoggedRequest>,
    /// The number of earlier requests that the batch leaves out.
    pub(crate) skipped: u64,
    /// The position after the batch.
    pub(crate) finished: u64,
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
    pub(crate) fn push(&mut self, mut entry: Entry) {
        entry.shorten();
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
        self.finished += 1;
    }

    /// Returns the number of requests finished. It is the position of the next one: a request that takes long has a
    /// lower number than requests that finished earlier.
    pub(crate) fn finished(&self) -> u64 {
        self.finished
    }

    /// Returns the latest requests that finished after a position, bounded in number and size.
    pub(crate) fn since(&self, position: u64) -> Batch {
        let new = self.finished.saturating_sub(position);
        let mut bytes = 0;
        let newest = self.entries.iter().rev();
        let newest = newest.take(MAX_BATCH.min(usize::try_from(new).unwrap_or(usize::MAX)));
        let mut requests: Vec<_> = newest
            .map(Entry::redacted)
            .take_while(|it| {
                bytes += it.path.len() + it.error.as_ref().map_or(0, String::len);
                bytes <= MAX_BATCH_BYTES
            })
            .collect();
        requests.reverse();
        Batch {
            skipped: new - requests.len() as u64,
            requests,
            finished: self.finished,
        }
    }

    /// Returns up to `limit` requests that finished after a position, oldest first, and the position after them.
    pub(crate) fn page(&self, position: u64, limit: usize) -> (Vec<LoggedRequest>, u64) {
        let first = self.finished - self.entries.len() as u64;
        let position = position.clamp(first, self.finished);
        let skipped = usize::try_from(position - first).unwrap_or(usize::MAX);
        let entries = self.entries.iter().skip(skipped).take(limit);
        let requests: Vec<_> = entries.map(Entry::redacted).collect();
        let next = position + requests.len() as u64;
        (requests, next)
    }

    /// Returns a request by its sequence number.
    pub(crate) fn by_number(&self, number: u64) -> Option<LoggedRequest> {
        let mut entries = self.entries.iter().rev();
        entries.find(|it| it.number == number).map(Entry::redacted)
    }

    /// Removes the entries and restarts the numbers.
    pub(crate) fn reset(&mut self) {
        self.clear();
        self.total = 0;
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
    pub(crate) started_at: SystemTime,
    pub(crate) method: Method,
    /// See [`target`].
    pub(crate) target: Box<str>,
    pub(crate) operation: Option<&'static str>,
    pub(crate) user_id: Option<i64>,
    pub(crate) status: Option<u16>,
    pub(crate) duration: Duration,
    pub(crate) error: Option<String>,
    pub(crate) fault: Option<String>,
}

impl Entry {
    fn shorten(&mut self) {
        let method = self.method.as_str();
        if method.len() > MAX_METHOD_LENGTH {
            let method = cut(method, MAX_METHOD_LENGTH);
            self.method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        }
        for text in [&mut self.error, &mut self.fault].into_iter().flatten() {
            if text.len() > MAX_LENGTH {
                *text = cut(text, MAX_LENGTH).to_owned();
            }
        }
    }

    pub(crate) fn redacted(&self) -> LoggedRequest {
        LoggedRequest {
            number: self.number,
            started_at: self.started_at,
            method: self.method.to_string(),
            path: cut(
                &redact_path(&self.target, self.operation.is_some()),
                MAX_LENGTH,
            )
            .to_owned(),
            operation: self.operation.map(str::to_owned),
            user_id: self.user_id,
            status: self.status,
            duration: self.duration,
            error: self.error.clone(),
            fault: self.fault.clone(),
        }
    }
}

/// Returns the path and query of a URL, cut at [`MAX_LENGTH`].
///
/// It is a copy, because a [`Uri`] is a part of the buffer that its request was read into, and would keep all of it in
/// memory, with the body.
pub(crate) fn target(uri: &Uri) -> Box<str> {
    let target = uri.path_and_query().map_or("", PathAndQuery::as_str);
    cut(target, MAX_LENGTH).into()
}

/// Returns the start of a string, at most `length` bytes.
fn cut(text: &str, length: usize) -> &str {
    let mut ends = (0..=length.min(text.len())).rev();
    let end = ends.find(|it| text.is_char_boundary(*it));
    &text[..end.unwrap_or(0)]
}

impl LoggedRequest {
    /// Masks the tokens in unexpected places, such as the value of another parameter.
    pub(crate) fn mask_secrets(&mut self, is_secret: &dyn Fn(&str) -> bool) {
        for text in [Some(&mut self.path), self.error.as_mut()]
            .into_iter()
            .flatten()
        {
            let masked = mask_words(text.as_bytes(), is_secret);
            *text = String::from_utf8_lossy(&masked).into_owned();
        }
    }
}

/// Redacts bot tokens and file names, and drops queries outside operations, which may
/// contain authorization codes.
fn redact_path(target: &str, is_operation: bool) -> String {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let mut segments: Vec<&str> = path.split('/').collect();
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
    if let Some(query) = query
        && is_operation
    {
        path.push('?');
        path.push_str(&mask_form_fields(query));
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
mod tests;
