//! Atomic writing of files.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Writes a temporary file and renames it, so that an interrupted run does not truncate the file.
pub(crate) fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    let context = || path.display().to_string();
    let temporary = path.with_extension("tmp");
    fs::write(&temporary, content).with_context(context)?;
    fs::rename(&temporary, path).with_context(context)
}
