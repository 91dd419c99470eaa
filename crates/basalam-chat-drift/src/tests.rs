//! What the project promises of drift, held by its own files and by small documents.

mod applying;
mod committed;
mod input;
mod reports;

use serde_json::{Value, json};

use super::*;

fn workspace_root() -> std::path::PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../..").into()
}

/// A workspace with a document and nothing else.
fn workspace(document: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    fs::write(folder.path().join(DOCUMENT), document).unwrap();
    folder
}

/// Puts a contract into the workspace, and gives the options that name it.
fn with_contract(folder: &tempfile::TempDir, contract: &[u8]) -> Options {
    let path = folder.path().join("shop-2026-01-31.json");
    fs::write(&path, contract).unwrap();
    Options {
        contracts: vec![path.to_str().unwrap().to_owned()],
        ..Options::default()
    }
}

/// The shape of a contract as it is given, or the error that it is refused with.
fn contract(bytes: &[u8]) -> Result<WireShape, String> {
    Contract::new(bytes.to_vec(), "", None, None)
        .map(|(contract, _)| contract.shape)
        .map_err(|error| format!("{error:#}"))
}
