//! The middleware that logs requests.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::log_context::LogContext;
use super::recording::Recorder;
use super::service::Service;
use crate::request_log::{self, LoggedRequest};

/// A request in progress. It is logged on drop, so that requests whose client disconnects
/// are logged as well.
struct PendingEntry {
    service: Arc<Service>,
    number: u64,
    method: Method,
    target: Box<str>,
    started_at: SystemTime,
    start: Instant,
    context: LogContext,
    status: Option<u16>,
    recorder: Option<Recorder>,
}

/// Delays a request by the configured latency, runs it, and logs it.
pub(super) async fn log_request(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let number = service.test_controls().log.next_number();
    let mut entry = PendingEntry {
        number,
        method: request.method().clone(),
        target: request_log::target(request.uri()),
        service,
        started_at: SystemTime::now(),
        start: Instant::now(),
        context: LogContext::default(),
        status: None,
        recorder: None,
    };
    if entry.service.events().take_recording_permit() {
        entry.recorder = Some(Recorder::start(&mut request));
    }
    request.extensions_mut().insert(entry.context.clone());
    let latency = entry.service.settings().latency;
    if !latency.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(latency) => {}
            () = entry.service.shutdown_started() => {}
        }
    }
    let response = next.run(request).await;
    entry.status = Some(response.status().as_u16());
    match &mut entry.recorder {
        Some(recorder) => recorder.record_response(response).await,
        None => response,
    }
}

impl Drop for PendingEntry {
    fn drop(&mut self) {
        let fields = self.context.take();
        let entry = request_log::Entry {
            number: self.number,
            started_at: self.started_at,
            method: self.method.clone(),
            target: std::mem::take(&mut self.target),
            operation: fields.operation,
            user_id: fields.user_id,
            status: self.status.filter(|_| !fields.is_disconnected),
            duration: self.start.elapsed(),
            error: fields.error,
            fault: fields.fault,
        };
        self.service.notify_observers(&entry);
        let exchange = self.recorder.take();
        let exchange = exchange.map(|it| it.finish(entry.status.is_some()));
        let mut controls = self.service.test_controls();
        if let Some(exchange) = exchange {
            controls.exchanges.push(entry.number, exchange);
        }
        controls.log.push(entry);
    }
}

impl Service {
    /// Masks the tokens in logged requests.
    pub(crate) fn mask_secrets(&self, requests: &mut [LoggedRequest]) {
        let state = self.state();
        for request in requests {
            request.mask_secrets(&|it| state.is_secret(it));
        }
    }

    /// Notifies the observers of a finished request.
    pub(super) fn notify_observers(&self, entry: &request_log::Entry) {
        let observers = self.observers();
        if observers.is_empty() {
            return;
        }
        let mut request = entry.redacted();
        self.mask_secrets(std::slice::from_mut(&mut request));
        for observer in observers {
            observer(&request);
        }
    }
}
