//! Tests of the generator: every OpenAPI construct is generated correctly or reported with its place and
//! a remedy; the output is deterministic; and no input fails in any other way.
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod compile;
mod constructs;
mod determinism;
mod generated;
mod mutations;
mod test_document;

/// Reads a file of the workspace.
fn read_workspace_file(path: &str) -> String {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
