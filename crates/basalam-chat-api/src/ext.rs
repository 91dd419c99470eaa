//! Hand-written methods and conversions of generated types.

mod attachment_file;
mod chat;
mod chat_kind;
mod message;
mod message_file;
mod message_kind;
mod new_button;
mod timestamp;

pub use chat_kind::ChatKind;
pub use message_kind::MessageKind;
pub use timestamp::CivilTime;
