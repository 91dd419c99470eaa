//! All that the emulated service remembers.

pub(crate) mod bots;
pub(crate) mod chats;
pub(crate) mod files;
pub(crate) mod membership;
pub(crate) mod messages;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod written;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::error::Error;
use crate::oauth::OAuthClient;
use bots::Bots;
use chats::Chat;
use files::Files;
use messages::Message;
use tokens::Tokens;
use users::Users;
use written::Written;

/// Where the service's numbers were seen to be.
const FIRST_CHAT_ID: i64 = 183_000_000;
const FIRST_MESSAGE_ID: i64 = 1_231_000_000;

/// All that the emulated service remembers.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) users: Users,
    pub(crate) bots: Bots,
    pub(crate) files: Files,
    pub(crate) tokens: Tokens,
    chats: BTreeMap<i64, Chat>,
    chats_by_member: BTreeMap<i64, BTreeSet<i64>>,
    private_chats: BTreeMap<(i64, i64), i64>,
    /// Handlers read the state while they write answers.
    pub(crate) written: RefCell<Written>,
    /// Shared with copies of the state, and out of the map: its nodes stay half empty
    /// where ids only ever grow.
    messages: BTreeMap<i64, Arc<Message>>,
    next_chat_id: i64,
    next_message_id: i64,
    /// 0 before the first.
    last_message_id: i64,
}

impl State {
    /// Adds an OAuth client, whose user must be there.
    pub(crate) fn add_oauth_client(&mut self, client: OAuthClient) -> Result<(), Error> {
        if let Some(id) = client.user_id
            && self.users.by_id(id).is_none()
        {
            return Err(Error::argument(format!(
                "no user has the id {id}; add one first"
            )));
        }
        self.tokens.add_client(client)
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            users: Users::default(),
            bots: Bots::default(),
            files: Files::default(),
            tokens: Tokens::default(),
            chats: BTreeMap::new(),
            chats_by_member: BTreeMap::new(),
            private_chats: BTreeMap::new(),
            written: RefCell::default(),
            messages: BTreeMap::new(),
            next_chat_id: FIRST_CHAT_ID,
            next_message_id: FIRST_MESSAGE_ID,
            last_message_id: 0,
        }
    }
}
