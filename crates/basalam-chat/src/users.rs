//! Users: the token's user, and which messages they sent.

mod current;
mod identity;

pub use basalam_chat_api::newtypes::{HashId, UserId, VendorId};
pub use basalam_chat_api::types::{CurrentUser, Vendor};
pub use current::GetCurrentUser;
