//! Error responses of the service.

use serde_json::{Value, json};

/// The maximum number of violations in a log entry.
const MAX_LOGGED: usize = 5;

/// Why the service rejects a request.
#[derive(Debug)]
pub(crate) enum ServiceError {
    /// The token is missing or invalid.
    Unauthorized,
    /// The token is valid but lacks a scope.
    Forbidden { scope: String },
    /// The bot token is unknown, or the bot was logged out.
    BotUnauthorized,
    /// The resource does not exist or is not visible to the user.
    NotFound,
    /// The request violates the document.
    Invalid(Vec<Violation>),
    /// The response would violate the document.
    InvalidResponse(String),
}

/// One violation of the document by a request.
#[derive(Debug, PartialEq)]
pub(crate) struct Violation {
    /// The part of the request, followed by the path to the field.
    pub(crate) location: Vec<Value>,
    pub(crate) message: String,
    /// The name of the violated rule in pydantic 2, which likely generated the contract of
    /// the service.
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

impl ServiceError {
    /// Creates an error with a single violation.
    pub(crate) fn invalid<const N: usize>(
        location: [&str; N],
        message: impl Into<String>,
        rule: &'static str,
    ) -> Self {
        Self::Invalid(vec![Violation::new(location, message, rule)])
    }

    /// Returns a short reason for the log, without values of the request.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unauthorized => "the token is missing, unknown or expired".to_owned(),
            Self::Forbidden { scope } => format!("the token lacks the scope {scope}"),
            Self::BotUnauthorized => "the bot's token is unknown or logged out".to_owned(),
            Self::InvalidResponse(violation) => violation.clone(),
            Self::NotFound => "not found, or not visible to this user".to_owned(),
            Self::Invalid(violations) => {
                let places = violations.iter().take(MAX_LOGGED).map(|it| {
                    let path = it.location.iter().map(|it| match it {
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    });
                    format!("{}: {}", path.collect::<Vec<_>>().join("."), it.rule)
                });
                let mut reason = places.collect::<Vec<_>>().join(", ");
                let omitted = violations.len().saturating_sub(MAX_LOGGED);
                if omitted > 0 {
                    reason.push_str(&format!(", and {omitted} more"));
                }
                reason
            }
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Unauthorized | Self::BotUnauthorized => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound => 404,
            Self::Invalid(_) => 422,
            Self::InvalidResponse(_) => 500,
        }
    }

    pub(crate) fn body(&self) -> Value {
        match self {
            // Likely: the fields that a sister service on the same gateway documents, with the
            // message observed from the live service. Unknown: the value of `code`.
            Self::Unauthorized => json!({
                "http_status": 401,
                "message": "authentication error",
                "errors": [{"code": 401, "message": "authentication error", "fields": []}],
            }),
            // Likely: the status and the fields, as for 401. Unknown: the messages.
            Self::Forbidden { scope } => {
                let message = format!("the token lacks the scope {scope}");
                json!({
                    "http_status": 403,
                    "message": "access denied",
                    "errors": [{"code": 403, "message": message, "fields": []}],
                })
            }
            // Certain: the fields, from the contract. Unknown: the status and the message.
            Self::BotUnauthorized => json!({
                "ok": false,
                "error_code": 401,
                "description": "Unauthorized",
            }),
            // Likely: observed from the live service.
            Self::NotFound => json!({"message": "not found"}),
            Self::InvalidResponse(violation) => json!({ "message": violation }),
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
