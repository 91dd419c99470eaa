//! What is told of a call, where somebody listens: never a body, a token or a path with its values.

use std::pin::Pin;
use std::time::Duration;

use basalam_chat_api::SuccessAnswer;
use basalam_chat_api::operation::Operation;

use crate::Error;
use crate::runtime::Clock;

#[cfg(feature = "tracing")]
use tracing::{Instrument, Span, debug, debug_span, field, info_span};

/// Puts a call into a span of its own.
#[cfg(feature = "tracing")]
pub(super) async fn call(
    operation: &'static Operation,
    call: Pin<&mut impl Future<Output = Result<SuccessAnswer, Error>>>,
) -> Result<SuccessAnswer, Error> {
    let span = info_span!(
        "basalam_chat.call",
        operation = operation.id,
        method = operation.method.as_str(),
        path = operation.path,
        attempts = field::Empty,
        error = field::Empty,
    );
    let result = call.instrument(span.clone()).await;
    if let Err(error) = &result {
        span.record("error", field::debug(error.kind()));
    }
    result
}

/// Notes in the span of a call how many requests it took.
#[cfg(feature = "tracing")]
pub(super) fn finished(sent: u32) {
    Span::current().record("attempts", sent);
}

/// Notes in the span of an attempt what the service answered.
#[cfg(feature = "tracing")]
pub(super) fn answered(status: u16) {
    Span::current().record("status", status);
}

/// Puts an attempt into a span of its own, and tells its status and its time.
#[cfg(feature = "tracing")]
pub(super) async fn attempt(
    clock: &dyn Clock,
    number: u32,
    attempt: Pin<&mut impl Future<Output = Result<SuccessAnswer, Error>>>,
) -> Result<SuccessAnswer, Error> {
    let span = debug_span!(
        "basalam_chat.attempt",
        attempt = number,
        status = field::Empty,
        error = field::Empty,
        milliseconds = field::Empty,
    );
    let began = clock.instant();
    let result = attempt.instrument(span.clone()).await;
    let took = clock.instant().saturating_duration_since(began);
    record(&span, &result, took);
    result
}

#[cfg(feature = "tracing")]
fn record(span: &Span, result: &Result<SuccessAnswer, Error>, took: Duration) {
    if let Err(error) = result {
        span.record("error", field::debug(error.kind()));
    }
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.record("milliseconds", milliseconds);
    let error = result.as_ref().err().map(Error::kind);
    span.in_scope(|| debug!(error = error.map(field::debug), milliseconds, "over"));
}

#[cfg(feature = "tracing")]
pub(super) fn renewing() {
    debug!(reason = "token refused", "sending again with a new token");
}

#[cfg(feature = "tracing")]
pub(super) fn retrying(reason: &'static str, pause: Duration) {
    let milliseconds = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
    debug!(reason, milliseconds, "sending again after a pause");
}

#[cfg(feature = "tracing")]
pub(super) fn given_up(reason: &'static str, ends_in_time: bool) {
    let because = match ends_in_time {
        true => "the budget of retries is used up",
        false => "the pause would end after the deadline",
    };
    debug!(reason, because, "not sending again");
}

#[cfg(not(feature = "tracing"))]
pub(super) async fn call(
    _: &'static Operation,
    call: Pin<&mut impl Future<Output = Result<SuccessAnswer, Error>>>,
) -> Result<SuccessAnswer, Error> {
    call.await
}

#[cfg(not(feature = "tracing"))]
pub(super) async fn attempt(
    _: &dyn Clock,
    _: u32,
    attempt: Pin<&mut impl Future<Output = Result<SuccessAnswer, Error>>>,
) -> Result<SuccessAnswer, Error> {
    attempt.await
}

#[cfg(not(feature = "tracing"))]
pub(super) fn renewing() {}

#[cfg(not(feature = "tracing"))]
pub(super) fn retrying(_: &'static str, _: Duration) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn given_up(_: &'static str, _: bool) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn finished(_: u32) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn answered(_: u16) {}
