//! What the crate promises of wire shapes and their differences.

mod changes;
mod documents;
mod invariance;
mod spellings;
mod strange;
