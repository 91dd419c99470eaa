//! Integration tests of the emulator over HTTP.
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod access;
mod authentication;
mod bots;
mod chats;
#[cfg(feature = "cli")]
mod cli;
mod concurrency;
mod connections;
mod console;
mod contract_coverage;
mod control;
mod cors;
mod custom_responses;
mod deleted_chats;
mod faults;
mod hooks;
mod late_messages;
mod lifecycle;
mod message_changes;
mod message_pages;
mod messages;
mod oauth;
mod options;
mod request_validation;
mod scopes;
mod seed_files;
mod seeded_chats;
mod seeding;
mod support;
mod test_controls;
mod unseen_count;
mod up_to_date;
mod uploads;
mod webhook_deliveries;
mod webhooks;
