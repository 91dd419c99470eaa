//! Files that cannot be read to their end.

use std::io::{self, Read};
use std::time::Duration;

use basalam_chat::NewFile;

use super::silent_server;

/// A reader of three bytes that then fails.
struct FailingReader(bool);

impl Read for FailingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.0, true) {
            return Err(io::Error::other("the disk is gone"));
        }
        buffer[..3].copy_from_slice(b"abc");
        Ok(3)
    }
}

#[tokio::test]
async fn read_error_is_reported() {
    let file = NewFile::from_blocking_reader("a.txt", FailingReader(false));
    let error = silent_server().upload_file(file).await.unwrap_err();
    assert!(error.is_file_read(), "{error:?}");
    assert!(!error.may_have_succeeded());
    assert_eq!(error.operation(), Some("upload_file"));
    assert!(error.to_string().contains("the disk is gone"), "{error}");
}

#[tokio::test]
async fn wrong_length_is_reported() {
    for (announced, found) in [(2, "is longer than 2"), (9, "ended after 5 of 9")] {
        let file = NewFile::from_reader("a.txt", io::Cursor::new("bytes"));
        let file = file.with_length(announced);
        let error = silent_server().upload_file(file).await.unwrap_err();
        assert!(error.is_file_read(), "{error:?}");
        assert!(error.to_string().contains(found), "{error}");
    }
}

/// An empty reader that calls a function at its first read.
struct CallbackReader<F>(Option<F>);

impl<F: FnOnce()> Read for CallbackReader<F> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        if let Some(callback) = self.0.take() {
            callback();
        }
        Ok(0)
    }
}

#[tokio::test]
async fn file_that_changes_during_the_upload_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.txt");
    for (content, found) in [
        ("grown and grown", "is longer than 5"),
        ("less", "ended after 4"),
        ("other", "was modified while"),
    ] {
        std::fs::write(&path, "bytes").unwrap();
        // The file is opened when the request is sent, and read after the thumbnail.
        let changed = path.clone();
        let thumbnail = CallbackReader(Some(move || {
            std::fs::write(&changed, content).unwrap();
            let file = std::fs::File::options().write(true).open(&changed).unwrap();
            let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1);
            file.set_modified(long_ago).unwrap();
        }));
        let error = silent_server()
            .upload_file(path.clone())
            .thumbnail(NewFile::from_blocking_reader("t.png", thumbnail))
            .await
            .unwrap_err();
        assert!(error.is_file_read(), "{error:?}");
        assert!(error.to_string().contains(found), "{error}");
    }
}
