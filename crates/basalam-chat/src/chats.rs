//! Chats: create, list, count and delete.

mod create;
mod cursor;
mod delete;
mod list;
mod page;
mod pager;
mod unseen_count;

pub use basalam_chat_api::ChatKind;
pub use basalam_chat_api::newtypes::{
    ChatFilter, ChatId, ChatOrder, ChatType, HashId, Timestamp, UserId,
};
pub use basalam_chat_api::types::{Channel, Chat, ChatBot, Contact, Group, UnseenChatCount};
pub use create::{ChatPartner, CreateChat};
pub use cursor::ChatCursor;
pub use delete::DeleteChats;
pub use list::GetChats;
pub use page::ChatPage;
pub use pager::{ChatPages, ChatStream};
pub use unseen_count::GetUnseenChatCount;
