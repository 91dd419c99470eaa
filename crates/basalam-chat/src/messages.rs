//! Messages: send, list, edit, forward and delete.
//!
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | send a message? | [`create_message`](crate::Client::create_message) with a string or a [`NewMessage`]; it returns a [`SentMessage`] |
//! | add buttons, a reply, metadata? | the setters of [`CreateMessage`]; a [`NewButton`] has a [`ButtonType`] |
//! | send a picture, a video, a voice recording? | [`upload_picture`](crate::Client::upload_picture) and others; see [`files`](crate::files) and [`AttachmentFile`] |
//! | read the newest messages? | [`get_messages`](crate::Client::get_messages), which returns a [`MessagePage`] |
//! | read a whole history? | [`GetMessages::stream`] ([`MessageStream`]) or [`pages`](GetMessages::pages) ([`MessagePages`]); a [`MessageCursor`] resumes either, and [`InvalidCursor`] is its parse error |
//! | find out what a message contains? | [`Message::kind`], which returns a [`MessageKind`]; the fields are in [`MessageContent`], [`MessageFile`], [`Link`], [`Button`] and [`RepliedMessage`] |
//! | find out who sent it? | [`is_mine`](crate::Client::is_mine), and the [`Sender`] |
//! | get new messages of one chat? | [`follow`](crate::Client::follow), which returns a [`Follower`] |
//! | get new messages of all chats? | `Client::watch` (feature `watch`) |
//! | edit a message or a caption? | [`edit_message`](crate::Client::edit_message) with a string or a [`MessageEdit`] |
//! | delete or forward messages? | [`delete_message`](crate::Client::delete_message), [`forward_message`](crate::Client::forward_message) |
//! | avoid sending a message twice? | [`random_idempotency_key`](CreateMessage::random_idempotency_key), then [`find_sent_message`](crate::Client::find_sent_message) with the [`UnconfirmedMessage`] of the error; it returns a [`Delivery`] |
//! | mark messages as read? | Certain: the service has no operation for it. |

mod call_start;
mod create;
mod cursor;
mod delete;
mod edit;
mod find_sent;
mod follower;
mod forward;
pub(crate) mod idempotency_key;
mod list;
mod new_message;
mod new_messages;
mod page;
mod pager;
mod similarity;
mod unconfirmed;

pub use basalam_chat_api::MessageKind;
pub use basalam_chat_api::newtypes::{
    ButtonId, ButtonType, Comparison, EntityId, FileId, Links, MessageId, MessageType,
    QuickMessageId, SortOrder,
};
pub use basalam_chat_api::types::{
    AttachmentFile, Button, Link, Message, MessageContent, MessageFile, NewButton, RepliedMessage,
    Sender, Vendor,
};
pub use create::{CreateMessage, SentMessage};
pub use cursor::{InvalidCursor, MessageCursor};
pub use delete::DeleteMessage;
pub use edit::{EditMessage, MessageEdit};
pub use find_sent::{Delivery, FindSentMessage};
pub use follower::Follower;
pub use forward::ForwardMessage;
pub use list::GetMessages;
pub use new_message::NewMessage;
pub use page::MessagePage;
pub use pager::{MessagePages, MessageStream};
pub use unconfirmed::UnconfirmedMessage;
