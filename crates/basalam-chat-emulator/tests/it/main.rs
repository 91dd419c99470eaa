//! What the emulator promises, checked by raw HTTP.
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod authorisation;
mod bots;
mod changes;
mod chats;
mod concurrency;
mod control;
mod deleted_chats;
mod documented;
mod faults;
mod fresh;
mod hooks;
mod lifecycle;
mod messages;
mod oauth;
mod odd_answers;
mod options;
mod pages;
#[cfg(feature = "cli")]
mod program;
mod requests;
mod scopes;
mod seed_files;
mod seeded_chats;
mod seeding;
mod support;
mod test_aids;
mod unseen;
mod uploads;
