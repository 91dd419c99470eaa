//! Messages: sending, reading, changing, forwarding and deleting.

mod create;
mod cursor;
mod delete;
mod delivery;
mod edit;
mod follow;
mod forward;
mod list;
mod new_message;
mod walk;

pub use basalam_chat_api::MessageKind;
pub use basalam_chat_api::newtypes::{
    ButtonId, ButtonType, Comparison, EntityId, FileId, Links, MessageId, MessageType,
    QuickMessageId, SortOrder,
};
pub use basalam_chat_api::types::{
    AttachmentFile, Button, Link, Message, MessageContent, MessageFile, NewButton, RepliedMessage,
    Sender, Vendor,
};
pub use create::{CreateMessage, SentMessage};
pub use cursor::{InvalidCursor, MessageCursor};
pub use delete::DeleteMessage;
pub use delivery::{Delivery, FindSentMessage, UnconfirmedMessage};
pub use edit::{EditMessage, MessageEdit};
pub use follow::Follower;
pub use forward::ForwardMessage;
pub use list::{GetMessages, MessagePage};
pub use new_message::NewMessage;
pub use walk::{MessagePages, MessageStream};
