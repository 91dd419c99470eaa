//! What is told of a call, where somebody listens: never a body, a token or a path with its values.

use std::pin::Pin;
use std::time::Duration;

use basalam_chat_api::operation::Operation;

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

/// Puts a call into a span of its own.
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

/// Notes in the span of a call how many requests it took.
#[cfg(feature = "tracing")]
pub(super) fn finished(sent: u32) {
    note(CALL, "attempts", u64::from(sent));
}

/// Notes in the span of an attempt what the service answered.
#[cfg(feature = "tracing")]
pub(super) fn answered(status: u16) {
    note(ATTEMPT, "status", u64::from(status));
}

/// Notes something in the current span, where it has this name: if a filter turns ours off, it is the caller's.
#[cfg(feature = "tracing")]
fn note(name: &str, field: &str, value: u64) {
    let span = Span::current();
    if span.metadata().is_some_and(|data| data.name() == name) {
        span.record(field, value);
    }
}

/// Puts an attempt into a span of its own, and tells its status and its time.
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
    let began = clock.instant();
    let result = attempt.instrument(span.clone()).await;
    let took = clock.instant().saturating_duration_since(began);
    record(&span, &result, took);
    result
}

#[cfg(feature = "tracing")]
fn record(span: &Span, result: &Result<SuccessResponse, Error>, took: Duration) {
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
pub(super) fn call<'a, F>(_: &'static Operation, call: Pin<&'a mut F>) -> Pin<&'a mut F> {
    call
}

#[cfg(not(feature = "tracing"))]
pub(super) fn attempt<'a, F>(_: &dyn Clock, _: u32, attempt: Pin<&'a mut F>) -> Pin<&'a mut F> {
    attempt
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

#[cfg(test)]
#[cfg(feature = "tracing")]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::format::FmtSpan;

    use super::*;

    #[derive(Clone, Default)]
    struct Shown(Arc<Mutex<Vec<u8>>>);

    impl Write for Shown {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What a span shows at its end in which an attempt and a call tell of themselves.
    fn shown(span: impl FnOnce() -> Span) -> String {
        let shown = Shown::default();
        let writer = shown.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_span_events(FmtSpan::CLOSE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            span().in_scope(|| {
                answered(503);
                finished(2);
            });
        });
        let bytes = shown.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_call_tells_of_itself_in_its_own_spans_alone() {
        let attempt = shown(|| info_span!(ATTEMPT, status = field::Empty, attempts = field::Empty));
        assert!(attempt.contains("status=503"), "{attempt}");
        assert!(!attempt.contains("attempts="), "{attempt}");
        let call = shown(|| info_span!(CALL, status = field::Empty, attempts = field::Empty));
        assert!(call.contains("attempts=2"), "{call}");
        let another =
            shown(|| info_span!("request", status = field::Empty, attempts = field::Empty));
        assert!(another.contains("request"), "{another}");
        assert!(!another.contains("status="), "{another}");
        assert!(!another.contains("attempts="), "{another}");
    }
}
