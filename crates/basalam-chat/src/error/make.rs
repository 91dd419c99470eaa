//! Where errors are made.

use std::error::Error as StdError;

use basalam_chat_api::operation::{Authorization, Operation};

use super::answer::{ErrorAnswer, beginning};
use super::{Error, ErrorKind, Inner};

impl Error {
    fn new(kind: ErrorKind, problem: impl Into<String>, remedy: impl Into<String>) -> Error {
        Error {
            inner: Box::new(Inner {
                kind,
                operation: None,
                status: None,
                problem: problem.into(),
                remedy: remedy.into(),
                answer: ErrorAnswer::default(),
                source: None,
            }),
        }
    }

    fn with_status(mut self, status: u16) -> Error {
        self.inner.status = Some(status);
        self
    }

    fn because(mut self, source: impl StdError + Send + Sync + 'static) -> Error {
        self.inner.source = Some(Box::new(source));
        self
    }

    /// Names the operation, where none is named yet.
    pub(crate) fn of(mut self, operation: &'static Operation) -> Error {
        self.inner.operation.get_or_insert(operation);
        self
    }

    /// `argument` cannot be used: the problem goes on the sentence that the argument begins.
    pub(crate) fn invalid_input(argument: &str, problem: &str, remedy: &str) -> Error {
        let problem = format!("`{argument}` {problem}");
        Error::new(ErrorKind::InvalidInput, problem, remedy)
    }

    pub(crate) fn configuration(error: reqwest::Error) -> Error {
        let problem = format!("no HTTP client can be made: {}", root_cause(&error));
        Error::new(
            ErrorKind::Configuration,
            problem,
            "check the TLS features of basalam-chat and what `configure_http` sets",
        )
        .because(error.without_url())
    }

    /// The request could not be made at all.
    pub(crate) fn unsendable(error: reqwest::Error) -> Error {
        let problem = format!("the request cannot be made: {}", root_cause(&error));
        Error::new(
            ErrorKind::InvalidInput,
            problem,
            "check the base URL and the arguments",
        )
        .because(error.without_url())
    }

    /// A failure before any answer came.
    pub(crate) fn sending(error: reqwest::Error) -> Error {
        let host = error
            .url()
            .and_then(|url| url.host_str())
            .map(str::to_owned);
        let host = host.as_deref().unwrap_or("the service").to_owned();
        // The URL may hold a bot's token.
        let error = error.without_url();
        let cause = root_cause(&error);
        if error.is_connect() {
            return Error::new(
                ErrorKind::Connect,
                format!("there was no connection to {host}, and nothing was sent: {cause}"),
                "check the base URL, the network and the proxy",
            )
            .because(error);
        }
        if error.is_timeout() {
            return Error::timeout().because(error);
        }
        Error::new(
            ErrorKind::Interrupted,
            format!("the connection to {host} broke before an answer came: {cause}"),
            MAY_BE_DONE,
        )
        .because(error)
    }

    /// A failure while the answer's body came.
    pub(crate) fn interrupted(status: u16, error: reqwest::Error) -> Error {
        let error = error.without_url();
        let made = match error.is_timeout() {
            true => Error::timeout(),
            false => {
                let cause = root_cause(&error);
                let problem = format!("the connection broke within the answer: {cause}");
                Error::new(ErrorKind::Interrupted, problem, MAY_BE_DONE)
            }
        };
        made.with_status(status).because(error)
    }

    fn timeout() -> Error {
        Error::new(
            ErrorKind::Timeout,
            "the answer did not come in time",
            MAY_BE_DONE,
        )
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
            ErrorKind::TooLarge,
            format!("the answer is larger than {limit} bytes"),
            "ask for less at once, or raise `max_answer_bytes`",
        )
        .with_status(status)
    }

    /// An answer with an error status. `body` has no tokens in it any more.
    pub(crate) fn refused(operation: &'static Operation, status: u16, body: String) -> Error {
        let (problem, remedy) = refusal(operation, status);
        let mut error = Error::new(ErrorKind::Refused, problem, remedy).with_status(status);
        error.inner.answer = ErrorAnswer::read(body);
        error
    }

    /// A success answer that is not what the document describes.
    ///
    /// The reader's own message repeats what it found, which may be the text of a message; only what
    /// it expected is kept.
    pub(crate) fn unreadable(body: &[u8], path: String, error: &serde_json::Error) -> Error {
        let mut problem = match error.classify() {
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
            ErrorKind::Unreadable,
            problem,
            "check that the base URL is the service's; what was asked for has very likely been done",
        );
        made.inner.answer.body = Some(beginning(&String::from_utf8_lossy(body), BODY_BYTES));
        made
    }

    /// A success answer without the part that holds what was asked for.
    pub(crate) fn missing(path: &str) -> Error {
        Error::new(
            ErrorKind::Unreadable,
            format!("the answer holds no `{path}`"),
            "what was asked for has very likely been done",
        )
    }

    /// An answer that the generated client has no case for.
    pub(crate) fn undocumented(status: u16) -> Error {
        Error::new(
            ErrorKind::Unreadable,
            "the answer is not one that the document describes",
            "check that the base URL is the service's",
        )
        .with_status(status)
    }
}

/// How much of a body an error keeps.
pub(super) const BODY_BYTES: usize = 8 * 1024;

const MAY_BE_DONE: &str = "the service may have done what was asked for: look before repeating it";

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
        500.. => ("the service failed", MAY_BE_DONE.to_owned()),
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
    let message = message.split(" at line ").next().unwrap_or_default();
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
