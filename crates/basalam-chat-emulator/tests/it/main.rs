//! What the emulator promises, checked by raw HTTP.
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod authorisation;
mod chats;
mod documented;
mod lifecycle;
mod messages;
mod options;
mod pages;
#[cfg(feature = "cli")]
mod program;
mod requests;
mod support;
mod test_aids;
