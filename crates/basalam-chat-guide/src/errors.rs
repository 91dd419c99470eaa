//! What to do after an error.

// ANCHOR: program
use std::time::Duration;

use basalam_chat::Error;

/// What to do after an error.
#[derive(Debug, PartialEq)]
pub enum NextStep {
    /// The person has to log in again, or a new personal token has to be created.
    LogIn,
    /// The request may have succeeded: look before you repeat it.
    Check,
    /// Repeat the call after this time.
    RetryAfter(Duration),
    /// A repetition fails, too: the message of the error names the remedy.
    GiveUp,
}

/// Decides what to do after an error of any call.
pub fn next_step(error: &Error) -> NextStep {
    if error.needs_login() {
        NextStep::LogIn
    } else if error.may_have_succeeded() {
        NextStep::Check
    } else if error.is_transient() {
        NextStep::RetryAfter(error.retry_after().unwrap_or(Duration::from_secs(30)))
    } else {
        NextStep::GiveUp
    }
}
// ANCHOR_END: program
