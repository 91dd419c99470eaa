//! Tests of the drift command with the committed files and with small documents.

mod apply;
mod committed;
mod cuts;
mod input;
mod known_types;
mod reports;

use serde_json::{Value, json};

use super::*;

fn workspace_root() -> std::path::PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../..").into()
}

/// Creates a workspace that contains only a document.
fn workspace(document: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    fs::write(folder.path().join(DOCUMENT), document).unwrap();
    folder
}

/// Writes a contract into the workspace, and returns the options to compare with it.
fn with_contract(folder: &tempfile::TempDir, contract: &[u8]) -> Options {
    let path = folder.path().join("shop-2026-01-31.json");
    fs::write(&path, contract).unwrap();
    Options {
        files: vec![path.to_str().unwrap().to_owned()],
        ..Options::default()
    }
}

/// Reads the shape of a contract, or returns the error message.
fn contract(bytes: &[u8]) -> Result<WireShape, String> {
    Contract::new(bytes.to_vec(), "", None)
        .map(|(contract, _)| contract.shape)
        .map_err(|error| format!("{error:#}"))
}
