//! Chats and messages that tests put into the service without HTTP.

mod chat;
mod message;

pub use chat::SeedChat;
pub use message::SeedMessage;
