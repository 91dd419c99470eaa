//! Files: upload pictures, videos, voice recordings and other files, to attach them to messages.
//!
//! A file is first uploaded and then attached to a message:
//!
//! ```no_run
//! # use basalam_chat::{ChatId, Client};
//! # async fn run(client: Client, chat: ChatId) -> Result<(), basalam_chat::Error> {
//! let picture = client.upload_picture("parcel.jpg").await?;
//! client.create_message(chat, picture.caption("It was sent this morning.")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | upload an image, a video, a voice recording? | [`upload_picture`](crate::Client::upload_picture), [`upload_video`](crate::Client::upload_video), [`upload_voice`](crate::Client::upload_voice) |
//! | upload anything else? | [`upload_file`](crate::Client::upload_file); a [`UploadFileType`] chooses another type |
//! | upload from memory or a stream? | [`NewFile`] |
//! | send it? | [`UploadResult`] is a message, with [`caption`](UploadResult::caption) or as it is; it contains the [`UploadFileResponse`] with the [`FileId`] |
//! | add it to another message? | [`UploadResult::attachment`], an [`AttachmentFile`] |
//! | show the progress? | [`UploadFile::on_progress`] |
//! | download a file? | request its URL with any HTTP client, without the token |

mod chunks;
mod multipart;
mod new_file;
mod reader;
mod upload;
mod upload_result;

pub use basalam_chat_api::newtypes::{FileId, UploadFileType};
pub use basalam_chat_api::types::{AttachmentFile, UploadFileResponse};
pub use new_file::NewFile;
pub use upload::UploadFile;
pub use upload_result::UploadResult;
