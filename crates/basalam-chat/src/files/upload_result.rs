//! An uploaded file, and the message that shows it.

use std::ops::Deref;

use serde::Serialize;

use super::{AttachmentFile, UploadFileResponse, UploadFileType};
use crate::{Error, ErrorKind, MessageType, NewMessage};

/// An uploaded file.
///
/// Dereferences to its [`UploadFileResponse`]: `upload.id` is the id of the file. It converts to a
/// [`NewMessage`]; [`caption`](UploadResult::caption) adds a text. Its file type determines the message
/// type: picture, video, voice, or file for everything else.
///
/// It serializes as an object with the fields `file`, as the service wrote it, `file_type`, `name` and `url`.
///
/// # Examples
///
/// ```no_run
/// # use basalam_chat::{ChatId, Client, MessageType, NewMessage};
/// # async fn run(client: Client, chat: ChatId) -> Result<(), basalam_chat::Error> {
/// let receipt = client.upload_file("receipt.pdf").await?;
/// client.create_message(chat, receipt).await?;
///
/// let front = client.upload_picture("front.jpg").await?;
/// let back = client.upload_picture("back.jpg").await?;
/// let both = front.caption("From both sides").with_file(back.attachment());
/// client.create_message(chat, both).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UploadResult {
    /// The response of the service.
    pub file: UploadFileResponse,
    /// The type that the file was uploaded as.
    pub file_type: UploadFileType,
    /// The file name that was sent.
    pub name: String,
    url: String,
}

impl UploadResult {
    /// Fails if the response has no URL of the file.
    pub(super) fn new(
        file: UploadFileResponse,
        file_type: UploadFileType,
        name: String,
    ) -> Result<UploadResult, Error> {
        let Some(url) = find_url(&file) else {
            return Err(Error::file_without_url(&file));
        };
        Ok(UploadResult {
            url: url.to_owned(),
            file,
            file_type,
            name,
        })
    }

    /// The URL of the file: `url`, or else `primary` or `original` of `urls` (certain that each of them
    /// occurs, from the vendor's documentation and a live integration).
    ///
    /// Unknown: how long it stays valid.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the file as an attachment of a message, with the file name that was sent.
    ///
    /// The attachment has no `type`: the contract allows a single value, which fits none of these files.
    pub fn attachment(&self) -> AttachmentFile {
        let mut attachment = AttachmentFile::new(self.file.id, self.url.clone());
        attachment.name = Some(self.name.clone());
        attachment.width = self.file.width;
        attachment.height = self.file.height;
        attachment.size = self.file.size;
        attachment.duration = self.file.duration.and_then(round_up);
        attachment
    }

    /// Returns a message that shows the file, with a text.
    pub fn caption(self, text: impl Into<String>) -> NewMessage {
        NewMessage::from(self).with_text(text)
    }

    fn message_type(&self) -> MessageType {
        match self.file_type {
            UploadFileType::ChatPhoto => MessageType::Picture,
            UploadFileType::ChatVideo => MessageType::Video,
            UploadFileType::ChatVoice => MessageType::Voice,
            _ => MessageType::File,
        }
    }
}

fn find_url(file: &UploadFileResponse) -> Option<&str> {
    let variant = |name| file.urls.as_ref()?.get(name);
    let candidates = [file.url.as_ref(), variant("primary"), variant("original")];
    let mut urls = candidates.into_iter().flatten();
    urls.find(|url| !url.is_empty()).map(String::as_str)
}

/// Rounds a duration up to an integer, as the attachment requires, in the same unit.
fn round_up(duration: f64) -> Option<i64> {
    let rounded = duration.ceil();
    // Below 2^53 a double represents every integer exactly.
    (0.0..9_007_199_254_740_992.0)
        .contains(&rounded)
        .then_some(rounded as i64)
}

impl Deref for UploadResult {
    type Target = UploadFileResponse;

    fn deref(&self) -> &UploadFileResponse {
        &self.file
    }
}

impl From<UploadResult> for NewMessage {
    fn from(upload: UploadResult) -> NewMessage {
        NewMessage::new(upload.message_type()).with_file(upload.attachment())
    }
}

impl From<UploadResult> for AttachmentFile {
    fn from(upload: UploadResult) -> AttachmentFile {
        upload.attachment()
    }
}

impl From<&UploadResult> for AttachmentFile {
    fn from(upload: &UploadResult) -> AttachmentFile {
        upload.attachment()
    }
}

impl Error {
    fn file_without_url(file: &UploadFileResponse) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!(
                "the file was stored with the id {}, but the response has no URL for it",
                file.id
            ),
            "a message cannot show the file without its URL",
        )
        .with_attempts(1)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn upload(file: Value, file_type: UploadFileType) -> Result<UploadResult, Error> {
        let file = serde_json::from_value(file).unwrap();
        UploadResult::new(file, file_type, "مرسوله.jpg".to_owned())
    }

    #[test]
    fn url_falls_back_to_primary_and_original() {
        for (file, url) in [
            (
                json!({ "id": 1, "url": "u", "urls": { "primary": "p" } }),
                "u",
            ),
            (
                json!({ "id": 1, "url": null, "urls": { "original": "o", "primary": "p" } }),
                "p",
            ),
            (
                json!({ "id": 1, "url": "", "urls": { "original": "o" } }),
                "o",
            ),
        ] {
            let upload = upload(file, UploadFileType::ChatPhoto).unwrap();
            assert_eq!(upload.url(), url);
            assert_eq!(upload.attachment().url, url);
        }
    }

    #[test]
    fn file_without_url_is_a_decode_error_with_its_id() {
        for file in [
            json!({ "id": 71 }),
            json!({ "id": 71, "url": null, "urls": { "x": "y" } }),
        ] {
            let error = upload(file, UploadFileType::ChatPhoto).unwrap_err();
            assert!(error.is_decode());
            assert!(error.to_string().contains("with the id 71"), "{error}");
        }
    }

    #[test]
    fn attachment_copies_properties_except_type() {
        let file = json!({
            "id": 71, "file_name": "abc.jpg", "type": "image", "width": 800, "height": 600,
            "size": 48_211, "duration": 2.25, "url": "https://example.com/a.jpg",
        });
        let attachment = upload(file, UploadFileType::ChatVideo)
            .unwrap()
            .attachment();
        let expected = json!({
            "id": 71, "url": "https://example.com/a.jpg", "name": "مرسوله.jpg", "width": 800,
            "height": 600, "size": 48_211, "duration": 3,
        });
        assert_eq!(serde_json::to_value(attachment).unwrap(), expected);
    }

    #[test]
    fn file_type_determines_message_type() {
        for (file_type, message_type) in [
            (UploadFileType::ChatPhoto, MessageType::Picture),
            (UploadFileType::ChatVideo, MessageType::Video),
            (UploadFileType::ChatVoice, MessageType::Voice),
            (UploadFileType::ChatFile, MessageType::File),
            (UploadFileType::from("chat.hologram"), MessageType::File),
        ] {
            let upload = upload(json!({ "id": 1, "url": "u" }), file_type).unwrap();
            assert_eq!(upload.clone().caption("x").message_type(), &message_type);
            assert_eq!(NewMessage::from(upload).message_type(), &message_type);
        }
    }

    #[test]
    fn omits_invalid_duration() {
        for (duration, expected) in [
            (0.0, Some(0)),
            (89.1, Some(90)),
            (-1.0, None),
            (f64::NAN, None),
            (1e300, None),
        ] {
            assert_eq!(round_up(duration), expected, "{duration}");
        }
    }
}
