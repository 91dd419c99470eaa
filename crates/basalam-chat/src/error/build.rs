//! Builder methods for the constructors in other modules.

use std::any::Any;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use basalam_chat_api::newtypes::Timestamp;
use basalam_chat_api::operation::Operation;

use super::fmt::capitalized;
use super::{Error, ErrorKind, ErrorResponse, Inner, Outlook};

impl Error {
    /// Creates an error. `problem` describes the failure. `remedy` is an instruction and may be empty.
    pub(crate) fn new(
        kind: ErrorKind,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Error {
        Error {
            inner: Box::new(Inner {
                kind,
                operation: None,
                status: None,
                problem: problem.into(),
                remedy: remedy.into(),
                details: Vec::new(),
                response: ErrorResponse::default(),
                source: None,
                incomplete_at: None,
                retry_after: None,
                attempts: 0,
                may_have_succeeded_earlier: false,
                attachments: Vec::new(),
            }),
        }
    }

    /// An argument is invalid. `problem` continues the sentence that the argument starts.
    pub(crate) fn invalid_input(argument: &str, problem: &str, remedy: &str) -> Error {
        let problem = format!("`{argument}` {problem}");
        Error::new(ErrorKind::InvalidInput, problem, remedy)
    }

    /// An argument that must be greater than zero is zero.
    pub(crate) fn zero(argument: &str) -> Error {
        Error::invalid_input(argument, "is zero", "use a value greater than zero")
    }

    /// Sets the operation, unless it is set, and adds whether a retry is safe.
    pub(crate) fn with_operation(self, operation: &'static Operation) -> Error {
        let advice = match operation.idempotent {
            // A retry would return the same response.
            true if self.was_accepted() => "",
            true => "it is safe to retry, since the operation is idempotent",
            false if self.was_accepted() => {
                "the service has very likely processed the request; check before repeating it"
            }
            false => "the request may have succeeded; check before retrying",
        };
        self.with_operation_and_advice(operation, advice)
    }

    /// Sets the operation, unless it is set, and adds `advice` if the request may have succeeded.
    pub(crate) fn with_operation_and_advice(
        mut self,
        operation: &'static Operation,
        advice: &str,
    ) -> Error {
        if self.inner.operation.is_some() {
            return self;
        }
        self.inner.operation = Some(operation);
        if advice.is_empty() || !self.may_have_succeeded() {
            return self;
        }
        self.inner.remedy = match self.inner.remedy.as_str() {
            "" => advice.to_owned(),
            remedy => format!("{remedy}. {}", capitalized(advice)),
        };
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Error {
        self.inner.status = Some(status);
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Error {
        self.inner.source = Some(source.into());
        self
    }

    pub(crate) fn with_response(mut self, response: ErrorResponse) -> Error {
        self.inner.response = response;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Error {
        self.inner.retry_after = retry_after;
        self
    }

    /// Sets the number of requests sent.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Error {
        self.inner.attempts = attempts;
        self
    }

    /// Records that an attempt before the last one may have succeeded.
    pub(crate) fn with_possible_earlier_success(self, is_possible: bool) -> Error {
        if !is_possible || self.may_have_succeeded() {
            return self;
        }
        let mut error = self.with_detail("an earlier attempt may have succeeded");
        error.inner.may_have_succeeded_earlier = true;
        error
    }

    /// Adds a fact about the call, which is shown after the service's messages.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Error {
        self.inner.details.push(detail.into());
        self
    }

    pub(crate) fn with_incomplete_at(mut self, second: Timestamp) -> Error {
        self.inner.incomplete_at = Some(second);
        self
    }

    /// Adds data of a higher layer, which [`attachment`](Error::attachment) returns.
    pub(crate) fn with_attachment(mut self, attachment: impl Any + Send + Sync) -> Error {
        self.inner.attachments.push(Box::new(attachment));
        self
    }

    /// Records what is known of the next attempt to get an access token.
    pub(crate) fn with_outlook(self, outlook: Outlook) -> Error {
        self.with_attachment(outlook)
    }

    /// Returns the attached data of this type.
    pub(crate) fn attachment<T: Any>(&self) -> Option<&T> {
        let own = self.own_attachment();
        own.or_else(|| self.cause()?.attachment())
    }

    /// Returns the error of the refresh that made this call fail.
    pub(crate) fn cause(&self) -> Option<&Error> {
        self.own_attachment::<Arc<Error>>().map(Arc::as_ref)
    }

    fn own_attachment<T: Any>(&self) -> Option<&T> {
        let mut attachments = self.inner.attachments.iter();
        attachments.find_map(|attachment| attachment.downcast_ref())
    }
}
