//! Transcripts as seeds, and the chats in which they are played.

use std::collections::{BTreeMap, HashMap};

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::{CUSTOMER, SELLER, Transcript, TranscriptUser, invalid};
use crate::error::Error;
use crate::seed::{ChatJson, ChatType, SeededIds};
use crate::state::State;
use crate::state::message::NewMessage;
use crate::user::NewUser;

/// A new chat with the members of a transcript.
pub(crate) struct Opened {
    pub(crate) chat_id: i64,
    /// The user ids by name.
    pub(crate) users: BTreeMap<String, i64>,
    /// The ids of the users that did not exist.
    new_user_ids: Vec<i64>,
}

impl Transcript {
    /// Adds the chat with all messages, those that were recorded included; the last one is sent now. If this fails, the
    /// state contains a part of them.
    pub(crate) fn apply(&self, state: &mut State, now: DateTime) -> Result<SeededIds, Error> {
        let opened = self.open(state, now)?;
        let total_ms = self.messages().map(|it| it.after_ms);
        let total_ms = total_ms.fold(0_u64, u64::saturating_add);
        let mut time = now.saturating_sub(milliseconds(total_ms));
        let mut ids = Vec::new();
        let mut references = HashMap::new();
        for turn in self.messages() {
            time = time.saturating_add(milliseconds(turn.after_ms));
            let message = NewMessage {
                message_type: turn.message_type().to_owned(),
                content: turn.content(),
                replied_message_id: turn
                    .reply_to
                    .as_ref()
                    .and_then(|it| references.get(it).copied()),
                forward_from: None,
            };
            let sender_id = opened.users.get(&turn.from).copied().unwrap_or_default();
            let sent_at = crate::clock::truncate_to_seconds(time);
            // The senders are members, which was checked.
            let Some(id) = state.send(opened.chat_id, sender_id, message, sent_at) else {
                continue;
            };
            if let Some(name) = &turn.reference {
                references.insert(name.clone(), id);
            }
            ids.push(id);
        }
        Ok(SeededIds {
            user_ids: opened.new_user_ids,
            bot_ids: Vec::new(),
            chat_ids: vec![opened.chat_id],
            message_ids: vec![ids],
        })
    }

    /// Adds the chat without messages, and the users that are not users of the emulator.
    pub(crate) fn open(&self, state: &mut State, now: DateTime) -> Result<Opened, Error> {
        let mut users = BTreeMap::new();
        let mut new_user_ids = Vec::new();
        for name in &self.chat.members {
            if users.contains_key(name) {
                return Err(invalid("chat.members", format!("{name:?} is listed twice")));
            }
            let existing = self.existing_user(name, state);
            let id = existing.unwrap_or_else(|| {
                let id = add_user(state, name, self.users.get(name));
                new_user_ids.push(id);
                id
            });
            users.insert(name.clone(), id);
        }
        let member_ids = self
            .chat
            .members
            .iter()
            .filter_map(|it| users.get(it).copied());
        let chat = ChatJson {
            title: self.chat.title.clone(),
            description: self.chat.description.clone(),
            ..ChatJson::new(self.chat.chat_type, member_ids.collect())
        };
        let chat = chat.to_chat().and_then(|it| it.apply(state, now));
        let chat_id = chat.map_err(|error| invalid("chat", error))?;
        Ok(Opened {
            chat_id,
            users,
            new_user_ids,
        })
    }

    /// Returns the id of the user that a name stands for. The customer stands for a new user if it has another name than
    /// that of the emulator, or if the private chat with the seller exists: two users can have only one.
    fn existing_user(&self, name: &str, state: &State) -> Option<i64> {
        let (seller_id, customer_id) = state.default_users?;
        let is_private = self.chat.chat_type == ChatType::Private;
        match name {
            SELLER => Some(seller_id),
            CUSTOMER if is_private && state.private_chat_id(seller_id, customer_id).is_some() => {
                None
            }
            CUSTOMER => {
                let shown = self.users.get(name).map(|it| it.name.as_str());
                let customer = state.users.by_id(customer_id);
                customer
                    .filter(|it| Some(it.name.as_str()) == shown)
                    .map(|it| it.id)
            }
            _ => None,
        }
    }
}

fn add_user(state: &mut State, name: &str, user: Option<&TranscriptUser>) -> i64 {
    let shown = user.map_or(name, |it| it.name.as_str()).to_owned();
    let mut new = NewUser::new(shown);
    new.vendor = user.and_then(|it| it.vendor.clone());
    state.users.add_without_ids(new).id
}

fn milliseconds(milliseconds: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
