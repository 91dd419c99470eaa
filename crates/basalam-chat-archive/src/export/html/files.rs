//! Downloaded files in an HTML export.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::directory::Directory;
use crate::attachments::{is_sha256, stored_path};
use crate::error::Error;

/// How a browser shows a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Media {
    Picture,
    Video,
    Audio,
    Other,
}

/// Copies files into the export, each content once.
pub(super) struct FileCopies {
    source: PathBuf,
    target: PathBuf,
    copied: HashMap<String, Option<(String, Media)>>,
}

impl FileCopies {
    pub(super) fn new(source: &Path, directory: &Directory) -> FileCopies {
        FileCopies {
            source: source.to_owned(),
            target: directory.path("files"),
            copied: HashMap::new(),
        }
    }

    /// Returns the number of files that were copied.
    pub(super) fn count(&self) -> u64 {
        self.copied.values().flatten().count() as u64
    }

    /// Returns the name of a file in the export, or `None` if it is missing.
    pub(super) fn copy(&mut self, sha256: &str) -> Result<Option<(String, Media)>, Error> {
        if let Some(copied) = self.copied.get(sha256) {
            return Ok(copied.clone());
        }
        if !is_sha256(sha256) {
            // Another program has written it.
            return Ok(None);
        }
        let source = stored_path(&self.source, sha256);
        let copied = match read_start(&source) {
            Ok(start) => {
                let (extension, media) = media_of(&start);
                let name = format!("{sha256}.{extension}");
                copy(&source, &self.target.join(&name))?;
                Some((name, media))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io("read", &source, error)),
        };
        self.copied.insert(sha256.to_owned(), copied.clone());
        Ok(copied)
    }
}

fn copy(source: &Path, target: &Path) -> Result<(), Error> {
    // Not a link: who edits an exported file would change the archive.
    let copied = fs::copy(source, target);
    copied
        .map(drop)
        .map_err(|error| Error::io("copy", source, error))
}

fn read_start(path: &Path) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut start)?;
    Ok(start)
}

/// Returns the extension and the media of a content. The name and the type in the message are not used, since its sender
/// chooses them: a page among the files could run scripts.
fn media_of(start: &[u8]) -> (&'static str, Media) {
    let at =
        |offset: usize, bytes: &[u8]| start.get(offset..).is_some_and(|it| it.starts_with(bytes));
    match start {
        _ if at(0, b"\xff\xd8\xff") => ("jpg", Media::Picture),
        _ if at(0, b"\x89PNG\r\n\x1a\n") => ("png", Media::Picture),
        _ if at(0, b"GIF8") => ("gif", Media::Picture),
        _ if at(0, b"BM") => ("bmp", Media::Picture),
        _ if at(0, b"RIFF") && at(8, b"WEBP") => ("webp", Media::Picture),
        _ if at(0, b"RIFF") && at(8, b"WAVE") => ("wav", Media::Audio),
        _ if at(4, b"ftypM4A") => ("m4a", Media::Audio),
        _ if at(4, b"ftyp") => ("mp4", Media::Video),
        _ if at(0, b"\x1a\x45\xdf\xa3") => ("webm", Media::Video),
        _ if at(0, b"OggS") => ("ogg", Media::Audio),
        _ if at(0, b"ID3") || at(0, b"\xff\xfb") => ("mp3", Media::Audio),
        _ if at(0, b"%PDF") => ("pdf", Media::Other),
        _ => ("bin", Media::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_how_a_file_is_shown() {
        assert_eq!(media_of(b"\xff\xd8\xff\xe0rest"), ("jpg", Media::Picture));
        assert_eq!(media_of(b"RIFF\0\0\0\0WEBP"), ("webp", Media::Picture));
        assert_eq!(media_of(b"\0\0\0\x18ftypmp42"), ("mp4", Media::Video));
        for active in [
            &b"<html>"[..],
            b"<svg onload=x>",
            b"<?xml",
            b"",
            b"#!/bin/sh",
        ] {
            assert_eq!(media_of(active), ("bin", Media::Other));
        }
    }
}
