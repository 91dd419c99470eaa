//! The document and all that was made from it, held against each other.
//!
//! Each check is a function of a document that gives a list of violations, each naming the operation
//! or the schema and the place. The tests assert that the committed document has none, and
//! `mutations` that a document which changed has some.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

mod answers;
mod fresh;
mod mutations;
mod requests;
mod schema;
#[cfg(feature = "schemars")]
mod schemas;

use basalam_chat_openapi::{Document, Operation};
use serde_json::Value;

/// The document that the crates are made from.
const DOCUMENT: &str = include_str!("../../../../openapi/chat.json");

/// Reads the committed document.
fn committed() -> Document {
    Document::parse(DOCUMENT).unwrap()
}

/// How an operation is called in violations: by its id, and by its method and path where it has none.
fn name_of(operation: &Operation<'_>) -> String {
    let by_path = || format!("{} {}", operation.method.as_str(), operation.path);
    operation.id.map_or_else(by_path, str::to_owned)
}

/// The schema of the answer that an operation documents for success.
fn success<'a>(operation: &Operation<'a>) -> Option<(u16, &'a Value)> {
    let response = operation.response(200)?;
    let json = response
        .content
        .iter()
        .find(|media| media.name == "application/json")?;
    Some((200, json.schema?))
}

/// Fails with one violation a line.
#[track_caller]
fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}
