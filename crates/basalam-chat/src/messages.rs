//! Messages: sending and reading.

mod create;
mod cursor;
mod follow;
mod list;
mod new_message;
mod walk;

pub use basalam_chat_api::scalars::{
    ButtonId, ButtonType, Comparison, EntityId, FileId, Links, MessageId, MessageType,
    QuickMessageId, SortOrder,
};
pub use basalam_chat_api::types::{
    AttachmentFile, Button, Link, Message, MessageContent, MessageFile, NewButton, RepliedMessage,
    Sender, Vendor,
};
pub use create::{CreateMessage, SentMessage};
pub use cursor::{InvalidCursor, MessageCursor};
pub use follow::Follow;
pub use list::{GetMessages, MessagePage};
pub use new_message::NewMessage;
pub use walk::{MessagePages, MessageStream};
