//! Sending and changing messages.

pub mod buttons;
pub mod change;
pub mod future_type;
pub mod kinds;
