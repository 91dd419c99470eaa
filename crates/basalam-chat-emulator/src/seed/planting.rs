//! From the JSON of a seed to what the service remembers.

use jiff::civil::DateTime;

use super::document::{ChatType, JsonChat, JsonMessage, Seed};
use super::{SeedChat, SeedMessage};
use crate::error::Error;
use crate::state::State;
use crate::state::messages::{Content, NewMessage};

/// The numbers of what a seed has put into the service.
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
    /// Puts all of the seed into the state. Where it fails, the state has some of it.
    pub(crate) fn put_into(&self, state: &mut State, now: DateTime) -> Result<SeededIds, Error> {
        let now = self.clock.map_or(now, |it| it.0);
        let mut seeded = SeededIds::default();
        for (index, user) in self.users.iter().enumerate() {
            let user = at(format!("users[{index}]"), state.users.add(user.new_user()))?;
            seeded.user_ids.push(user.id);
        }
        for (index, bot) in self.bots.iter().enumerate() {
            let bot = at(format!("bots[{index}]"), state.bots.add(bot.new_bot()))?;
            seeded.bot_ids.push(bot.id);
        }
        for (index, client) in self.oauth_clients.iter().enumerate() {
            let added = state.add_oauth_client(client.client());
            at(format!("oauth_clients[{index}]"), added)?;
        }
        for (index, chat) in self.chats.iter().enumerate() {
            let path = format!("chats[{index}]");
            let put = chat.seed_chat().and_then(|it| it.put_into(state, now));
            let chat_id = at(path.clone(), put)?;
            seeded.chat_ids.push(chat_id);
            seeded
                .message_ids
                .push(chat.put_messages(chat_id, &path, state, now)?);
        }
        Ok(seeded)
    }
}

impl JsonChat {
    fn seed_chat(&self) -> Result<SeedChat, Error> {
        let members = self.members.clone();
        let title = || {
            self.title.clone().ok_or_else(|| {
                Error::argument("a chat that is not private needs a `title`; give one")
            })
        };
        let mut chat = match self.chat_type {
            ChatType::Private => match (members.as_slice(), &self.title) {
                (&[one, other], None) => SeedChat::private(one, other),
                (_, Some(_)) => {
                    return Err(Error::argument(
                        "a private chat has no `title`; leave it out",
                    ));
                }
                _ => return Err(Error::argument("a private chat has two members; name both")),
            },
            ChatType::Group => SeedChat::group(title()?, members),
            ChatType::Channel => SeedChat::channel(title()?, members),
            ChatType::Bot => SeedChat::bot(title()?, members),
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
        if let Some(yes) = self.verified {
            chat = chat.verified(yes);
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

    /// Sends the messages, and sets what sending has moved but the seed names.
    fn put_messages(
        &self,
        chat_id: i64,
        path: &str,
        state: &mut State,
        now: DateTime,
    ) -> Result<Vec<i64>, Error> {
        let mut ids = Vec::new();
        for (index, message) in self.messages.iter().enumerate() {
            let sent = message
                .seed_message()
                .send(state, chat_id, message.from, now);
            ids.push(at(format!("{path}.messages[{index}]"), sent)?);
        }
        for (index, user_id) in self.seen_by.iter().enumerate() {
            if state.chat_of(chat_id, *user_id).is_none() {
                return Err(Error::argument(format!(
                    "the seed is wrong at {path}.seen_by[{index}]: the user {user_id} is no member of the chat; name one"
                )));
            }
            state.mark_seen(chat_id, *user_id, now);
        }
        if let Some(times) = state.chat_times_mut(chat_id) {
            if let Some(time) = self.updated_at {
                times.updated_at = time.0;
            }
            if let Some(time) = self.modified_at {
                times.modified_at = time.map(|it| it.0);
            }
        }
        Ok(ids)
    }
}

impl JsonMessage {
    fn seed_message(&self) -> SeedMessage {
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
        }
    }
}

/// Says where in the seed something is wrong.
fn at<T>(path: String, result: Result<T, Error>) -> Result<T, Error> {
    result.map_err(|error| Error::argument(format!("the seed is wrong at {path}: {error}")))
}
