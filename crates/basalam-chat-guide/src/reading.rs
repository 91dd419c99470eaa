//! Reading chats and messages.

pub mod chats;
pub mod follow;
pub mod history;
pub mod page;
pub mod times;
