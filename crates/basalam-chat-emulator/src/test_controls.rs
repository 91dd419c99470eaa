//! Controls for tests: hooks, queued responses, fault rules, counters and the request log.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use crate::error::Error;
use crate::exchange::ExchangeLog;
use crate::fault::FaultRules;
use crate::request_log::RequestLog;

/// The controls for tests.
#[derive(Default)]
pub(crate) struct TestControls {
    hooks: BTreeMap<String, Vec<Hook>>,
    queued_responses: VecDeque<RawResponse>,
    pub(crate) faults: FaultRules,
    pub(crate) log: RequestLog,
    pub(crate) exchanges: ExchangeLog,
    request_counts: BTreeMap<String, u64>,
    /// Requests to the token endpoint, by `grant_type`.
    token_request_counts: BTreeMap<String, u64>,
}

/// A callback that runs before a request is handled.
pub(crate) type Hook = Arc<Mutex<dyn FnMut() + Send>>;

impl TestControls {
    /// Adds a hook to an operation.
    pub(crate) fn add_hook(&mut self, operation_id: &str, hook: Hook) {
        let hooks = self.hooks.entry(operation_id.to_owned()).or_default();
        hooks.push(hook);
    }

    /// Returns the hooks of an operation. Unlock the controls before running them: hooks
    /// may use the controls themselves.
    pub(crate) fn hooks(&self, operation_id: &str) -> Vec<Hook> {
        self.hooks.get(operation_id).cloned().unwrap_or_default()
    }

    /// Resets everything except the hooks.
    pub(crate) fn reset(&mut self) {
        self.queued_responses.clear();
        self.faults.clear();
        self.log.reset();
        self.exchanges.clear();
        self.request_counts.clear();
        self.token_request_counts.clear();
    }

    /// Counts a request for an operation.
    pub(crate) fn count_request(&mut self, operation_id: &str) {
        if let Some(count) = self.request_counts.get_mut(operation_id) {
            *count += 1;
        } else {
            self.request_counts.insert(operation_id.to_owned(), 1);
        }
    }

    /// Returns the number of requests for an operation.
    pub(crate) fn request_count(&self, operation_id: &str) -> u64 {
        self.request_counts.get(operation_id).copied().unwrap_or(0)
    }

    /// Counts a request to the token endpoint.
    pub(crate) fn count_token_request(&mut self, grant_type: &str) {
        let counts = &mut self.token_request_counts;
        *counts.entry(grant_type.to_owned()).or_default() += 1;
    }

    /// Returns the number of requests to the token endpoint with this `grant_type`.
    pub(crate) fn token_request_count(&self, grant_type: &str) -> u64 {
        let counts = &self.token_request_counts;
        counts.get(grant_type).copied().unwrap_or(0)
    }

    pub(crate) fn queue_response(&mut self, response: RawResponse) {
        self.queued_responses.push_back(response);
    }

    /// Removes and returns the first queued response.
    pub(crate) fn next_response(&mut self) -> Option<Response> {
        let response = self.queued_responses.pop_front();
        response.map(RawResponse::into_response)
    }
}

/// A response that a test defines.
pub(crate) struct RawResponse {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl RawResponse {
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Self, Error> {
        let headers = headers
            .iter()
            .map(|(name, value)| crate::fault::header(name, value));
        Ok(Self {
            status: crate::fault::final_status(status)?,
            headers: headers.collect::<Result<_, _>>()?,
            body: body.into(),
        })
    }

    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}
