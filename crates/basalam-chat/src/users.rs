//! Users: who the token belongs to, and which messages are theirs.

mod current;
mod own;

pub use basalam_chat_api::newtypes::{HashId, UserId, VendorId};
pub use basalam_chat_api::types::{CurrentUser, Vendor};
pub use current::GetCurrentUser;
pub(crate) use own::OwnId;
