//! Tests of the archive against a local emulator of the service.

// A failed `unwrap` fails the test, as it should.
#![allow(clippy::unwrap_used)]

mod accounts;
mod attachments;
mod browser;
mod changes;
mod chaos;
mod concurrency;
mod exports;
mod file;
mod hostile;
mod html;
mod import;
mod interruptions;
mod persian;
mod search;
mod support;
mod sync;
