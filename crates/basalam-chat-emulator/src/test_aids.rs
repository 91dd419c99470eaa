//! What tests see of the service and may do to it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use crate::error::Error;
use crate::fault::{Fault, FaultRule};
use crate::request_log::RequestLog;

/// What tests see of the service and may do to it.
#[derive(Default)]
pub(crate) struct TestAids {
    hooks: BTreeMap<String, Vec<Hook>>,
    next_answers: VecDeque<RawResponse>,
    faults: Vec<FaultRule>,
    pub(crate) log: RequestLog,
    requests: BTreeMap<String, u64>,
    /// Requests at the token endpoint, by `grant_type`.
    grants: BTreeMap<String, u64>,
}

/// Code that runs before a request is answered.
pub(crate) type Hook = Arc<Mutex<dyn FnMut() + Send>>;

impl TestAids {
    /// Adds code to run before an operation is answered.
    pub(crate) fn add_hook(&mut self, operation_id: &str, hook: Hook) {
        let hooks = self.hooks.entry(operation_id.to_owned()).or_default();
        hooks.push(hook);
    }

    /// Gives the code to run before an operation is answered. It must run when the
    /// aids are not locked any more, as it may use them itself.
    pub(crate) fn hooks(&self, operation_id: &str) -> Vec<Hook> {
        self.hooks.get(operation_id).cloned().unwrap_or_default()
    }

    /// Forgets everything but hooks.
    pub(crate) fn reset(&mut self) {
        let hooks = std::mem::take(&mut self.hooks);
        *self = Self {
            hooks,
            ..Self::default()
        };
    }

    /// Counts a request for an operation.
    pub(crate) fn count(&mut self, operation_id: &str) {
        if let Some(count) = self.requests.get_mut(operation_id) {
            *count += 1;
        } else {
            self.requests.insert(operation_id.to_owned(), 1);
        }
    }

    /// How many requests for an operation came in.
    pub(crate) fn requests(&self, operation_id: &str) -> u64 {
        self.requests.get(operation_id).copied().unwrap_or(0)
    }

    /// Counts a request for tokens.
    pub(crate) fn count_grant(&mut self, grant_type: &str) {
        *self.grants.entry(grant_type.to_owned()).or_default() += 1;
    }

    /// How many requests for tokens had this `grant_type`.
    pub(crate) fn grants(&self, grant_type: &str) -> u64 {
        self.grants.get(grant_type).copied().unwrap_or(0)
    }

    /// Puts an answer behind those that wait already.
    pub(crate) fn push_answer(&mut self, answer: RawResponse) {
        self.next_answers.push_back(answer);
    }

    /// Adds a rule behind those that there are.
    pub(crate) fn add_fault(&mut self, rule: FaultRule) {
        self.faults.push(rule);
    }

    /// Gives the rules that can still happen, in their order.
    pub(crate) fn faults(&self) -> impl Iterator<Item = &FaultRule> {
        self.faults.iter()
    }

    /// Forgets all rules.
    pub(crate) fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Gives the fault that the first rule has for a request for an operation.
    pub(crate) fn next_fault(&mut self, operation_id: &str) -> Option<Fault> {
        let rules = self.faults.iter_mut();
        let fault = rules.filter_map(|rule| rule.next(operation_id)).next();
        self.faults.retain(|rule| !rule.is_over());
        fault
    }

    /// Takes the answer that waits longest.
    pub(crate) fn next_answer(&mut self) -> Option<Response> {
        self.next_answers
            .pop_front()
            .map(RawResponse::into_response)
    }
}

/// An answer that a test has written.
pub(crate) struct RawResponse {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl RawResponse {
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Self, Error> {
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|it| !it.is_informational())
            .ok_or_else(|| {
                Error::argument(format!(
                    "the status {status} ends no answer; use 200 to 999"
                ))
            })?;
        let headers = headers.iter().map(|(name, value)| header(name, value));
        Ok(Self {
            status,
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

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let refused = |why: &str| Error::argument(format!("the header {name:?} {why}"));
    let header = HeaderName::try_from(name).map_err(|_| refused("has no valid name"))?;
    if [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(&header) {
        return Err(refused("is the server's own; leave it out"));
    }
    let value = HeaderValue::try_from(value).map_err(|_| refused("has no valid value"))?;
    Ok((header, value))
}
