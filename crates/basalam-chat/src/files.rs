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
