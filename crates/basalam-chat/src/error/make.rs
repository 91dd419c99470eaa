//! Where errors are made.

mod auth;
#[cfg(feature = "blocking")]
mod blocking;
mod files;
mod sending;

use std::error::Error as StdError;
use std::time::Duration;

use basalam_chat_api::newtypes::Timestamp;
use basalam_chat_api::operation::{Authorization, Operation};

use super::answer::{ErrorResponse, beginning, cut};
use super::{Error, ErrorKind, Inner};
use crate::messages::UnconfirmedMessage;
use crate::{BatchReport, CallOutcome};

impl Error {
    fn new(kind: ErrorKind, problem: impl Into<String>, remedy: impl Into<String>) -> Error {
        Error {
            inner: Box::new(Inner {
                kind,
                operation: None,
                status: None,
                problem: problem.into(),
                remedy: remedy.into(),
                answer: ErrorResponse::default(),
                source: None,
                gap: None,
                batch: None,
                retry_after: None,
                attempts: 0,
                done_before: false,
                unconfirmed: None,
            }),
        }
    }

    pub(crate) fn with_status(mut self, status: u16) -> Error {
        self.inner.status = Some(status);
        self
    }

    fn because(mut self, source: impl StdError + Send + Sync + 'static) -> Error {
        self.inner.source = Some(Box::new(source));
        self
    }

    /// Names the operation, where none is named yet, and says what repeating it would do.
    pub(crate) fn of(mut self, operation: &'static Operation) -> Error {
        if self.inner.operation.is_none() {
            self.inner.operation = Some(operation);
            if self.may_have_succeeded() {
                let advice = match operation.idempotent {
                    true => "asking again does no harm",
                    false => "it may have been done all the same: look before repeating it",
                };
                self.inner.remedy = match self.inner.remedy.as_str() {
                    "" => advice.to_owned(),
                    remedy => format!("{remedy}; {advice}"),
                };
            }
        }
        self
    }

    /// `argument` cannot be used: the problem goes on the sentence that the argument begins.
    pub(crate) fn invalid_input(argument: &str, problem: &str, remedy: &str) -> Error {
        let problem = format!("`{argument}` {problem}");
        Error::new(ErrorKind::InvalidInput, problem, remedy)
    }

    pub(crate) fn no_tls() -> Error {
        Error::new(
            ErrorKind::Configuration,
            "no TLS is compiled in, which https needs",
            "turn on the feature `rustls` or `native-tls` of basalam-chat",
        )
    }

    pub(crate) fn configuration(error: reqwest::Error) -> Error {
        let error = error.without_url();
        let problem = format!("no HTTP client can be made: {}", root_cause(&error));
        Error::new(
            ErrorKind::Configuration,
            problem,
            "check the TLS features of basalam-chat and what `configure_http` sets",
        )
        .because(error)
    }

    /// The request could not be made at all.
    pub(crate) fn unsendable(error: reqwest::Error) -> Error {
        let error = error.without_url();
        let problem = format!("the request cannot be made: {}", root_cause(&error));
        Error::new(
            ErrorKind::InvalidInput,
            problem,
            "check the base URL and the arguments",
        )
        .because(error)
    }

    /// How long the service asks to wait.
    pub(crate) fn retrying_after(mut self, wait: Option<Duration>) -> Error {
        self.inner.retry_after = wait;
        self
    }

    /// Whether an earlier attempt of the same call may have been done, whatever the last one says.
    pub(crate) fn perhaps_done_before(mut self, earlier: bool) -> Error {
        if earlier && !self.may_have_succeeded() {
            self.inner.done_before = true;
            self.inner
                .problem
                .push_str("; an earlier attempt may have been done");
        }
        self
    }

    /// How often the request had been sent.
    pub(crate) fn after(mut self, attempts: u32) -> Error {
        self.inner.attempts = attempts;
        self
    }

    /// Which message may have been accepted all the same.
    pub(crate) fn leaving(mut self, unconfirmed: UnconfirmedMessage) -> Error {
        self.inner.unconfirmed = Some(unconfirmed);
        self
    }

    pub(crate) fn redirected(status: u16, target: Option<String>) -> Error {
        let target = target.map_or_else(|| "nowhere".to_owned(), |target| beginning(&target, 200));
        Error::new(
            ErrorKind::Redirect,
            format!("the service redirects to {target}, which is never followed"),
            "check the base URL",
        )
        .with_status(status)
    }

    pub(crate) fn too_large(status: u16, limit: usize) -> Error {
        Error::new(
            ErrorKind::ResponseTooLarge,
            format!("the answer is larger than {limit} bytes"),
            "ask for less at once, or raise `max_response_bytes`",
        )
        .with_status(status)
    }

    /// An answer with an error status. `redact` takes the secrets out of what it says.
    pub(crate) fn refused(
        operation: &'static Operation,
        status: u16,
        body: &str,
        redact: impl Fn(&str) -> String,
    ) -> Error {
        let (problem, remedy) = refusal(operation, status);
        let mut error = Error::new(ErrorKind::Status, problem, remedy).with_status(status);
        error.inner.answer = ErrorResponse::read(body, redact);
        error
    }

    /// A success answer that says that nothing was done, and what it says besides, without secrets.
    pub(crate) fn declined(code: Option<i64>, description: Option<&str>) -> Error {
        let mut error = Error::new(
            ErrorKind::Unsuccessful,
            "the service answered that it did not do it",
            "",
        );
        error.inner.answer = ErrorResponse::said(code, description);
        error.after(1)
    }

    /// A call for a part of a list, with what became of all parts.
    pub(crate) fn within<Id: Send + Sync + 'static>(mut self, batch: BatchReport<Id>) -> Error {
        if batch.calls().len() > 1 {
            let count = |outcome| batch.ids_with_outcome(outcome).count();
            self.inner.problem.push_str(&format!(
                "; of {} ids, {} were accepted before, {} went into the call that failed, and {} were \
                 not sent",
                batch.ids().count(),
                count(CallOutcome::Accepted),
                count(CallOutcome::Failed),
                count(CallOutcome::NotSent),
            ));
        }
        self.inner.batch = Some(Box::new(batch));
        self
    }

    /// Takes a secret that the transport did not know of out of what the service said.
    pub(crate) fn without(mut self, secret: &str) -> Error {
        // The part behind the colon of a bot's token is spelled alike wherever it stands.
        let hidden = secret.split_once(':').map_or(secret, |(_, hidden)| hidden);
        self.inner.answer.redact(|text| {
            let text = text.replace(secret, "[redacted]");
            match hidden {
                "" => text,
                hidden => text.replace(hidden, "[redacted]"),
            }
        });
        self
    }

    /// A success answer that is not what the document describes.
    ///
    /// The reader's own message repeats what it found, which may be the text of a message; only what
    /// it expected is kept.
    pub(crate) fn unreadable(
        body: &str,
        is_utf8: bool,
        path: String,
        error: &serde_json::Error,
    ) -> Error {
        let mut problem = match error.classify() {
            serde_json::error::Category::Eof if !is_utf8 => "the answer is not UTF-8".to_owned(),
            serde_json::error::Category::Data => match expected(error) {
                Some(expected) => format!("the answer cannot be read: {expected}"),
                None => "the answer cannot be read".to_owned(),
            },
            serde_json::error::Category::Eof => "the answer ends too early".to_owned(),
            _ => "the answer is not JSON".to_owned(),
        };
        if !path.is_empty() && path != "." {
            problem.push_str(&format!(", at `{path}`"));
        }
        let mut made = Error::new(
            ErrorKind::Decode,
            problem,
            "check that the base URL is the service's",
        );
        made.inner.answer.body = Some(cut(body, BODY_BYTES));
        made.after(1)
    }

    /// A success answer without the part that holds what was asked for.
    pub(crate) fn missing(path: &str) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("the answer holds no `{path}`"),
            "check that the base URL is the service's",
        )
        .after(1)
    }

    /// A page that holds none of what comes next.
    pub(crate) fn stalled() -> Error {
        Error::new(
            ErrorKind::Decode,
            "the service gives the same page again instead of the next one",
            "go on from the cursor later; whether there is more cannot be known",
        )
    }

    /// More chats of one second than a page holds.
    pub(crate) fn hidden_chats(second: Timestamp) -> Error {
        let mut error = Error::new(
            ErrorKind::IncompleteList,
            format!("more chats share the second {second} than the service gives on a page"),
            "some of them may be missing; read on for those behind it",
        );
        error.inner.gap = Some(second);
        error
    }

    /// A list in which nothing has the time that it is paged by.
    pub(crate) fn chats_without_time() -> Error {
        Error::new(
            ErrorKind::IncompleteList,
            "the chats have no time to page by",
            "sort by `ChatOrder::UpdatedAt`",
        )
    }

    /// A time of a chat that cannot be read, so that no page can be asked for from there.
    pub(crate) fn unreadable_time(time: &Timestamp) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!(
                "the time `{}` of a chat cannot be read",
                beginning(time.as_str(), 40)
            ),
            "list the chats page by page",
        )
    }

    /// A task that was to read ahead did not come back.
    pub(crate) fn task(error: tokio::task::JoinError) -> Error {
        Error::new(
            ErrorKind::Connection,
            "the task that reads ahead ended before its page came",
            "keep the runtime alive while a stream is read, or turn `read_ahead` off",
        )
        .because(error)
    }

    /// An answer that the generated client has no case for.
    pub(crate) fn undocumented(status: Option<u16>) -> Error {
        let mut error = Error::new(
            ErrorKind::Decode,
            "the answer is not one that the document describes",
            "check that the base URL is the service's",
        );
        error.inner.status = status;
        error
    }
}

/// How much of a body an error keeps.
pub(super) const BODY_BYTES: usize = 8 * 1024;

/// What a refusal means, and what to do.
fn refusal(operation: &'static Operation, status: u16) -> (&'static str, String) {
    match status {
        401 => (
            "the service did not accept the token",
            "get a new access token, or check that it belongs to this environment".to_owned(),
        ),
        403 => ("the token may not do this", scope_hint(operation)),
        404 => (
            "what was asked for is not there",
            "check the ids and the base URL".to_owned(),
        ),
        422 => (
            "the service found the request invalid",
            "correct what it names".to_owned(),
        ),
        429 => (
            "the service asks for fewer requests",
            "wait before the next one".to_owned(),
        ),
        500.. => ("the service failed", String::new()),
        _ => ("the service refused the request", String::new()),
    }
}

fn scope_hint(operation: &'static Operation) -> String {
    match operation.authorization {
        Authorization::Bearer { scopes } if !scopes.is_empty() => format!(
            "it likely lacks the scope `{}`: make a token that has it",
            scopes.join("`, `")
        ),
        _ => "make a token with more scopes".to_owned(),
    }
}

/// What the reader wanted, out of its message. What stands before the last "expected" is data.
fn expected(error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    if message.starts_with("missing field `") {
        return Some(message.to_owned());
    }
    let (_, expected) = message.rsplit_once(", expected ")?;
    Some(format!("it holds something other than {expected}"))
}

/// The deepest cause, which says more than the layers above it.
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
