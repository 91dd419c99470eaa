//! Messages that are sent once, whatever fails.

pub mod job;
pub mod send;
pub mod steps;
