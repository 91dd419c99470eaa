//! What the crate promises of wire shapes and their differences.

// A test that cannot be set up has failed.
#![allow(clippy::unwrap_used)]

mod changes;
mod documents;
mod invariance;
mod spellings;
mod strange;
