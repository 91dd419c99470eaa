//! Content of a file, read in chunks.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::pin::Pin;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::Error;
use crate::runtime::spawn_blocking;

/// Maximum size of a chunk, in bytes.
const CHUNK_SIZE: usize = 64 * 1024;

/// Source of a file's content.
pub(super) enum Reader {
    Bytes(Bytes),
    File {
        file: tokio::fs::File,
        /// Modification time when the file was opened.
        modified: Option<SystemTime>,
    },
    Async(Pin<Box<dyn AsyncRead + Send>>),
    /// `None` while it is read, and after it panicked.
    Blocking(Option<Box<dyn Read + Send>>),
}

impl Reader {
    /// Opens the regular file at a path, and returns its length. `argument` is its name in errors.
    pub(super) async fn open(argument: &str, path: &Path) -> Result<(Reader, u64), Error> {
        let opened = {
            let path = path.to_owned();
            spawn_blocking(move || open_blocking(&path)).await
        };
        let opened = opened.and_then(|opened| opened);
        match opened.map_err(|error| Error::cannot_open_file(argument, path, error))? {
            Opened::File(file, metadata) => {
                let file = tokio::fs::File::from_std(file);
                // Not every file system stores modification times.
                let modified = metadata.modified().ok();
                Ok((Reader::File { file, modified }, metadata.len()))
            }
            Opened::Directory => Err(Error::invalid_path(argument, path, "is a directory")),
            Opened::Other => Err(Error::invalid_path(argument, path, "is not a regular file")),
        }
    }

    /// Returns the next chunk, which is empty at the end.
    pub(super) async fn read(&mut self) -> io::Result<Bytes> {
        let mut chunk = BytesMut::with_capacity(CHUNK_SIZE);
        match self {
            Reader::Bytes(bytes) => return Ok(bytes.split_to(bytes.len().min(CHUNK_SIZE))),
            Reader::File { file, .. } => file.read_buf(&mut chunk).await?,
            Reader::Async(reader) => reader.read_buf(&mut chunk).await?,
            Reader::Blocking(slot) => {
                let Some(mut reader) = slot.take() else {
                    return Err(io::Error::other("the reader panicked"));
                };
                chunk.resize(CHUNK_SIZE, 0);
                let read = move || {
                    let result = read_uninterrupted(&mut reader, &mut chunk);
                    (reader, chunk, result)
                };
                let (reader, mut chunk, result) = spawn_blocking(read).await?;
                *slot = Some(reader);
                chunk.truncate(result?);
                return Ok(chunk.freeze());
            }
        };
        Ok(chunk.freeze())
    }

    /// Returns `true` if the file was modified after it was opened. Takes `&mut self`, since a reader is
    /// `Send` but not `Sync`.
    pub(super) async fn was_modified(&mut self) -> io::Result<bool> {
        match self {
            Reader::File { file, modified } => {
                Ok(file.metadata().await?.modified().ok() != *modified)
            }
            Reader::Bytes(_) | Reader::Async(_) | Reader::Blocking(_) => Ok(false),
        }
    }
}

fn read_uninterrupted(reader: &mut Box<dyn Read + Send>, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// The file at a path.
enum Opened {
    File(File, Metadata),
    Directory,
    Other,
}

fn open_blocking(path: &Path) -> io::Result<Opened> {
    // Checked before opening, since opening a named pipe blocks until another process writes to it.
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Ok(Opened::Directory);
    }
    if !metadata.is_file() {
        return Ok(Opened::Other);
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok(Opened::File(file, metadata))
}

impl Error {
    pub(super) fn invalid_path(argument: &str, path: &Path, problem: &str) -> Error {
        let problem = format!("cannot be `{}`, which {problem}", path.display());
        let remedy = "pass the path of a regular file, or a reader";
        Error::invalid_input(argument, &problem, remedy)
    }

    fn cannot_open_file(argument: &str, path: &Path, error: io::Error) -> Error {
        let problem = format!("cannot be read from `{}`: {error}", path.display());
        let remedy = "check the path and its permissions";
        Error::invalid_input(argument, &problem, remedy).with_source(error)
    }
}
