//! Messages: sending and reading.

mod create;
mod list;
mod new_message;

pub use basalam_chat_api::scalars::{
    ButtonId, ButtonType, Comparison, EntityId, FileId, MessageId, MessageType, QuickMessageId,
    SortOrder,
};
pub use basalam_chat_api::types::{
    Attachment, AttachmentFile, Button, Link, Message, MessageContent, MessageFile, NewButton,
    RepliedMessage, Sender, Vendor,
};
pub use create::CreateMessage;
pub use list::{GetMessages, MessagePage};
pub use new_message::NewMessage;
