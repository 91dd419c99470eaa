//! The error type: kinds, predicates and formatting.
//!
//! This is the lowest layer. The constructors are in the modules whose failures they describe.

mod build;
mod field_name;
mod fmt;
mod kind;
mod predicates;
mod response;

use std::any::Any;
use std::error::Error as StdError;
use std::time::Duration;

use basalam_chat_api::newtypes::Timestamp;
use basalam_chat_api::operation::Operation;

pub(crate) use field_name::known_field_name;
pub use kind::ErrorKind;
pub(crate) use predicates::Outlook;
pub use response::ValidationProblem;
pub(crate) use response::{ErrorResponse, one_line, printable, truncate};

/// The error of a call.
///
/// The predicates ([`is_not_found`](Error::is_not_found) and others) distinguish the cases;
/// [`kind`](Error::kind) returns them as a value. [`source`](StdError::source) returns the underlying error,
/// if there is one.
///
/// `Display` writes one line: the operation, what happened and what to do about it. It contains no token
/// and nothing of the request, and of the response only the error messages in the formats that the service is
/// known to use. The response body is available from [`body`](Error::body).
///
/// [`is_transient`](Error::is_transient) reports whether a later repetition may succeed,
/// [`needs_login`](Error::needs_login) whether the user has to log in again, and
/// [`may_have_succeeded`](Error::may_have_succeeded) whether a repetition may do the same twice.
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
    /// Facts about the whole call, such as what became of the other requests of a batch.
    details: Vec<String>,
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
    ///
    /// It is the name of the method that sends the operation, followed by the HTTP method for some bot
    /// operations, such as `get_me_post`.
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation.map(|operation| operation.id)
    }

    /// Returns the HTTP status of the response, or `None` if no response arrived or a success could not be
    /// decoded.
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// Returns how long the service asks to wait before the next request: the value of `Retry-After`, or what
    /// is left of it if a request was not sent because of an earlier one. The client itself waits up to
    /// [`max_retry_after`](crate::RetryPolicy::max_retry_after).
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

    /// Returns the service's own error messages, with secrets redacted. Empty if the response contains none, or
    /// has a format that the service is not known to use.
    pub fn messages(&self) -> &[String] {
        &self.inner.response.messages
    }

    /// Returns the error code in the response of a bot operation. Unknown: the set of its values.
    pub fn code(&self) -> Option<i64> {
        self.inner.response.code
    }

    /// Returns the start of the response body, 8 KiB at most. `None` if the body is empty or there was no error
    /// with a body.
    ///
    /// The secrets that the request carried are redacted, in every spelling: the access token, the bot token,
    /// and the grant and client secret of a token request. Everything else is as received: it may contain
    /// private messages, and services repeat parts of a request in errors. So neither `Display` nor `Debug`
    /// shows it. Avoid logging it.
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
