//! Integration tests of wire shapes and their differences.

// Setup failures are test failures.
#![allow(clippy::unwrap_used)]

mod changes;
mod documents;
mod invariance;
mod spellings;
mod strange;
