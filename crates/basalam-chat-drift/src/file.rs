//! Atomic writing of files.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Writes a temporary file and renames it, so that an interrupted run leaves no partial file. Creates the
/// directory if it is missing.
///
/// # Errors
///
/// If the directory or the file cannot be written.
pub fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    let context = || path.display().to_string();
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).with_context(context)?;
    }
    let temporary = path.with_extension("tmp");
    fs::write(&temporary, content).with_context(context)?;
    fs::rename(&temporary, path).with_context(context)
}
