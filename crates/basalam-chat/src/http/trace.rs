//! Tracing of calls and attempts. Bodies, tokens and path parameters are never recorded.

use std::pin::Pin;
use std::time::Duration;

use basalam_chat_api::operation::Operation;

use super::RetryLimit;
use crate::time::Clock;

#[cfg(feature = "tracing")]
use {
    crate::Error,
    basalam_chat_api::SuccessResponse,
    tracing::{Instrument, Span, debug, debug_span, field, info_span},
};

/// The names of the spans.
#[cfg(feature = "tracing")]
const CALL: &str = "basalam_chat.call";
#[cfg(feature = "tracing")]
const ATTEMPT: &str = "basalam_chat.attempt";

/// Runs a call in a span.
#[cfg(feature = "tracing")]
pub(super) async fn call(
    operation: &'static Operation,
    call: Pin<&mut impl Future<Output = Result<SuccessResponse, Error>>>,
) -> Result<SuccessResponse, Error> {
    let span = info_span!(
        CALL,
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

/// Records the number of requests in the span of a call.
#[cfg(feature = "tracing")]
pub(super) fn record_attempts(sent: u32) {
    record_in(CALL, "attempts", u64::from(sent));
}

/// Records the response status in the span of an attempt.
#[cfg(feature = "tracing")]
pub(super) fn record_status(status: u16) {
    record_in(ATTEMPT, "status", u64::from(status));
}

/// Records a field if the current span has this name. If a filter disables ours, the current one is the
/// caller's.
#[cfg(feature = "tracing")]
fn record_in(name: &str, field: &str, value: u64) {
    let span = Span::current();
    if span.metadata().is_some_and(|data| data.name() == name) {
        span.record(field, value);
    }
}

/// Runs an attempt in a span and records its result and duration.
#[cfg(feature = "tracing")]
pub(super) async fn attempt(
    clock: &dyn Clock,
    number: u32,
    attempt: Pin<&mut impl Future<Output = Result<SuccessResponse, Error>>>,
) -> Result<SuccessResponse, Error> {
    let span = debug_span!(
        ATTEMPT,
        attempt = number,
        status = field::Empty,
        error = field::Empty,
        milliseconds = field::Empty,
    );
    let started_at = clock.instant();
    let result = attempt.instrument(span.clone()).await;
    let elapsed = clock.instant().saturating_duration_since(started_at);
    record_result(&span, &result, elapsed);
    result
}

#[cfg(feature = "tracing")]
fn record_result(span: &Span, result: &Result<SuccessResponse, Error>, elapsed: Duration) {
    if let Err(error) = result {
        span.record("error", field::debug(error.kind()));
    }
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    span.record("milliseconds", milliseconds);
    let error = result.as_ref().err().map(Error::kind);
    span.in_scope(|| {
        debug!(
            error = error.map(field::debug),
            milliseconds, "attempt finished"
        )
    });
}

#[cfg(feature = "tracing")]
pub(super) fn refreshing() {
    debug!(
        reason = "token rejected",
        "resending with a refreshed token"
    );
}

#[cfg(feature = "tracing")]
pub(super) fn retrying(reason: &'static str, backoff: Duration) {
    let milliseconds = u64::try_from(backoff.as_millis()).unwrap_or(u64::MAX);
    debug!(reason, milliseconds, "retrying after backoff");
}

#[cfg(feature = "tracing")]
pub(super) fn retry_abandoned(reason: &'static str, limit: RetryLimit) {
    debug!(reason, because = limit.description(), "not retrying");
}

#[cfg(not(feature = "tracing"))]
pub(super) fn call<'a, F>(_: &'static Operation, call: Pin<&'a mut F>) -> Pin<&'a mut F> {
    call
}

#[cfg(not(feature = "tracing"))]
pub(super) fn attempt<'a, F>(_: &dyn Clock, _: u32, attempt: Pin<&'a mut F>) -> Pin<&'a mut F> {
    attempt
}

#[cfg(not(feature = "tracing"))]
pub(super) fn refreshing() {}

#[cfg(not(feature = "tracing"))]
pub(super) fn retrying(_: &'static str, _: Duration) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn retry_abandoned(_: &'static str, _: RetryLimit) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn record_attempts(_: u32) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn record_status(_: u16) {}

#[cfg(test)]
#[cfg(feature = "tracing")]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::format::FmtSpan;

    use super::*;

    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<Vec<u8>>>);

    impl Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns the log line of a span in which a status and a number of attempts are recorded.
    fn log_line(span: impl FnOnce() -> Span) -> String {
        let output = Output::default();
        let writer = output.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_span_events(FmtSpan::CLOSE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            span().in_scope(|| {
                record_status(503);
                record_attempts(2);
            });
        });
        let bytes = output.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn records_only_in_its_own_spans() {
        let attempt =
            log_line(|| info_span!(ATTEMPT, status = field::Empty, attempts = field::Empty));
        assert!(attempt.contains("status=503"), "{attempt}");
        assert!(!attempt.contains("attempts="), "{attempt}");
        let call = log_line(|| info_span!(CALL, status = field::Empty, attempts = field::Empty));
        assert!(call.contains("attempts=2"), "{call}");
        let another =
            log_line(|| info_span!("request", status = field::Empty, attempts = field::Empty));
        assert!(another.contains("request"), "{another}");
        assert!(!another.contains("status="), "{another}");
        assert!(!another.contains("attempts="), "{another}");
    }
}
