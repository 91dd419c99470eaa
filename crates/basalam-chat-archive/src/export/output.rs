//! Output of exports.

use std::fmt;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use crate::error::{Error, ErrorKind};

/// A buffered writer whose errors name what is written.
pub(super) struct Output<W: Write> {
    writer: BufWriter<W>,
    path: Option<PathBuf>,
}

impl<W: Write> Output<W> {
    pub(super) fn new(writer: W) -> Output<W> {
        Output {
            writer: BufWriter::with_capacity(64 * 1024, writer),
            path: None,
        }
    }

    pub(super) fn to_file(writer: W, path: PathBuf) -> Output<W> {
        Output {
            path: Some(path),
            ..Output::new(writer)
        }
    }

    pub(super) fn write(&mut self, text: impl fmt::Display) -> Result<(), Error> {
        let written = write!(self.writer, "{text}");
        written.map_err(|error| self.failed(error))
    }

    pub(super) fn write_str(&mut self, text: &str) -> Result<(), Error> {
        let written = self.writer.write_all(text.as_bytes());
        written.map_err(|error| self.failed(error))
    }

    /// Writes what is buffered.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        let flushed = self.writer.flush();
        flushed.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: std::io::Error) -> Error {
        match &self.path {
            Some(path) => Error::io("write", path, error),
            None => Error::new(
                ErrorKind::Io,
                format!("the export cannot be written: {error}"),
            ),
        }
    }
}
