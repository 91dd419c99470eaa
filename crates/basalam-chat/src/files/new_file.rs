//! A file to upload, and where its content comes from.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use tokio::io::AsyncRead;

use super::chunks::Reader;
use crate::Error;
use crate::threads::spawn_blocking;

/// A file to upload: its content, its name and its media type.
///
/// A path alone is the file at that path, so that `client.upload_picture("parcel.jpg")` uploads one. The
/// content is read while it is sent, never whole into memory.
///
/// # Examples
///
/// ```
/// use basalam_chat::NewFile;
///
/// let on_disk = NewFile::from("photos/parcel.jpg").with_name("parcel.jpg");
/// let in_memory = NewFile::from_bytes("receipt.txt", "paid");
/// let elsewhere = NewFile::from_reader("log.txt", tokio::io::empty()).with_length(0);
/// # let _ = (on_disk, in_memory, elsewhere);
/// ```
pub struct NewFile {
    source: Source,
    /// The name alone; missing where it is the path's.
    name: Option<String>,
    media_type: Option<String>,
    length: Option<u64>,
}

enum Source {
    Path(PathBuf),
    Opened(Reader),
}

impl NewFile {
    fn new(source: Source, name: Option<String>) -> NewFile {
        NewFile {
            source,
            name,
            media_type: None,
            length: None,
        }
    }

    /// The regular file at this path, under its own name. It is opened when the request is sent, and must
    /// not change until it has been read.
    pub fn from_path(path: impl Into<PathBuf>) -> NewFile {
        NewFile::new(Source::Path(path.into()), None)
    }

    /// A file with this name and these bytes, such as a `Vec<u8>`.
    ///
    /// The name must not be empty; its ending gives the media type.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> NewFile {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        let source = Source::Opened(Reader::Bytes(bytes));
        NewFile::new(source, Some(name.into())).with_length(length)
    }

    /// A file with this name, and with what this reader gives until its end.
    ///
    /// The name must not be empty; its ending gives the media type. Where the number of bytes is known, say
    /// so by [`with_length`](NewFile::with_length): unknown is whether the service takes a file whose
    /// length it is not told beforehand.
    pub fn from_reader(
        name: impl Into<String>,
        reader: impl AsyncRead + Send + 'static,
    ) -> NewFile {
        let source = Source::Opened(Reader::Async(Box::pin(reader)));
        NewFile::new(source, Some(name.into()))
    }

    /// As [`from_reader`](NewFile::from_reader), for a reader that is not async. It is read on a thread
    /// that may wait.
    pub fn from_blocking_reader(
        name: impl Into<String>,
        reader: impl std::io::Read + Send + 'static,
    ) -> NewFile {
        let source = Source::Opened(Reader::Blocking(Some(Box::new(reader))));
        NewFile::new(source, Some(name.into()))
    }

    /// Sets the name that the service is told, without a directory. Must not be empty.
    pub fn with_name(mut self, name: impl Into<String>) -> NewFile {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/jpeg`, instead of the one that the ending of the name stands for;
    /// it is `application/octet-stream` for an ending that nobody knows.
    pub fn with_media_type(mut self, media_type: impl Into<String>) -> NewFile {
        self.media_type = Some(media_type.into());
        self
    }

    /// Announces how many bytes there are. Where it turns out to be another number, the upload breaks off
    /// with an error. Not needed for paths and bytes.
    pub fn with_length(mut self, bytes: u64) -> NewFile {
        self.length = Some(bytes);
        self
    }

    /// The same file once more, where its content can be read once more.
    pub(super) fn again(&self) -> Option<NewFile> {
        let source = match &self.source {
            Source::Path(path) => Source::Path(path.clone()),
            Source::Opened(Reader::Bytes(bytes)) => Source::Opened(Reader::Bytes(bytes.clone())),
            Source::Opened(_) => return None,
        };
        Some(NewFile {
            source,
            name: self.name.clone(),
            media_type: self.media_type.clone(),
            length: self.length,
        })
    }

    /// Opens the file and checks all that can be checked before anything is sent. `argument` is what
    /// errors call it.
    pub(super) async fn open(self, argument: &'static str) -> Result<OpenFile, Error> {
        let name = match (self.name, &self.source) {
            (Some(name), _) => name,
            (None, Source::Path(path)) => match path.file_name() {
                Some(name) => name.to_string_lossy().into_owned(),
                None => return Err(Error::file_path(argument, path, "names no file")),
            },
            (None, Source::Opened(_)) => String::new(),
        };
        check_name(argument, &name)?;
        let (reader, length) = match self.source {
            Source::Opened(reader) => (reader, self.length),
            Source::Path(path) => {
                let (reader, length) = open(argument, &path).await?;
                (reader, Some(self.length.unwrap_or(length)))
            }
        };
        if length.is_some_and(|length| length > MAX_LENGTH) {
            let problem = "announces more bytes than any file has";
            return Err(Error::invalid_input(
                argument,
                problem,
                "give the number of bytes",
            ));
        }
        let media_type = self.media_type.unwrap_or_else(|| {
            let guess = mime_guess::from_path(&name).first_or_octet_stream();
            guess.to_string()
        });
        Ok(OpenFile {
            reader,
            name,
            media_type,
            length,
        })
    }
}

/// More than any file has, and little enough for the length of a whole form to be counted.
const MAX_LENGTH: u64 = i64::MAX as u64 / 4;

/// A file that is ready to be sent.
pub(super) struct OpenFile {
    pub(super) reader: Reader,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) length: Option<u64>,
}

fn check_name(argument: &str, name: &str) -> Result<(), Error> {
    let problem = if name.trim().is_empty() {
        "has an empty name"
    } else if name.chars().any(char::is_control) {
        "has a name with a line end or another control character"
    } else {
        return Ok(());
    };
    let remedy = "name it like `parcel.jpg`, by `with_name`";
    Err(Error::invalid_input(argument, problem, remedy))
}

async fn open(argument: &str, path: &Path) -> Result<(Reader, u64), Error> {
    let found = {
        let path = path.to_owned();
        spawn_blocking(move || find(&path)).await
    };
    let found = found.and_then(|found| found);
    match found.map_err(|error| Error::file_unopened(argument, path, error))? {
        Found::File(file, metadata) => {
            let file = tokio::fs::File::from_std(file);
            // Not every file system keeps times.
            let modified: Option<SystemTime> = metadata.modified().ok();
            Ok((Reader::File { file, modified }, metadata.len()))
        }
        Found::Directory => Err(Error::file_path(argument, path, "is a directory")),
        Found::Other => Err(Error::file_path(argument, path, "is no regular file")),
    }
}

/// What is at a path.
enum Found {
    File(File, Metadata),
    Directory,
    Other,
}

fn find(path: &Path) -> io::Result<Found> {
    // Before it is opened: opening a pipe waits for whoever writes to it.
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Ok(Found::Directory);
    }
    if !metadata.is_file() {
        return Ok(Found::Other);
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok(Found::File(file, metadata))
}

impl From<&str> for NewFile {
    fn from(path: &str) -> NewFile {
        NewFile::from_path(path)
    }
}

impl From<String> for NewFile {
    fn from(path: String) -> NewFile {
        NewFile::from_path(path)
    }
}

impl From<&Path> for NewFile {
    fn from(path: &Path) -> NewFile {
        NewFile::from_path(path)
    }
}

impl From<PathBuf> for NewFile {
    fn from(path: PathBuf) -> NewFile {
        NewFile::from_path(path)
    }
}

impl From<&PathBuf> for NewFile {
    fn from(path: &PathBuf) -> NewFile {
        NewFile::from_path(path)
    }
}

/// Shows where the file comes from, and nothing of its content.
impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("NewFile");
        if let Source::Path(path) = &self.source {
            shown.field("path", path);
        }
        shown
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(file: NewFile) -> String {
        let error = file.open("file").await.map(|_| ()).unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        let shown = error.to_string();
        assert!(shown.contains("`file`"), "{shown}");
        shown
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_refused_with_its_path() {
        let shown = refused("no-such-directory/a.jpg".into()).await;
        assert!(shown.contains("no-such-directory/a.jpg"), "{shown}");
        let shown = refused(env!("CARGO_MANIFEST_DIR").into()).await;
        assert!(shown.contains("is a directory"), "{shown}");
        for path in ["", "/", ".."] {
            let shown = refused(path.into()).await;
            assert!(shown.contains("names no file"), "{shown}");
        }
    }

    #[tokio::test]
    async fn a_name_that_no_form_can_carry_is_refused() {
        for name in ["", "  ", "a\r\nb.jpg", "a\0.jpg"] {
            refused(NewFile::from_bytes(name, "")).await;
            refused(NewFile::from_reader(name, tokio::io::empty())).await;
            refused(NewFile::from("Cargo.toml").with_name(name)).await;
        }
    }

    #[tokio::test]
    async fn the_ending_of_the_name_gives_the_media_type() {
        for (name, media_type) in [
            ("عکس.jpg", "image/jpeg"),
            ("a.JPG", "image/jpeg"),
            ("a.webp", "image/webp"),
            ("a.mp4", "video/mp4"),
            ("a.ogg", "audio/ogg"),
            ("a.pdf", "application/pdf"),
            ("a.unheard-of", "application/octet-stream"),
            ("a", "application/octet-stream"),
        ] {
            let file = NewFile::from_bytes(name, "").open("file").await.unwrap();
            assert_eq!(file.media_type, media_type, "{name}");
        }
        let file = NewFile::from_bytes("a.jpg", "").with_media_type("image/avif");
        assert_eq!(file.open("file").await.unwrap().media_type, "image/avif");
    }

    #[test]
    fn debug_output_shows_nothing_of_the_content() {
        let file = NewFile::from_bytes("a.txt", "canary");
        let shown = format!("{file:?}");
        assert!(shown.contains("a.txt"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
