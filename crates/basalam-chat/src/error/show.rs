//! How an error is shown.

use std::fmt;

use super::Inner;

/// One line: the operation, what happened, the status, what the service said, what to do.
pub(super) fn display(error: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    if let Some(code) = error.answer.code {
        write!(f, " (error code {code})")?;
    }
    let validation = error.answer.validation.iter().map(ToString::to_string);
    let said: Vec<String> = match error.answer.validation.is_empty() {
        true => error.answer.messages.clone(),
        false => validation.collect(),
    };
    if !said.is_empty() {
        write!(f, ": {}", said.join("; "))?;
    }
    if !error.remedy.is_empty() {
        write!(f, ". {}", capitalised(&error.remedy))?;
    }
    Ok(())
}

/// The same parts by name. The body is left out: it may be private.
pub(super) fn debug(error: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_struct("Error")
        .field("kind", &error.kind)
        .field("operation", &error.operation.map(|operation| operation.id))
        .field("status", &error.status)
        .field("problem", &error.problem)
        .field("messages", &error.answer.messages)
        .field("validation", &error.answer.validation)
        .field("code", &error.answer.code)
        .field("remedy", &error.remedy)
        .field("attempts", &error.attempts)
        .field("retry_after", &error.retry_after)
        .field("source", &error.source)
        .finish_non_exhaustive()
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
