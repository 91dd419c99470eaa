//! The directory of an HTML export.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::export::output::Output;
use crate::file::{create_private_directory, open_private};

/// Marks a directory as an export, which a later one may replace.
const MARKER: &str = ".basalam-chat-archive";

/// What an export consists of.
const ENTRIES: [&str; 7] = [
    "index.html",
    "style.css",
    "fold.js",
    "search.js",
    "chats",
    "search",
    "files",
];

/// A directory that contains nothing but the export.
pub(super) struct Directory(PathBuf);

impl Directory {
    /// Creates the directory, or removes an earlier export from it.
    pub(super) fn create(path: &Path) -> Result<Directory, Error> {
        let failed = |error| Error::io("prepare", path, error);
        create_private_directory(path).map_err(failed)?;
        let is_empty = fs::read_dir(path).map_err(failed)?.next().is_none();
        if !is_empty && !path.join(MARKER).exists() {
            return Err(Error::invalid_input(
                "directory",
                &format!("`{}` contains other files", path.display()),
                "pass a new or empty directory, or that of an earlier export",
            ));
        }
        for name in ENTRIES {
            remove(&path.join(name)).map_err(failed)?;
        }
        fs::write(path.join(MARKER), "").map_err(failed)?;
        for name in ["chats", "search", "files"] {
            create_private_directory(&path.join(name)).map_err(failed)?;
        }
        Ok(Directory(path.to_owned()))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Creates a file.
    pub(super) fn file(&self, name: &str) -> Result<Output<File>, Error> {
        let path = self.path(name);
        match open_private(&path) {
            Ok(file) => Ok(Output::to_file(file, path)),
            Err(error) => Err(Error::io("create", &path, error)),
        }
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        let mut output = self.file(name)?;
        output.write_str(text)?;
        output.finish()
    }
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
