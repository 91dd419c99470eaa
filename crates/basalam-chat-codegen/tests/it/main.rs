//! What is generated from documents: every construct that OpenAPI has is accepted and right, or
//! refused with its place and a remedy; the same document gives the same bytes; and no document makes
//! the generator fail in any other way.
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod change;
mod constructs;
mod determinism;
mod generated;
mod mutations;

/// Reads a file of the workspace.
fn workspace(path: &str) -> String {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
