//! Every fault, and the retries that it must cause.

use basalam_chat_emulator::Fault;

/// A limit that no well-formed response of these tests reaches.
pub(crate) const MAX_RESPONSE_BYTES: usize = 100_000;

/// The required reaction of the client to a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Expected {
    /// Wait and retry every operation until a limit is met: the service has not handled the request.
    Wait,
    /// Retry idempotent operations: the service may have handled the request.
    RetryIfIdempotent,
    /// Fail at once: a retry would fail as well, or the request was handled.
    Fail,
    /// Accept the response like the documented one.
    Success,
    /// Accept the response if it has no required field, and fail at once otherwise.
    SuccessIfEmpty,
}

#[derive(Clone)]
pub(crate) struct FaultCase {
    pub(crate) name: &'static str,
    pub(crate) fault: Fault,
    pub(crate) expected: Expected,
    /// `true` if the service handles the request.
    pub(crate) is_handled: bool,
}

impl FaultCase {
    /// Returns `true` if the service never responds.
    pub(crate) fn hangs(&self) -> bool {
        self.name.starts_with("hang")
    }
}

pub(crate) fn all() -> Vec<FaultCase> {
    let handled = [
        ("late disconnect", Fault::disconnect().after_handling()),
        ("hang after handling", Fault::hang().after_handling()),
        ("truncated body", Fault::truncated_body()),
        ("502 after handling", Fault::status(502).after_handling()),
    ];
    let mut not_handled = vec![
        ("disconnect", Fault::disconnect()),
        ("hang", Fault::hang()),
        ("HTML with 502", Fault::html(502)),
        ("503 with Retry-After", Fault::status(503).retry_after("1")),
    ];
    for status in [408, 500, 502, 503, 504] {
        not_handled.push(("server error", Fault::status(status)));
    }
    let too_large = Fault::oversized_body(MAX_RESPONSE_BYTES + 1);
    let unreadable = [
        ("oversized body", too_large),
        ("invalid JSON", Fault::invalid_json()),
    ];
    let empty = [
        ("empty body", Fault::empty_body()),
        ("204 instead of 200", Fault::override_status(204)),
    ];
    let mut rejected = vec![("HTML with 200", Fault::html(200))];
    for status in [301, 302, 307, 308] {
        rejected.push(("redirect", Fault::redirect(status, "/elsewhere")));
    }
    for status in [400, 401, 403, 404, 409, 422] {
        rejected.push(("client error", Fault::status(status)));
    }
    let limited = |after| Fault::status(429).retry_after(after);
    let date = "Sun, 09 Sep 2001 01:46:45 GMT";
    let rate_limited = [
        ("429", Fault::status(429)),
        ("429 with Retry-After seconds", limited("2")),
        ("429 with Retry-After date", limited(date)),
        ("429 with invalid Retry-After", limited("soon")),
        ("429 with an empty body", Fault::status(429).body("", "")),
    ];
    let created = [("201 instead of 200", Fault::override_status(201))];
    [
        cases(Expected::RetryIfIdempotent, true, handled),
        cases(Expected::RetryIfIdempotent, false, not_handled),
        cases(Expected::Fail, true, unreadable),
        cases(Expected::SuccessIfEmpty, true, empty),
        cases(Expected::Fail, false, rejected),
        cases(Expected::Wait, false, rate_limited),
        cases(Expected::Success, true, created),
    ]
    .concat()
}

fn cases(
    expected: Expected,
    is_handled: bool,
    faults: impl IntoIterator<Item = (&'static str, Fault)>,
) -> Vec<FaultCase> {
    let case = |(name, fault)| FaultCase {
        name,
        fault,
        expected,
        is_handled,
    };
    faults.into_iter().map(case).collect()
}
