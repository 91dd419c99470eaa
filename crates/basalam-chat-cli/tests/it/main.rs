//! Tests of the command, run as a user runs it, against the emulator.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod archive;
mod failures;
mod hostile;
mod login;
mod once;
mod secrets;
mod sessions;
mod support;
#[cfg(target_os = "linux")]
mod terminal;
mod watch;
mod webhooks;
