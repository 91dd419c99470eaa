//! Formatting of errors.

use std::fmt;

use basalam_chat_api::operation::Operation;

use super::Error;

impl Error {
    /// Returns what happened, without the operation, the service's messages and the remedy.
    pub(crate) fn summary(&self) -> String {
        let error = &self.inner;
        let facts = self.facts();
        match facts.is_empty() {
            true => error.problem.clone(),
            false => format!("{} ({})", error.problem, facts.join(", ")),
        }
    }

    /// Returns what to do about it, which may be empty.
    pub(crate) fn remedy(&self) -> &str {
        &self.inner.remedy
    }

    /// Returns what is known of the response and the attempts.
    fn facts(&self) -> Vec<String> {
        let error = &self.inner;
        let attempts = (error.attempts > 1).then_some(error.attempts);
        let facts = [
            error.status.map(|status| format!("status {status}")),
            error.response.code.map(|code| format!("error code {code}")),
            error
                .retry_after
                .map(|wait| format!("retry after {wait:?}")),
            attempts.map(|attempts| format!("after {attempts} attempts")),
        ];
        facts.into_iter().flatten().collect()
    }
}

/// One line: the operation, what happened, the status, the service's messages, the remedy.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.inner;
        if let Some(operation) = error.operation.map(method_name) {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.summary())?;
        let validation = error.response.validation.iter().map(ToString::to_string);
        let messages: Vec<String> = match error.response.validation.is_empty() {
            true => error.response.messages.clone(),
            false => validation.collect(),
        };
        for (position, message) in messages.iter().enumerate() {
            let separator = if position == 0 { ": " } else { "; " };
            // The service's messages may end with a full stop.
            write!(f, "{separator}{}", message.trim_end_matches('.'))?;
        }
        for detail in &error.details {
            write!(f, "; {detail}")?;
        }
        if !error.remedy.is_empty() {
            write!(f, ". {}", capitalized(&error.remedy))?;
        }
        Ok(())
    }
}

/// The same parts by name. The body is left out: it may be private.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.inner;
        f.debug_struct("Error")
            .field("kind", &error.kind)
            .field("operation", &error.operation.map(method_name))
            .field("status", &error.status)
            .field("problem", &error.problem)
            .field("details", &error.details)
            .field("messages", &error.response.messages)
            .field("validation", &error.response.validation)
            .field("code", &error.response.code)
            .field("remedy", &error.remedy)
            .field("attempts", &error.attempts)
            .field("retry_after", &error.retry_after)
            .field("source", &error.source)
            .finish_non_exhaustive()
    }
}

/// Returns the name of the method that sends an operation: its id without the HTTP method, which some ids of bot
/// operations end with.
fn method_name(operation: &'static Operation) -> &'static str {
    let method = operation.method.as_str().to_ascii_lowercase();
    let name = operation.id.strip_suffix(&*method);
    let name = name.and_then(|name| name.strip_suffix('_'));
    name.unwrap_or(operation.id)
}

pub(super) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use basalam_chat_api::operations::{
        DELETE_CHATS, DELETE_WEBHOOK_DELETE, GET_CHATS, GET_ME, GET_ME_POST,
    };

    use super::method_name;

    #[test]
    fn method_name_has_no_http_method() {
        for (operation, name) in [
            (&GET_ME_POST, "get_me"),
            (&GET_ME, "get_me"),
            (&DELETE_WEBHOOK_DELETE, "delete_webhook"),
            (&DELETE_CHATS, "delete_chats"),
            (&GET_CHATS, "get_chats"),
        ] {
            assert_eq!(method_name(operation), name);
        }
    }
}
