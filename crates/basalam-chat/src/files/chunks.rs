//! Stream of a file's chunks, read as fast as they are sent.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use super::reader::Reader;
use crate::{Error, ErrorKind};

/// Progress callback: the number of bytes sent, and the total if it is known.
pub(super) type OnProgress = Box<dyn FnMut(u64, Option<u64>) + Send>;

/// The error of reading a file, passed around the HTTP client, which would wrap it.
#[derive(Clone, Default)]
pub(super) struct ReadError(Arc<Mutex<Option<Error>>>);

impl ReadError {
    /// Stores an error, unless one is stored already.
    fn set(&self, error: Error) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }

    pub(super) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Stream of a file's chunks.
pub(super) struct Chunks {
    state: State,
    read_error: ReadError,
}

enum State {
    Idle(ChunkReader),
    Reading(Pin<Box<dyn Future<Output = ReadResult> + Send>>),
    Done,
}

type ReadResult = (ChunkReader, Result<Option<Bytes>, Error>);

impl Chunks {
    /// An error of `reader` is stored in `read_error`.
    pub(super) fn new(reader: ChunkReader, read_error: ReadError) -> Chunks {
        Chunks {
            state: State::Idle(reader),
            read_error,
        }
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, UploadAborted>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Done => return Poll::Ready(None),
                State::Idle(_) => {
                    if let State::Idle(mut reader) = std::mem::replace(&mut self.state, State::Done)
                    {
                        self.state = State::Reading(Box::pin(async move {
                            let chunk = reader.next().await;
                            (reader, chunk)
                        }));
                    }
                }
                State::Reading(read) => {
                    let (reader, chunk) = ready!(read.as_mut().poll(context));
                    self.state = State::Done;
                    return Poll::Ready(match chunk {
                        Ok(Some(chunk)) => {
                            self.state = State::Idle(reader);
                            Some(Ok(chunk))
                        }
                        Ok(None) => None,
                        Err(error) => {
                            self.read_error.set(error);
                            Some(Err(UploadAborted))
                        }
                    });
                }
            }
        }
    }
}

/// Reads the chunks of a file, checks its length and reports progress.
pub(super) struct ChunkReader {
    /// The name of the file in errors.
    pub(super) argument: &'static str,
    pub(super) reader: Reader,
    pub(super) position: u64,
    pub(super) length: Option<u64>,
    pub(super) on_progress: Option<OnProgress>,
}

impl ChunkReader {
    /// Returns the next chunk, or `None` at the end of an unchanged file. After an error the request stays
    /// incomplete, so the service cannot take a part of the file for the whole.
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let argument = self.argument;
        let read_failed = |error| Error::file_read_failed(argument, error);
        let chunk = self.reader.read().await.map_err(read_failed)?;
        let position = self.position + chunk.len() as u64;
        let is_end = chunk.is_empty();
        if let Some(length) = self.length
            && (position > length || (is_end && position < length))
        {
            return Err(Error::file_length_mismatch(argument, position, length));
        }
        if is_end {
            return match self.reader.was_modified().await.map_err(read_failed)? {
                true => Err(Error::file_modified(argument)),
                false => Ok(None),
            };
        }
        self.position = position;
        if let Some(on_progress) = &mut self.on_progress {
            on_progress(position, self.length);
        }
        Ok(Some(chunk))
    }
}

/// Makes the HTTP client abort the request; [`ReadError`] holds the cause.
#[derive(Debug)]
pub(super) struct UploadAborted;

impl fmt::Display for UploadAborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file could not be read")
    }
}

impl std::error::Error for UploadAborted {}

impl Error {
    fn file_read_failed(argument: &str, error: io::Error) -> Error {
        Error::new(
            ErrorKind::FileRead,
            format!("the upload was aborted because reading `{argument}` failed: {error}"),
            "check the source of the file, and upload it again",
        )
        .with_source(error)
    }

    /// The length differs from that at opening, or from the one that the caller has set.
    fn file_length_mismatch(argument: &str, position: u64, length: u64) -> Error {
        let found = match position < length {
            true => format!("ended after {position} of {length} bytes"),
            false => format!("is longer than {length} bytes"),
        };
        Error::new(
            ErrorKind::FileRead,
            format!("the upload was aborted because `{argument}` {found}"),
            "do not change the file during the upload, and pass its exact length to `with_length`",
        )
    }

    fn file_modified(argument: &str) -> Error {
        Error::new(
            ErrorKind::FileRead,
            format!("the upload was aborted because `{argument}` was modified while it was read"),
            "do not change the file during the upload",
        )
    }
}
