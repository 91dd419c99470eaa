//! The ways in which the service says no.

use serde_json::{Value, json};

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The token is missing or unknown.
    Unauthorized,
    /// The token is valid and not allowed to do this.
    Forbidden { scope: String },
    /// The token of a bot is unknown, or not valid any more.
    BotUnauthorized,
    /// The route is known and what it is about is not there, or not for this user.
    NotFound,
    /// The request breaks the document.
    Invalid(Vec<Violation>),
    /// The answer would break the document in this way.
    Bug(String),
}

/// One way in which a request breaks the document.
#[derive(Debug, PartialEq)]
pub(crate) struct Violation {
    /// The part of the request, then the way down to the member.
    pub(crate) location: Vec<Value>,
    pub(crate) message: String,
    /// The name of the broken rule. The names are those of pydantic 2, from whose way
    /// of writing schemas the contract of the service is likely to have been made.
    pub(crate) rule: &'static str,
}

impl Violation {
    pub(crate) fn new<L, S>(location: L, message: impl Into<String>, rule: &'static str) -> Self
    where
        L: IntoIterator<Item = S>,
        S: Into<Value>,
    {
        Self {
            location: location.into_iter().map(Into::into).collect(),
            message: message.into(),
            rule,
        }
    }
}

impl Problem {
    /// A single violation.
    pub(crate) fn invalid<const N: usize>(
        location: [&str; N],
        message: impl Into<String>,
        rule: &'static str,
    ) -> Self {
        Self::Invalid(vec![Violation::new(location, message, rule)])
    }

    /// Says in short why, for the log: what was sent is not repeated.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unauthorized => "the token is missing, unknown or over".to_owned(),
            Self::Forbidden { scope } => format!("the token lacks the scope {scope}"),
            Self::BotUnauthorized => "the bot's token is unknown or logged out".to_owned(),
            Self::Bug(fault) => fault.clone(),
            Self::NotFound => "not there, or not for this user".to_owned(),
            Self::Invalid(violations) => {
                let places = violations.iter().map(|it| {
                    let path = it.location.iter().map(|it| match it {
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    });
                    format!("{}: {}", path.collect::<Vec<_>>().join("."), it.rule)
                });
                places.collect::<Vec<_>>().join(", ")
            }
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Unauthorized | Self::BotUnauthorized => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound => 404,
            Self::Invalid(_) => 422,
            Self::Bug(_) => 500,
        }
    }

    pub(crate) fn body(&self) -> Value {
        match self {
            // Likely: the shape that a sister service on the same gateway documents,
            // with the words that were seen live. Unknown: the number in `code`.
            Self::Unauthorized => json!({
                "http_status": 401,
                "message": "authentication error",
                "errors": [{"code": 401, "message": "authentication error", "fields": []}],
            }),
            // Likely: the status and the shape, as of a 401. Unknown: the words.
            Self::Forbidden { scope } => {
                let message = format!("the token lacks the scope {scope}");
                json!({
                    "http_status": 403,
                    "message": "access denied",
                    "errors": [{"code": 403, "message": message, "fields": []}],
                })
            }
            // Unknown: the status and the words. The members are those of the contract.
            Self::BotUnauthorized => json!({
                "ok": false,
                "error_code": 401,
                "description": "Unauthorized",
            }),
            // Likely: seen live.
            Self::NotFound => json!({"message": "not found"}),
            Self::Bug(fault) => json!({ "message": fault }),
            // Certain: from the published contract.
            Self::Invalid(violations) => {
                let detail: Vec<_> = violations
                    .iter()
                    .map(|it| json!({"loc": it.location, "msg": it.message, "type": it.rule}))
                    .collect();
                json!({ "detail": detail })
            }
        }
    }
}
