//! The state of the emulated service.

pub(crate) mod bots;
pub(crate) mod changes;
pub(crate) mod chat;
pub(crate) mod chats;
pub(crate) mod files;
mod late;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod response_cache;
mod secrets;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod webhooks;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::DateTime;

use crate::error::Error;
use crate::oauth::OAuthClient;
use bots::Bots;
use changes::Changes;
use chat::Chat;
use files::Files;
use message::Message;
use response_cache::ResponseCache;
use tokens::Tokens;
use users::Users;
use webhooks::Webhooks;

/// The start of the id ranges observed from the service.
const FIRST_CHAT_ID: i64 = 183_000_000;
const FIRST_MESSAGE_ID: i64 = 1_231_000_000;

/// The state of the emulated service.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) users: Users,
    pub(crate) bots: Bots,
    pub(crate) files: Files,
    pub(crate) tokens: Tokens,
    pub(crate) webhooks: Webhooks,
    pub(crate) changes: Changes,
    /// The ids of the initial seller and customer.
    pub(crate) default_users: Option<(i64, i64)>,
    chats: BTreeMap<i64, Chat>,
    chats_by_member: BTreeMap<i64, BTreeSet<i64>>,
    private_chats: BTreeMap<(i64, i64), i64>,
    /// A `RefCell`, since handlers read the state while they build responses.
    pub(crate) response_cache: RefCell<ResponseCache>,
    /// `Arc`s are shared with copies of the state. They also keep messages out of the nodes
    /// of the map, which stay half empty when keys only grow.
    messages: BTreeMap<i64, Arc<Message>>,
    next_chat_id: i64,
    next_message_id: i64,
    /// 0 before the first message.
    last_message_id: i64,
    /// When messages that are sent become visible; `None` for at once.
    visible_at: Option<DateTime>,
    /// The messages that no list contains yet, and when they become visible.
    late_messages: BTreeMap<i64, DateTime>,
}

impl State {
    /// Returns `true` for the initial seller.
    pub(crate) fn is_seller(&self, user_id: i64) -> bool {
        self.default_users.is_some_and(|it| it.0 == user_id)
    }

    /// Returns `true` for the initial customer.
    pub(crate) fn is_customer(&self, user_id: i64) -> bool {
        self.default_users.is_some_and(|it| it.1 == user_id)
    }

    /// Adds an OAuth client; its user must exist.
    pub(crate) fn add_oauth_client(&mut self, client: OAuthClient) -> Result<(), Error> {
        if let Some(id) = client.user_id {
            self.users.require(id)?;
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
            webhooks: Webhooks::default(),
            changes: Changes::default(),
            default_users: None,
            chats: BTreeMap::new(),
            chats_by_member: BTreeMap::new(),
            private_chats: BTreeMap::new(),
            response_cache: RefCell::default(),
            messages: BTreeMap::new(),
            next_chat_id: FIRST_CHAT_ID,
            next_message_id: FIRST_MESSAGE_ID,
            last_message_id: 0,
            visible_at: None,
            late_messages: BTreeMap::new(),
        }
    }
}
