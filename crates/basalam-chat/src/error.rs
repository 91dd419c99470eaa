//! What can go wrong, and what to do about it.

mod answer;
mod json_path;
mod make;
mod show;

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use basalam_chat_api::newtypes::Timestamp;
use basalam_chat_api::operation::Operation;

use answer::ErrorResponse;
pub use answer::ValidationProblem;
pub(crate) use json_path::json_path;

use crate::BatchReport;
use crate::messages::UnconfirmedMessage;

/// Why a call did not give what was asked for.
///
/// `Display` says what happened and what to do, in one line. It shows no token, nothing of what was
/// sent, and of the answer only what the service says of the error; the body itself is behind
/// [`body`](Error::body). The predicates below tell the cases apart; [`kind`](Error::kind) gives them as a
/// value. The cause below, where there is one, is behind [`source`](StdError::source).
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
    // Boxed, so that a `Result` stays small where nothing went wrong.
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    status: Option<u16>,
    /// What happened, without the operation and the status.
    problem: String,
    remedy: String,
    answer: ErrorResponse,
    source: Option<Box<dyn StdError + Send + Sync>>,
    gap: Option<Timestamp>,
    /// The [`BatchReport`] of a longer list of ids, of whichever id.
    batch: Option<Box<dyn Any + Send + Sync>>,
    retry_after: Option<Duration>,
    /// How often the request was sent; zero where nothing was, and one where nobody counted.
    attempts: u32,
    /// An attempt before the one that this tells of may have been done.
    done_before: bool,
    unconfirmed: Option<UnconfirmedMessage>,
}

/// The cases of an [`Error`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument cannot be used. Nothing was sent.
    InvalidInput,
    /// No HTTP client can be made on this system. Nothing was sent.
    Configuration,
    /// No access token could be got. Nothing was sent but what was to get one.
    Authentication,
    /// A file to upload could not be read to its end. The service got a part of it at most.
    FileRead,
    /// There was no connection to the service, or it closed the connection and said that it had not begun.
    Connect,
    /// The answer did not come in time. The service may have done the work.
    Timeout,
    /// The connection broke. The service may have done the work.
    Connection,
    /// The service answered with a redirect, which is never followed.
    Redirect,
    /// The service answered with an error status.
    Status,
    /// The service answered that it did not do it, though the status was one of success.
    Unsuccessful,
    /// The answer is larger than the limit. The service may have done the work.
    ResponseTooLarge,
    /// The answer is a success that cannot be read. The service has very likely done the work.
    Decode,
    /// A walk through a list cannot know whether it saw everything.
    IncompleteList,
}

impl Error {
    /// Which case this is.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The id of the operation that failed, such as `create_message`; none before there is one.
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation.map(|operation| operation.id)
    }

    /// The HTTP status of the service's answer, where one came; none for a success whose content is not
    /// the expected one.
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// Whether the service may have done what was asked for, though no answer says so.
    ///
    /// True after a time-out, a broken connection, a failure of the service, and an answer that cannot
    /// be read, in any attempt of the call. Where repeating does harm, look before asking again.
    pub fn may_have_succeeded(&self) -> bool {
        match self.kind() {
            _ if self.inner.done_before => true,
            ErrorKind::Timeout | ErrorKind::Connection => true,
            // It answers what was done by naming where to look.
            ErrorKind::Redirect => self.status() == Some(303),
            ErrorKind::ResponseTooLarge | ErrorKind::Decode => true,
            ErrorKind::Status => self.is_server_error() || self.status() == Some(408),
            // Told with the status of a success, where the service answered before the file ended.
            ErrorKind::FileRead => self.status().is_some(),
            _ => false,
        }
    }

    /// Whether the service answered with success, though what it said is lost or cannot be read.
    ///
    /// What was asked for has then very likely been done. Where this is `false`,
    /// [`may_have_succeeded`](Error::may_have_succeeded) says whether it is possible.
    pub fn was_accepted(&self) -> bool {
        let is_success = self
            .status()
            .is_some_and(|status| (200..300).contains(&status));
        match self.kind() {
            ErrorKind::Decode => self.may_have_succeeded(),
            ErrorKind::ResponseTooLarge | ErrorKind::Connection => is_success,
            ErrorKind::Timeout | ErrorKind::FileRead => is_success,
            _ => false,
        }
    }

    /// The message that may have been accepted, where sending one failed in such a way.
    ///
    /// Give it to [`find_sent_message`](crate::Client::find_sent_message), which looks for it, instead of
    /// sending it again.
    pub fn unconfirmed_message(&self) -> Option<&UnconfirmedMessage> {
        self.inner.unconfirmed.as_ref()
    }

    /// How long the service asks to wait before the next request: what `Retry-After` said, which the
    /// client itself obeys up to [`max_retry_after`](crate::RetryPolicy::max_retry_after).
    ///
    /// Unknown: whether the service ever says so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// How often the request was sent, retries included; zero where nothing was sent. One stands for one or
    /// more where the service answered with success and the answer does not hold what it should.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Whether an argument cannot be used. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// The error names the argument and what to write instead.
    pub fn is_invalid_input(&self) -> bool {
        self.kind() == ErrorKind::InvalidInput
    }

    /// Whether no HTTP client can be made on this system. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// No TLS is compiled in (features `rustls` and `native-tls`), or what was set in
    /// [`configure_http`](crate::ClientBuilder::configure_http) contradicts itself.
    pub fn is_configuration(&self) -> bool {
        self.kind() == ErrorKind::Configuration
    }

    /// Whether no access token could be got, so that nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// What the token endpoint, the token store or the token provider said is in the text and in
    /// [`messages`](Error::messages); `invalid_grant` there means that the refresh token no longer
    /// opens anything, so that a person has to log in again (likely).
    pub fn is_authentication(&self) -> bool {
        self.kind() == ErrorKind::Authentication
    }

    /// Whether a file to upload failed or changed while it was read.
    ///
    /// # Troubleshooting
    ///
    /// The upload broke off before it was complete, so that the service stores nothing (likely). The error
    /// names what happened; upload the file again once nobody writes to it.
    pub fn is_file_read(&self) -> bool {
        self.kind() == ErrorKind::FileRead
    }

    /// Whether there was no connection to the service. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// The base URL is wrong, the network or the service is down, or a proxy is in the way. Trying
    /// again does no harm.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the answer did not come in time.
    ///
    /// # Troubleshooting
    ///
    /// The service may have done the work: before sending a message again, look whether it is there.
    /// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) and
    /// [`operation_timeout`](crate::ClientBuilder::operation_timeout) set the time.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether the connection broke after the request had begun to be sent.
    ///
    /// # Troubleshooting
    ///
    /// The service may have done the work: before sending a message again, look whether it is there.
    pub fn is_connection(&self) -> bool {
        self.kind() == ErrorKind::Connection
    }

    /// Whether the service answered with a redirect, which is never followed.
    ///
    /// # Troubleshooting
    ///
    /// The base URL leads to something that is not the service; the error names the target.
    pub fn is_redirect(&self) -> bool {
        self.kind() == ErrorKind::Redirect
    }

    /// Whether the service did not accept the token (401).
    ///
    /// # Troubleshooting
    ///
    /// The token may have expired, been revoked, been replaced by a refresh elsewhere, or belong to
    /// another environment.
    pub fn is_unauthorized(&self) -> bool {
        self.is_refused_with(401)
    }

    /// Whether the token may not do this (403).
    ///
    /// # Troubleshooting
    ///
    /// The token lacks a scope; the error names the one that the operation needs. Likely: seen in a
    /// live integration.
    pub fn is_forbidden(&self) -> bool {
        self.is_refused_with(403)
    }

    /// Whether what was asked for is not there (404).
    ///
    /// # Troubleshooting
    ///
    /// The id is wrong or not visible to the token's user. With the plain text `404 page not found`,
    /// the path is none of the service's, so that the base URL is likely wrong (both likely: seen in a
    /// live integration).
    pub fn is_not_found(&self) -> bool {
        self.is_refused_with(404)
    }

    /// Whether the service found the request invalid (422).
    ///
    /// # Troubleshooting
    ///
    /// [`validation`](Error::validation) names the places.
    pub fn is_validation(&self) -> bool {
        self.is_refused_with(422)
    }

    /// Whether the service asks for fewer requests (429).
    ///
    /// # Troubleshooting
    ///
    /// Wait before the next request, as long as [`retry_after`](Error::retry_after) says where it says
    /// something. The client has done so up to its limits. Unknown: nobody has published the limits of the
    /// service.
    pub fn is_rate_limited(&self) -> bool {
        self.is_refused_with(429)
    }

    /// Whether the service failed (a status of 500 or more).
    ///
    /// # Troubleshooting
    ///
    /// The service may have done the work: before sending a message again, look whether it is there.
    pub fn is_server_error(&self) -> bool {
        self.kind() == ErrorKind::Status && self.status().is_some_and(|status| status >= 500)
    }

    /// Whether the service answered that it did not do it, though the status was one of success.
    ///
    /// # Troubleshooting
    ///
    /// A bot operation gave `ok: false`: [`messages`](Error::messages) and [`code`](Error::code) say
    /// why, where the service said so; likely, the bot's token is not valid. Or the service did not
    /// accept what was to be deleted or forwarded; unknown: when it does so.
    pub fn is_unsuccessful(&self) -> bool {
        self.kind() == ErrorKind::Unsuccessful
    }

    /// Whether the answer is larger than the limit.
    ///
    /// # Troubleshooting
    ///
    /// Ask for less at once, or raise
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    pub fn is_response_too_large(&self) -> bool {
        self.kind() == ErrorKind::ResponseTooLarge
    }

    /// Whether a success answer came that cannot be read.
    ///
    /// # Troubleshooting
    ///
    /// What stands at the base URL is not the service, or the service has changed; the error names
    /// the place in the answer. Do not send a message again: it was very likely accepted.
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// Whether a walk through a list cannot know that it saw everything.
    ///
    /// # Troubleshooting
    ///
    /// More chats share one second than the service gives on a page. The error names the second
    /// ([`incomplete_at`](Error::incomplete_at)); reading on goes on behind it.
    pub fn is_incomplete_list(&self) -> bool {
        self.kind() == ErrorKind::IncompleteList
    }

    /// The second in which a walk through chats may have missed some.
    pub fn incomplete_at(&self) -> Option<&Timestamp> {
        self.inner.gap.as_ref()
    }

    /// What the service found invalid, place by place; empty for other errors.
    pub fn validation(&self) -> &[ValidationProblem] {
        &self.inner.answer.validation
    }

    /// What the service said, as it said it, without tokens; empty where it said nothing readable.
    pub fn messages(&self) -> &[String] {
        &self.inner.answer.messages
    }

    /// The number that the answer of a bot operation gives the error. Unknown: the set of its values.
    pub fn code(&self) -> Option<i64> {
        self.inner.answer.code
    }

    /// What became of each part of a list of ids that was deleted or forwarded in several calls, of
    /// which one failed with this error.
    ///
    /// `Id` is the type of the ids: [`MessageId`](crate::MessageId) or [`ChatId`](crate::ChatId).
    /// There is a report wherever something was sent.
    ///
    /// ```no_run
    /// # use basalam_chat::{CallOutcome, Client, Error, MessageId};
    /// # async fn run(client: Client, old: Vec<MessageId>) -> Result<(), Error> {
    /// if let Err(error) = client.delete_message(old).await {
    ///     for call in error.batch::<MessageId>().into_iter().flat_map(|batch| batch.calls()) {
    ///         println!("{:?}: {:?}", call.outcome, call.ids);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch<Id: 'static>(&self) -> Option<&BatchReport<Id>> {
        self.inner.batch.as_ref()?.downcast_ref()
    }

    /// The beginning of the answer's body, without tokens: 8 KiB at most.
    ///
    /// It may hold private texts, so nothing else shows it. Think before writing it to a log.
    pub fn body(&self) -> Option<&str> {
        self.inner.answer.body.as_deref()
    }

    fn is_refused_with(&self, status: u16) -> bool {
        self.kind() == ErrorKind::Status && self.status() == Some(status)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::display(&self.inner, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::debug(&self.inner, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.inner.source.as_deref()?;
        Some(source)
    }
}
