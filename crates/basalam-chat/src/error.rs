//! The error type: kinds, predicates and formatting.
//!
//! This is the lowest layer. The constructors are in the modules whose failures they describe.

mod build;
mod fmt;
mod kind;
mod predicates;
mod response;

use std::any::Any;
use std::error::Error as StdError;
use std::time::Duration;

use basalam_chat_api::newtypes::Timestamp;
use basalam_chat_api::operation::Operation;

pub use kind::ErrorKind;
pub use response::ValidationProblem;
pub(crate) use response::{ErrorResponse, one_line};

/// The error of a call.
///
/// The predicates ([`is_not_found`](Error::is_not_found) and others) distinguish the cases;
/// [`kind`](Error::kind) returns them as a value. [`source`](StdError::source) returns the underlying error,
/// if there is one.
///
/// `Display` writes one line: the operation, what happened and what to do about it. It contains no token
/// and nothing of the request, and of the response only the service's own error messages. The response
/// body is available from [`body`](Error::body).
///
/// # Examples
///
/// ```no_run
/// # use basalam_chat::{Client, UserId};
/// # async fn run(client: Client) {
/// match client.create_chat(UserId(123)).await {
///     Ok(chat) => println!("chat {}", chat.id),
///     Err(error) if error.is_not_found() => println!("no such user"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
pub struct Error {
    // Boxed, which keeps a `Result` small.
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    status: Option<u16>,
    /// The description of the failure, without the operation and the status.
    problem: String,
    remedy: String,
    response: ErrorResponse,
    source: Option<Box<dyn StdError + Send + Sync>>,
    incomplete_at: Option<Timestamp>,
    retry_after: Option<Duration>,
    /// The number of requests sent: zero if none was, and one if they were not counted.
    attempts: u32,
    /// An attempt before the last one may have succeeded.
    may_have_succeeded_earlier: bool,
    /// Data of the modules above, by type.
    attachments: Vec<Box<dyn Any + Send + Sync>>,
}

impl Error {
    /// Returns the kind of this error.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Returns the id of the operation that failed, such as `create_message`, or `None` if the error is not
    /// about an operation.
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation.map(|operation| operation.id)
    }

    /// Returns the HTTP status of the response, or `None` if no response arrived or a success could not be
    /// decoded.
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// Returns how long the service asks to wait before the next request: the value of `Retry-After`. The
    /// client itself waits up to [`max_retry_after`](crate::RetryPolicy::max_retry_after).
    ///
    /// Unknown: whether the service ever sends it.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// Returns the number of requests sent, including retries. Zero means that nothing was sent.
    ///
    /// If a success could not be decoded, it is 1 even after retries.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns the second in which chats may be missing from a list; see
    /// [`is_incomplete_list`](Error::is_incomplete_list).
    pub fn incomplete_at(&self) -> Option<&Timestamp> {
        self.inner.incomplete_at.as_ref()
    }

    /// Returns the fields that the service rejected as invalid. Empty for other errors.
    pub fn validation(&self) -> &[ValidationProblem] {
        &self.inner.response.validation
    }

    /// Returns the service's own error messages, with secrets redacted. Empty if the response contains none.
    pub fn messages(&self) -> &[String] {
        &self.inner.response.messages
    }

    /// Returns the error code in the response of a bot operation. Unknown: the set of its values.
    pub fn code(&self) -> Option<i64> {
        self.inner.response.code
    }

    /// Returns the start of the response body, with secrets redacted: 8 KiB at most.
    ///
    /// It may contain private messages, so neither `Display` nor `Debug` shows it. Avoid logging it.
    pub fn body(&self) -> Option<&str> {
        self.inner.response.body.as_deref()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.inner.source.as_deref()?;
        Some(source)
    }
}
