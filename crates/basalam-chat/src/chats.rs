//! Chats: opening, listing, counting and deleting.

mod create;
mod cursor;
mod delete;
mod list;
mod unseen_count;
mod walk;

pub use basalam_chat_api::ChatKind;
pub use basalam_chat_api::newtypes::{
    ChatFilter, ChatId, ChatOrder, ChatType, HashId, Timestamp, UserId,
};
pub use basalam_chat_api::types::{Channel, Chat, ChatBot, Contact, Group, UnseenChatCount};
pub use create::{ChatPartner, CreateChat};
pub use cursor::ChatCursor;
pub use delete::DeleteChats;
pub use list::{ChatPage, GetChats};
pub use unseen_count::GetUnseenChatCount;
pub use walk::{ChatPages, ChatStream};
