//! All that the emulated service remembers.

pub(crate) mod chats;
pub(crate) mod messages;
pub(crate) mod users;

use std::collections::BTreeMap;

use chats::Chat;
use messages::Message;
use users::Users;

/// Where the service's numbers were seen to be.
const FIRST_CHAT_ID: i64 = 183_000_000;
const FIRST_MESSAGE_ID: i64 = 1_231_000_000;

/// All that the emulated service remembers.
pub(crate) struct State {
    pub(crate) users: Users,
    chats: BTreeMap<i64, Chat>,
    private_chats: BTreeMap<(i64, i64), i64>,
    messages: BTreeMap<i64, Message>,
    next_chat_id: i64,
    next_message_id: i64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            users: Users::default(),
            chats: BTreeMap::new(),
            private_chats: BTreeMap::new(),
            messages: BTreeMap::new(),
            next_chat_id: FIRST_CHAT_ID,
            next_message_id: FIRST_MESSAGE_ID,
        }
    }
}
