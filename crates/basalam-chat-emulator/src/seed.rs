//! Chats and messages that tests put into the service without HTTP.

mod chat;
pub(crate) mod document;
mod message;
mod planting;

pub use chat::SeedChat;
pub(crate) use document::Seed;
pub use message::SeedMessage;
pub use planting::SeededIds;
