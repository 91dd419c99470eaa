//! Formatting of errors.

use std::fmt;

use super::Error;

/// One line: the operation, what happened, the status, the service's messages, the remedy.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.inner;
        if let Some(operation) = error.operation {
            write!(f, "{}: ", operation.id)?;
        }
        f.write_str(&error.problem)?;
        if let Some(status) = error.status {
            write!(f, " (status {status})")?;
        }
        if error.attempts > 1 {
            write!(f, " (after {} attempts)", error.attempts)?;
        }
        if let Some(code) = error.response.code {
            write!(f, " (error code {code})")?;
        }
        let validation = error.response.validation.iter().map(ToString::to_string);
        let messages: Vec<String> = match error.response.validation.is_empty() {
            true => error.response.messages.clone(),
            false => validation.collect(),
        };
        if !messages.is_empty() {
            write!(f, ": {}", messages.join("; "))?;
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
            .field("operation", &error.operation.map(|operation| operation.id))
            .field("status", &error.status)
            .field("problem", &error.problem)
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

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
