//! Users: the token's user, and which messages they sent.
//!
//! [`get_current_user`](crate::Client::get_current_user) returns the [`CurrentUser`],
//! [`current_user_id`](crate::Client::current_user_id) the id alone, which the client remembers, and
//! [`is_mine`](crate::Client::is_mine) compares it with the sender of a message.

mod current;
mod identity;

pub use basalam_chat_api::newtypes::{HashId, UserId, VendorId};
pub use basalam_chat_api::types::{CurrentUser, Vendor};
pub use current::GetCurrentUser;
