//! The error type.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rusqlite::ErrorCode;
use serde::{Serialize, Serializer};

/// The error of an archive.
///
/// `Display` writes one line, with the problem and the remedy, and no contents of messages. It serializes as that line.
/// Clones share the error.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    client: Option<basalam_chat::Error>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A request failed; see [`Error::client_error`].
    Client,
    /// A response cannot be decoded.
    Response,
    /// The archive belongs to another account or another service.
    OtherAccount,
    /// Another process syncs or imports into the archive, or uses the database for too long.
    Locked,
    /// The archive does not exist.
    NotFound,
    /// The file is not an archive, or can be read by others.
    NotAnArchive,
    /// A newer version of this crate has created the archive.
    NewerVersion,
    /// The database is damaged.
    Corrupt,
    /// The database cannot be read or written, for example because the disk is full.
    Database,
    /// A file other than the database cannot be read or written.
    Io,
    /// An argument is invalid.
    InvalidInput,
    /// A file to import is not an export, or is incomplete.
    Import,
}

macro_rules! predicates {
    ($($(#[$docs:meta])* $name:ident => $kind:ident,)*) => {
        $(
            $(#[$docs])*
            pub fn $name(&self) -> bool {
                self.kind() == ErrorKind::$kind
            }
        )*
    };
}

impl Error {
    /// Returns the kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the error of a request, if that is the cause.
    pub fn client_error(&self) -> Option<&basalam_chat::Error> {
        self.0.client.as_ref()
    }

    predicates! {
        /// Returns `true` if a request failed.
        is_client => Client,
        /// Returns `true` if a response cannot be decoded.
        is_response => Response,
        /// Returns `true` if the archive belongs to another account or another service.
        is_other_account => OtherAccount,
        /// Returns `true` if another process uses the archive. A later attempt may succeed.
        is_locked => Locked,
        /// Returns `true` if the archive does not exist.
        is_not_found => NotFound,
        /// Returns `true` if the file is not an archive, or can be read by others.
        is_not_an_archive => NotAnArchive,
        /// Returns `true` if a newer version of this crate has created the archive.
        is_newer_version => NewerVersion,
        /// Returns `true` if the database is damaged.
        is_corrupt => Corrupt,
        /// Returns `true` if the database cannot be read or written.
        is_database => Database,
        /// Returns `true` if a file other than the database cannot be read or written.
        is_io => Io,
        /// Returns `true` if an argument is invalid.
        is_invalid_input => InvalidInput,
        /// Returns `true` if a file to import is not an export, or is incomplete.
        is_import => Import,
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Arc::new(Inner {
            kind,
            message: message.into(),
            client: None,
            source: None,
        }))
    }

    fn with_source(
        kind: ErrorKind,
        message: String,
        source: impl StdError + Send + Sync + 'static,
    ) -> Error {
        Error(Arc::new(Inner {
            kind,
            message,
            client: None,
            source: Some(Box::new(source)),
        }))
    }

    pub(crate) fn client(error: basalam_chat::Error) -> Error {
        Error(Arc::new(Inner {
            kind: ErrorKind::Client,
            message: error.to_string(),
            client: Some(error),
            source: None,
        }))
    }

    pub(crate) fn invalid_input(argument: &str, problem: &str, remedy: &str) -> Error {
        let message = format!("invalid `{argument}`: {problem}; {remedy}");
        Error::new(ErrorKind::InvalidInput, message)
    }

    pub(crate) fn io(action: &str, path: &Path, error: io::Error) -> Error {
        let message = format!("cannot {action} `{}`: {error}", path.display());
        Error::with_source(ErrorKind::Io, message, error)
    }

    pub(crate) fn refused(path: &Path, cause: impl fmt::Display) -> Error {
        let message = format!("`{}` cannot be used as an archive: {cause}", path.display());
        Error::new(ErrorKind::NotAnArchive, message)
    }

    pub(crate) fn database(error: rusqlite::Error) -> Error {
        use ErrorKind::{Corrupt, Database, Locked, NotAnArchive};
        let (kind, problem) = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                (Locked, "another process uses the archive; try again later")
            }
            Some(ErrorCode::DatabaseCorrupt) => (
                Corrupt,
                "the archive is damaged; restore a copy, or sync into a new file",
            ),
            Some(ErrorCode::NotADatabase) => (NotAnArchive, "the file is not an archive"),
            Some(ErrorCode::DiskFull) => (Database, "the disk is full; free some space"),
            Some(ErrorCode::ReadOnly) => (Database, "the archive is read-only"),
            _ => (Database, "the archive cannot be read or written"),
        };
        // The message of SQLite contains names of tables, but no values.
        Error::with_source(kind, format!("{problem} ({error})"), error)
    }
}

/// Converts errors of the database.
pub(crate) trait DatabaseResult<T> {
    fn db(self) -> Result<T, Error>;
}

impl<T> DatabaseResult<T> for rusqlite::Result<T> {
    fn db(self) -> Result<T, Error> {
        self.map_err(Error::database)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if let Some(client) = &self.0.client {
            return client.source();
        }
        let source: &(dyn StdError + 'static) = self.0.source.as_deref()?;
        Some(source)
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
