//! The outcome of a delivery.

use super::Event;

/// What became of a delivery; returned by [`Receiver::accept`](super::Receiver::accept).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The secret is missing or wrong. Respond with 401.
    Unauthorized,
    /// The body is too large. Respond with 413.
    TooLarge,
    /// The same message was delivered before. Respond with 200.
    Repeated,
    /// The delivery was accepted. Respond with 200.
    Accepted(Event),
}

impl Outcome {
    /// Returns the HTTP status to respond with.
    pub fn status(&self) -> u16 {
        match self {
            Outcome::Unauthorized => 401,
            Outcome::TooLarge => 413,
            Outcome::Repeated | Outcome::Accepted(_) => 200,
        }
    }

    /// Returns the event of an accepted delivery.
    pub fn event(&self) -> Option<&Event> {
        match self {
            Outcome::Accepted(event) => Some(event),
            _ => None,
        }
    }
}
