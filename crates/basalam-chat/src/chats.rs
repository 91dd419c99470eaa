//! Chats: opening and listing.

mod create;
mod cursor;
mod list;
mod walk;

pub use basalam_chat_api::scalars::{
    ChatFilter, ChatId, ChatOrder, ChatType, HashId, Timestamp, UserId,
};
pub use basalam_chat_api::types::{Channel, Chat, ChatBot, Contact, Group};
pub use create::{ChatPartner, CreateChat};
pub use cursor::ChatCursor;
pub use list::{ChatPage, GetChats};
pub use walk::{ChatPages, ChatStream};
