//! Seeds: users, bots, OAuth clients, chats and messages that are added without HTTP requests.

mod apply;
mod chat;
mod document;
mod message;

pub use apply::SeededIds;
pub use chat::SeedChat;
pub(crate) use document::{ChatJson, ChatType, Seed};
pub use message::SeedMessage;
