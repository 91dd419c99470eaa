//! Watching chats and answering. The first bot is the example `answering_bot` of `basalam-chat`.

pub mod logins;
pub mod shutdown;
pub mod stream;
