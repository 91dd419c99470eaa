//! The content of a file as a stream of pieces, read as fast as they are sent.

use std::fmt;
use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::new_file::OpenFile;
use crate::Error;
use crate::threads::spawn_blocking;

/// How much is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// Hears how many bytes were handed over, and of how many.
pub(super) type OnProgress = Box<dyn FnMut(u64, Option<u64>) + Send>;

/// What went wrong with the files of an upload, past the HTTP client, which would wrap it.
#[derive(Clone, Default)]
pub(super) struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    /// Keeps the first of several.
    fn tell(&self, error: Error) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }

    pub(super) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Where the content comes from.
pub(super) enum Reader {
    Bytes(Bytes),
    File {
        file: tokio::fs::File,
        /// When it was changed last, as of its opening.
        modified: Option<SystemTime>,
    },
    Async(Pin<Box<dyn AsyncRead + Send>>),
    /// Missing while it is read, and after a panic of it.
    Blocking(Option<Box<dyn Read + Send>>),
}

impl Reader {
    /// Gives the next piece; an empty one at the end.
    async fn read(&mut self) -> io::Result<Bytes> {
        let mut piece = BytesMut::with_capacity(PIECE);
        match self {
            Reader::Bytes(bytes) => return Ok(bytes.split_to(bytes.len().min(PIECE))),
            Reader::File { file, .. } => file.read_buf(&mut piece).await?,
            Reader::Async(reader) => reader.read_buf(&mut piece).await?,
            Reader::Blocking(place) => {
                let Some(mut reader) = place.take() else {
                    return Err(io::Error::other("the reader panicked"));
                };
                piece.resize(PIECE, 0);
                let read = move || {
                    let result = read(&mut reader, &mut piece);
                    (reader, piece, result)
                };
                let (reader, mut piece, result) = spawn_blocking(read).await?;
                *place = Some(reader);
                piece.truncate(result?);
                return Ok(piece.freeze());
            }
        };
        Ok(piece.freeze())
    }

    /// Whether the source is known to be another one than when it was opened. Takes all of `self`, as a
    /// reader can be sent to another thread and not shared with one.
    async fn was_modified(&mut self) -> io::Result<bool> {
        match self {
            Reader::File { file, modified } => {
                Ok(file.metadata().await?.modified().ok() != *modified)
            }
            Reader::Bytes(_) | Reader::Async(_) | Reader::Blocking(_) => Ok(false),
        }
    }
}

fn read(reader: &mut Box<dyn Read + Send>, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// The content of a file, piece by piece.
pub(super) struct Chunks {
    state: State,
}

enum State {
    Resting(Feed),
    Reading(Pin<Box<dyn Future<Output = Step> + Send>>),
    Ended,
}

type Step = (Feed, Result<Option<Bytes>, Error>);

/// Reads, counts, and tells.
struct Feed {
    argument: &'static str,
    reader: Reader,
    given: u64,
    length: Option<u64>,
    on_progress: Option<OnProgress>,
    failure: Failure,
}

impl Chunks {
    /// `argument` is what errors call the file; what goes wrong is told to `failure`.
    pub(super) fn new(
        argument: &'static str,
        file: OpenFile,
        on_progress: Option<OnProgress>,
        failure: Failure,
    ) -> Chunks {
        Chunks {
            state: State::Resting(Feed {
                argument,
                reader: file.reader,
                given: 0,
                length: file.length,
                on_progress,
                failure,
            }),
        }
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, BrokenOff>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Resting(_) => {
                    if let State::Resting(mut feed) =
                        std::mem::replace(&mut self.state, State::Ended)
                    {
                        self.state = State::Reading(Box::pin(async move {
                            let piece = feed.next().await;
                            (feed, piece)
                        }));
                    }
                }
                State::Reading(step) => {
                    let (feed, piece) = ready!(step.as_mut().poll(context));
                    self.state = State::Ended;
                    return Poll::Ready(match piece {
                        Ok(Some(piece)) => {
                            self.state = State::Resting(feed);
                            Some(Ok(piece))
                        }
                        Ok(None) => None,
                        Err(error) => {
                            feed.failure.tell(error);
                            Some(Err(BrokenOff))
                        }
                    });
                }
            }
        }
    }
}

impl Feed {
    /// Gives the next piece, or none at the end. The end is given only where all is well: before it, the
    /// request is not complete, and the service cannot take a part for the whole.
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let argument = self.argument;
        let broken = |error| Error::file_unread(argument, error);
        let piece = self.reader.read().await.map_err(broken)?;
        let given = self.given + piece.len() as u64;
        let is_end = piece.is_empty();
        if let Some(length) = self.length
            && (given > length || (is_end && given < length))
        {
            return Err(Error::file_of_other_length(argument, given, length));
        }
        if is_end {
            return match self.reader.was_modified().await.map_err(broken)? {
                true => Err(Error::file_modified(argument)),
                false => Ok(None),
            };
        }
        self.given = given;
        if let Some(on_progress) = &mut self.on_progress {
            on_progress(given, self.length);
        }
        Ok(Some(piece))
    }
}

/// Tells the HTTP client to give the request up; why is told elsewhere.
#[derive(Debug)]
pub(super) struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file could not be read")
    }
}

impl std::error::Error for BrokenOff {}
