//! Seeds: users, bots, chats and messages that tests add without HTTP.

mod apply;
mod chat;
mod document;
mod message;

pub use apply::SeededIds;
pub use chat::SeedChat;
pub(crate) use document::Seed;
pub use message::SeedMessage;
