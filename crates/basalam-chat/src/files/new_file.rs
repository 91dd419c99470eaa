//! A file to upload, and the source of its content.

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::AsyncRead;

use super::reader::Reader;
use crate::Error;

/// A file to upload: its content, name and media type.
///
/// A path is the file at that path: `client.upload_picture("parcel.jpg")` uploads one. The content is
/// streamed, so memory use does not depend on its size.
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
    /// `None` for the file name of the path.
    name: Option<String>,
    media_type: Option<String>,
    length: Option<u64>,
}

enum Source {
    Path(PathBuf),
    Reader(Reader),
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

    /// Creates a file from the regular file at this path, with the same name. It is opened when the request
    /// is sent, and must not change during the upload.
    pub fn from_path(path: impl Into<PathBuf>) -> NewFile {
        NewFile::new(Source::Path(path.into()), None)
    }

    /// Creates a file with this name and these bytes, such as a `Vec<u8>`.
    ///
    /// The name must not be empty; its extension determines the media type. See
    /// [`with_name`](NewFile::with_name) for how it is sent.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> NewFile {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        let source = Source::Reader(Reader::Bytes(bytes));
        NewFile::new(source, Some(name.into())).with_length(length)
    }

    /// Creates a file with this name and the content of this reader.
    ///
    /// The name must not be empty; its extension determines the media type. If the length is known, set it
    /// with [`with_length`](NewFile::with_length). Unknown: whether the service accepts a file of unknown
    /// length.
    pub fn from_reader(
        name: impl Into<String>,
        reader: impl AsyncRead + Send + 'static,
    ) -> NewFile {
        let source = Source::Reader(Reader::Async(Box::pin(reader)));
        NewFile::new(source, Some(name.into()))
    }

    /// Creates a file from a blocking reader; otherwise like [`from_reader`](NewFile::from_reader). It is
    /// read on tokio's pool of blocking threads.
    pub fn from_blocking_reader(
        name: impl Into<String>,
        reader: impl std::io::Read + Send + 'static,
    ) -> NewFile {
        let source = Source::Reader(Reader::Blocking(Some(Box::new(reader))));
        NewFile::new(source, Some(name.into()))
    }

    /// Sets the file name to send. Must not be empty or have control characters.
    ///
    /// Only the part after the last `/` or `\` is sent. Quotes are sent as `%22`, as browsers do.
    pub fn with_name(mut self, name: impl Into<String>) -> NewFile {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/jpeg`. By default the extension of the name determines it;
    /// unknown extensions are `application/octet-stream`.
    pub fn with_media_type(mut self, media_type: impl Into<String>) -> NewFile {
        self.media_type = Some(media_type.into());
        self
    }

    /// Sets the length in bytes. If the content has a different length, the upload fails. Not needed for
    /// paths and bytes.
    pub fn with_length(mut self, bytes: u64) -> NewFile {
        self.length = Some(bytes);
        self
    }

    /// Returns a clone, unless the content can be read only once.
    pub(super) fn try_clone(&self) -> Option<NewFile> {
        let source = match &self.source {
            Source::Path(path) => Source::Path(path.clone()),
            Source::Reader(Reader::Bytes(bytes)) => Source::Reader(Reader::Bytes(bytes.clone())),
            Source::Reader(_) => return None,
        };
        Some(NewFile {
            source,
            name: self.name.clone(),
            media_type: self.media_type.clone(),
            length: self.length,
        })
    }

    /// Opens the file and validates it. `argument` is its name in errors.
    pub(super) async fn open(self, argument: &'static str) -> Result<OpenFile, Error> {
        let name = match (self.name, &self.source) {
            (Some(name), _) => last_component(&name).to_owned(),
            (None, Source::Path(path)) => match path.file_name() {
                Some(name) => last_component(&name.to_string_lossy()).to_owned(),
                None => return Err(Error::invalid_path(argument, path, "has no file name")),
            },
            (None, Source::Reader(_)) => String::new(),
        };
        check_name(argument, &name)?;
        let (reader, length) = match self.source {
            Source::Reader(reader) => (reader, self.length),
            Source::Path(path) => {
                let (reader, length) = Reader::open(argument, &path).await?;
                (reader, Some(self.length.unwrap_or(length)))
            }
        };
        if length.is_some_and(|length| length > MAX_LENGTH) {
            let problem = "has a length that is larger than any file";
            let remedy = "pass the number of bytes to `with_length`";
            return Err(Error::invalid_input(argument, problem, remedy));
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

/// Larger than any file, and small enough that the length of the whole form does not overflow.
const MAX_LENGTH: u64 = i64::MAX as u64 / 4;

/// An opened file.
pub(super) struct OpenFile {
    pub(super) reader: Reader,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) length: Option<u64>,
}

/// Returns the part of a name after its last directory, in the syntax of Unix and of Windows, since a server may use
/// either.
fn last_component(name: &str) -> &str {
    let name = name.trim_end_matches(['/', '\\']);
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // A drive, as in `C:parcel.jpg`.
    match name.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 && drive.is_ascii() => rest,
        _ => name,
    }
}

fn check_name(argument: &str, name: &str) -> Result<(), Error> {
    let problem = if name.trim().is_empty() {
        "has an empty name"
    } else if matches!(name.trim(), "." | "..") {
        "has the name of a directory"
    } else if name.chars().any(char::is_control) {
        "has a name with a line break or another control character"
    } else {
        return Ok(());
    };
    let remedy = "set a name such as `parcel.jpg` with `with_name`";
    Err(Error::invalid_input(argument, problem, remedy))
}

macro_rules! impl_from_paths {
    ($($path:ty),*) => {
        $(impl From<$path> for NewFile {
            fn from(path: $path) -> NewFile {
                NewFile::from_path(path)
            }
        })*
    };
}

impl_from_paths!(&str, String, &Path, PathBuf, &PathBuf);

/// Omits the content, which is private.
impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut output = f.debug_struct("NewFile");
        if let Source::Path(path) = &self.source {
            output.field("path", path);
        }
        output
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn open_error(file: NewFile) -> String {
        let error = file.open("file").await.map(|_| ()).unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        let shown = error.to_string();
        assert!(shown.contains("`file`"), "{shown}");
        shown
    }

    #[tokio::test]
    async fn open_error_names_the_path() {
        let shown = open_error("no-such-directory/a.jpg".into()).await;
        assert!(shown.contains("no-such-directory/a.jpg"), "{shown}");
        let shown = open_error(env!("CARGO_MANIFEST_DIR").into()).await;
        assert!(shown.contains("is a directory"), "{shown}");
        for path in ["", "/", ".."] {
            let shown = open_error(path.into()).await;
            assert!(shown.contains("has no file name"), "{shown}");
        }
    }

    #[tokio::test]
    async fn rejects_names_that_are_empty_or_have_control_characters() {
        let directories = [
            ".", "..", "../..", "a/..", "/", "\\\\", "a\\..", "C:", "C:\\",
        ];
        let names = ["", "  ", "a\r\nb.jpg", "a\0.jpg", "\n", "a/\n"];
        for name in names.into_iter().chain(directories) {
            open_error(NewFile::from_bytes(name, "")).await;
            open_error(NewFile::from_reader(name, tokio::io::empty())).await;
            open_error(NewFile::from("Cargo.toml").with_name(name)).await;
        }
    }

    #[tokio::test]
    async fn only_the_last_component_of_a_name_is_used() {
        for (name, expected) in [
            ("../../x.jpg", "x.jpg"),
            ("/etc/passwd", "passwd"),
            (r"C:\dir\x.jpg", "x.jpg"),
            (r"..\..\x.jpg", "x.jpg"),
            (r"a/b\c/d.jpg", "d.jpg"),
            ("dir/x.jpg/", "x.jpg"),
            ("C:x.jpg", "x.jpg"),
            ("12:30.jpg", "12:30.jpg"),
            ("...jpg", "...jpg"),
            (" x .jpg", " x .jpg"),
        ] {
            let file = NewFile::from_bytes(name, "").open("file").await.unwrap();
            assert_eq!(file.name, expected, "{name}");
            let file = NewFile::from("Cargo.toml").with_name(name);
            assert_eq!(file.open("file").await.unwrap().name, expected, "{name}");
        }
        let file = NewFile::from("./src/../Cargo.toml").open("file").await;
        assert_eq!(file.unwrap().name, "Cargo.toml");
    }

    #[tokio::test]
    async fn extension_determines_media_type() {
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
    fn debug_omits_content() {
        let file = NewFile::from_bytes("a.txt", "canary");
        let shown = format!("{file:?}");
        assert!(shown.contains("a.txt"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
