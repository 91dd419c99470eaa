//! A file that was uploaded, and the message that shows it.

use std::ops::Deref;

use super::{AttachmentFile, UploadFileResponse, UploadFileType};
use crate::{Error, MessageType, NewMessage};

/// A file that was uploaded.
///
/// Reads like the [`UploadFileResponse`] that it holds: `upload.id` is the id of the file. It becomes a message
/// by [`caption`](UploadResult::caption) or where a message is asked for, of the type that goes with what the file
/// was uploaded for: a picture, a video, a voice recording, or a file for everything else.
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
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UploadResult {
    /// The file, as the service stored it.
    pub file: UploadFileResponse,
    /// What it was uploaded for.
    pub file_type: UploadFileType,
    /// The name that it was uploaded with.
    pub name: String,
    address: String,
}

impl UploadResult {
    /// Takes a file in that has an address.
    pub(super) fn new(
        file: UploadFileResponse,
        file_type: UploadFileType,
        name: String,
    ) -> Result<UploadResult, Error> {
        let Some(address) = url(&file) else {
            return Err(Error::file_without_address(file.id));
        };
        Ok(UploadResult {
            address: address.to_owned(),
            file,
            file_type,
            name,
        })
    }

    /// The address of the file: `url`, or where that is missing `primary` and then `original` of `urls`
    /// (certain that each of them occurs, from the vendor's documentation and a live integration).
    ///
    /// Unknown: how long it stays valid.
    pub fn url(&self) -> &str {
        &self.address
    }

    /// The file as an attachment of a message, under the name that it was uploaded with.
    ///
    /// Its `type` is left out: the contract allows a single value, which none of these files has.
    pub fn attachment(&self) -> AttachmentFile {
        let mut attachment = AttachmentFile::new(self.file.id, self.address.clone());
        attachment.name = Some(self.name.clone());
        attachment.width = self.file.width;
        attachment.height = self.file.height;
        attachment.size = self.file.size;
        attachment.duration = self.file.duration.and_then(whole);
        attachment
    }

    /// A message that shows the file, with a text.
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

fn url(file: &UploadFileResponse) -> Option<&str> {
    let named = |name| file.urls.as_ref()?.get(name);
    let candidates = [file.url.as_ref(), named("primary"), named("original")];
    let mut present = candidates.into_iter().flatten();
    present
        .find(|address| !address.is_empty())
        .map(String::as_str)
}

/// A length in the unit that it came in, as an attachment takes it: whole, and to the next one where it is
/// not.
fn whole(duration: f64) -> Option<i64> {
    let rounded = duration.ceil();
    // Up to here every whole number has a value of its own.
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn upload(file: Value, file_type: UploadFileType) -> Result<UploadResult, Error> {
        let file = serde_json::from_value(file).unwrap();
        UploadResult::new(file, file_type, "مرسوله.jpg".to_owned())
    }

    #[test]
    fn the_best_address_is_taken() {
        for (file, address) in [
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
            assert_eq!(upload.url(), address);
            assert_eq!(upload.attachment().url, address);
        }
    }

    #[test]
    fn a_file_without_an_address_is_an_error_that_names_it() {
        for file in [
            json!({ "id": 71 }),
            json!({ "id": 71, "url": null, "urls": { "x": "y" } }),
        ] {
            let error = upload(file, UploadFileType::ChatPhoto).unwrap_err();
            assert!(error.is_decode());
            assert!(error.to_string().contains("stored as 71"), "{error}");
        }
    }

    #[test]
    fn the_attachment_has_what_is_known_of_the_file_and_no_type() {
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
    fn the_message_is_of_the_type_that_goes_with_the_file() {
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
    fn a_duration_that_is_no_length_is_left_out() {
        for (duration, expected) in [
            (0.0, Some(0)),
            (89.1, Some(90)),
            (-1.0, None),
            (f64::NAN, None),
            (1e300, None),
        ] {
            assert_eq!(whole(duration), expected, "{duration}");
        }
    }
}
