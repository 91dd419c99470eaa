//! Chats: create, list, count and delete.
//!
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | open a chat with a user? | [`create_chat`](crate::Client::create_chat) with a [`UserId`] or a [`HashId`], which are a [`ChatPartner`] |
//! | list chats? | [`get_chats`](crate::Client::get_chats), which returns a [`ChatPage`]; a [`ChatOrder`] sorts it |
//! | list all of them? | [`GetChats::stream`] ([`ChatStream`]) or [`pages`](GetChats::pages) ([`ChatPages`]); a [`ChatCursor`] resumes either |
//! | find chats with unseen messages? | [`ChatFilter::Unseen`], and [`get_unseen_chat_count`](crate::Client::get_unseen_chat_count) for their number ([`UnseenChatCount`]) |
//! | tell private chats, groups and channels apart? | [`Chat::kind`], which returns a [`ChatKind`] with the [`Contact`], [`Group`], [`Channel`] or [`ChatBot`] |
//! | delete chats? | [`delete_chats`](crate::Client::delete_chats) |
//! | mark a chat as read, block somebody, search? | Certain: the service has no operation for it. |

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
