//! Fields of the request log that handlers set.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;

/// A handle to the log fields of a request.
#[derive(Clone, Default)]
pub(super) struct LogContext(Arc<Mutex<LogFields>>);

#[derive(Default)]
pub(super) struct LogFields {
    pub(super) operation: Option<&'static str>,
    pub(super) user_id: Option<i64>,
    pub(super) error: Option<String>,
    pub(super) fault: Option<String>,
    /// `true` if a fault closes the connection without a response.
    pub(super) is_disconnected: bool,
}

impl LogContext {
    /// Returns the context of a request, or a detached one if the request has none.
    pub(super) fn of(request: &Request) -> Self {
        let context = request.extensions().get::<Self>();
        context.cloned().unwrap_or_default()
    }

    pub(super) fn set_operation(&self, id: &'static str) {
        self.update(|it| it.operation = Some(id));
    }

    pub(super) fn set_user(&self, id: i64) {
        self.update(|it| it.user_id = Some(id));
    }

    pub(super) fn set_error(&self, reason: String) {
        self.update(|it| it.error = Some(reason));
    }

    pub(super) fn set_fault(&self, name: String, is_disconnected: bool) {
        self.update(|it| {
            it.fault = Some(name);
            it.is_disconnected = is_disconnected;
        });
    }

    /// Removes and returns the fields.
    pub(super) fn take(&self) -> LogFields {
        let mut fields = LogFields::default();
        self.update(|it| std::mem::swap(it, &mut fields));
        fields
    }

    fn update(&self, update: impl FnOnce(&mut LogFields)) {
        update(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
