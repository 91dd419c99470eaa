//! The programs of the guide against the emulator, and the tests that the guide shows.

// A failed `unwrap` fails the test, as it should.
#![allow(clippy::unwrap_used)]

mod answering;
mod archive;
mod authentication;
mod bulk;
mod contract;
mod errors;
mod exactly_once;
mod files;
mod production;
mod reading;
mod sending;
mod support;
mod testing_emulator;
mod testing_faults;
mod testing_mock;
mod webhooks;
