//! Writes down every request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::Service;
use crate::request_log;

/// What the way of a request finds out about it, for the log.
#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Noted>>);

#[derive(Clone, Default)]
struct Noted {
    operation: Option<&'static str>,
    refusal: Option<String>,
    fault: Option<String>,
    is_cut: bool,
}

impl Notes {
    /// Gives the notes of a request; ones that nobody reads where it has none.
    pub(super) fn of(request: &Request) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn operation(&self, id: &'static str) {
        self.write(|it| it.operation = Some(id));
    }

    pub(super) fn refusal(&self, why: String) {
        self.write(|it| it.refusal = Some(why));
    }

    /// Notes a fault, and whether it leaves no answer.
    pub(super) fn fault(&self, name: String, is_cut: bool) {
        self.write(|it| {
            it.fault = Some(name);
            it.is_cut = is_cut;
        });
    }

    fn write(&self, write: impl FnOnce(&mut Noted)) {
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A request that is not over yet. It is written down when this is dropped, so that
/// one whose client gives up is too.
struct Entry {
    service: Arc<Service>,
    number: u64,
    method: Method,
    uri: Uri,
    start: Instant,
    notes: Notes,
    status: Option<u16>,
}

/// Lets a request through, and writes it down when it is over.
pub(super) async fn write(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let number = service.aids().log.arrive();
    let mut entry = Entry {
        number,
        method: request.method().clone(),
        uri: request.uri().clone(),
        service,
        start: Instant::now(),
        notes: Notes::default(),
        status: None,
    };
    request.extensions_mut().insert(entry.notes.clone());
    let latency = entry.service.options().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let response = next.run(request).await;
    entry.status = Some(response.status().as_u16());
    response
}

impl Drop for Entry {
    fn drop(&mut self) {
        let notes = self.notes.0.lock();
        let noted = std::mem::take(&mut *notes.unwrap_or_else(PoisonError::into_inner));
        let entry = request_log::Entry {
            number: self.number,
            method: self.method.clone(),
            uri: self.uri.clone(),
            operation: noted.operation,
            status: self.status.filter(|_| !noted.is_cut),
            duration: self.start.elapsed(),
            refusal: noted.refusal,
            fault: noted.fault,
        };
        self.service.observe(&entry);
        self.service.aids().log.push(entry);
    }
}
