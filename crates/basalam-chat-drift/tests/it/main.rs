//! Tests of wire shapes and their differences.

#![allow(clippy::unwrap_used)]

mod changes;
mod documents;
mod invariance;
mod malformed_documents;
mod release;
mod spellings;
