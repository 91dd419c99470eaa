//! Messages: send, list, edit, forward and delete.

mod call_start;
mod create;
mod cursor;
mod delete;
mod edit;
mod find_sent;
mod follower;
mod forward;
pub(crate) mod idempotency_key;
mod list;
mod new_message;
mod new_messages;
mod page;
mod pager;
mod similarity;
mod unconfirmed;

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
pub use edit::{EditMessage, MessageEdit};
pub use find_sent::{Delivery, FindSentMessage};
pub use follower::Follower;
pub use forward::ForwardMessage;
pub use list::GetMessages;
pub use new_message::NewMessage;
pub use page::MessagePage;
pub use pager::{MessagePages, MessageStream};
pub use unconfirmed::UnconfirmedMessage;
