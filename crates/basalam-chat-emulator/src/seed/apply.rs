//! Application of JSON seeds to the state.

use std::time::Duration;

use jiff::civil::DateTime;

use super::document::{ChatJson, ChatType, MessageJson, Seed};
use super::{SeedChat, SeedMessage};
use crate::error::Error;
use crate::state::State;
use crate::state::message::{Content, NewMessage};

/// The ids of the objects that a seed added.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SeededIds {
    /// The users, in the order of the seed.
    pub user_ids: Vec<i64>,
    /// The bots, in the order of the seed.
    pub bot_ids: Vec<i64>,
    /// The chats, in the order of the seed.
    pub chat_ids: Vec<i64>,
    /// The messages of each chat, in the order of the seed.
    pub message_ids: Vec<Vec<i64>>,
}

impl Seed {
    /// Adds the whole seed to the state. If this fails, the state contains a part of the seed.
    pub(crate) fn apply(&self, state: &mut State, now: DateTime) -> Result<SeededIds, Error> {
        let now = self.clock.map_or(now, |it| it.0);
        if let Some(transcript) = &self.transcript {
            return transcript.apply(state, now);
        }
        let mut seeded = SeededIds::default();
        for (index, user) in self.users.iter().enumerate() {
            let user = at(format!("users[{index}]"), state.users.add(user.to_user()))?;
            seeded.user_ids.push(user.id);
        }
        for (index, bot) in self.bots.iter().enumerate() {
            let bot = at(format!("bots[{index}]"), state.bots.add(bot.to_bot()))?;
            seeded.bot_ids.push(bot.id);
        }
        for (index, client) in self.oauth_clients.iter().enumerate() {
            let added = state.add_oauth_client(client.to_client());
            at(format!("oauth_clients[{index}]"), added)?;
        }
        for (index, chat) in self.chats.iter().enumerate() {
            let path = format!("chats[{index}]");
            let added = chat.to_chat().and_then(|it| it.apply(state, now));
            let chat_id = at(path.clone(), added)?;
            seeded.chat_ids.push(chat_id);
            let message_ids = chat.apply_messages(chat_id, &path, state, now)?;
            seeded.message_ids.push(message_ids);
        }
        Ok(seeded)
    }
}

impl ChatJson {
    pub(crate) fn to_chat(&self) -> Result<SeedChat, Error> {
        let member_ids = self.member_ids.clone();
        let title = || {
            self.title.clone().ok_or_else(|| {
                Error::invalid_argument("a group, channel or bot chat needs a `title`; set one")
            })
        };
        let mut chat = match self.chat_type {
            ChatType::Private => match (member_ids.as_slice(), &self.title) {
                (&[one, other], None) => SeedChat::private(one, other),
                (_, Some(_)) => {
                    return Err(Error::invalid_argument(
                        "a private chat has no `title`; leave it out",
                    ));
                }
                _ => {
                    return Err(Error::invalid_argument(
                        "a private chat has two members; set both in `member_ids`",
                    ));
                }
            },
            ChatType::Group => SeedChat::group(title()?, member_ids),
            ChatType::Channel => SeedChat::channel(title()?, member_ids),
            ChatType::Bot => SeedChat::bot(title()?, member_ids),
        };
        if let Some(id) = self.id {
            chat = chat.id(id);
        }
        if let Some(text) = &self.description {
            chat = chat.description(text);
        }
        if let Some(url) = &self.avatar {
            chat = chat.avatar(url);
        }
        if let Some(link) = &self.link {
            chat = chat.link(link);
        }
        if let Some(verified) = self.verified {
            chat = chat.verified(verified);
        }
        if let Some(count) = self.members_count {
            chat = chat.members_count(count);
        }
        if let Some(time) = self.created_at {
            chat = chat.created_at(time.0);
        }
        if let Some(time) = self.updated_at {
            chat = chat.updated_at(time.0);
        }
        if let Some(time) = self.modified_at {
            chat = chat.modified_at(time.map(|it| it.0));
        }
        Ok(chat)
    }

    /// Adds the messages, and restores the explicit times that they changed.
    fn apply_messages(
        &self,
        chat_id: i64,
        path: &str,
        state: &mut State,
        now: DateTime,
    ) -> Result<Vec<i64>, Error> {
        let mut ids = Vec::new();
        for (index, message) in self.messages.iter().enumerate() {
            let sent = message
                .to_message()
                .apply(state, chat_id, message.sender_id, now);
            ids.push(at(format!("{path}.messages[{index}]"), sent)?);
        }
        for (index, user_id) in self.seen_by.iter().enumerate() {
            let member = state.require_chat_of(chat_id, *user_id).map(drop);
            at(format!("{path}.seen_by[{index}]"), member)?;
            state.mark_seen(chat_id, *user_id, now);
        }
        let times = state.chat_times_mut(chat_id)?;
        if let Some(time) = self.updated_at {
            times.updated_at = time.0;
        }
        if let Some(time) = self.modified_at {
            times.modified_at = time.map(|it| it.0);
        }
        Ok(ids)
    }
}

impl MessageJson {
    fn to_message(&self) -> SeedMessage {
        let message_type = self.message_type.as_deref().unwrap_or("text");
        SeedMessage {
            id: self.id,
            message: NewMessage {
                message_type: message_type.to_owned(),
                content: Content {
                    text: self.text.clone(),
                    entity_id: self.entity_id,
                    files: self.files.clone(),
                    metadata: self.metadata.clone(),
                    reply_markup: self.reply_markup.clone(),
                },
                replied_message_id: self.replied_message_id,
                forward_from: self.forward_from,
            },
            created_at: self.created_at.map(|it| it.0),
            visible_after: Duration::from_secs(self.visible_after_seconds),
        }
    }
}

/// Adds the JSON path to an error.
fn at<T>(path: String, result: Result<T, Error>) -> Result<T, Error> {
    result
        .map_err(|error| Error::invalid_argument(format!("the seed is invalid at {path}: {error}")))
}
