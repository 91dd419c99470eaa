//! Errors of files to upload.

use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind};

impl Error {
    /// A path that is no file. Nothing was sent.
    pub(crate) fn file_path(argument: &str, path: &Path, problem: &str) -> Error {
        let problem = format!("cannot be `{}`, which {problem}", path.display());
        let remedy = "give the path of a regular file, or a reader";
        Error::invalid_input(argument, &problem, remedy)
    }

    /// A file that cannot be opened. Nothing was sent.
    pub(crate) fn file_unopened(argument: &str, path: &Path, error: io::Error) -> Error {
        let problem = format!("cannot be read from `{}`: {error}", path.display());
        let remedy = "check the path and who may read it";
        Error::invalid_input(argument, &problem, remedy).with_source(error)
    }

    /// A file that fails while it is read.
    pub(crate) fn file_unread(argument: &str, error: io::Error) -> Error {
        Error::new(
            ErrorKind::FileRead,
            format!("`{argument}` could not be read to its end, and the upload broke off: {error}"),
            "check where it comes from, and upload it again",
        )
        .with_source(error)
    }

    /// A file that has more or fewer bytes than it had, or than were announced.
    pub(crate) fn file_of_other_length(argument: &str, given: u64, length: u64) -> Error {
        let found = match given < length {
            true => format!("ended after {given}"),
            false => format!("went on after {length}"),
        };
        Error::new(
            ErrorKind::FileRead,
            format!("`{argument}` {found} of {length} bytes, and the upload broke off"),
            "let nobody change the file until it is uploaded, and announce the length that it has",
        )
    }

    /// A file that was written to while it was read.
    pub(crate) fn file_modified(argument: &str) -> Error {
        Error::new(
            ErrorKind::FileRead,
            format!("`{argument}` was changed while it was read, and the upload broke off"),
            "let nobody change the file until it is uploaded",
        )
    }

    /// A file that was stored, but where is not told.
    pub(crate) fn file_without_address(id: impl std::fmt::Display) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("the file was stored as {id}, but the answer holds no address of it"),
            "it cannot be shown in a message without one",
        )
    }
}
