//! Chats and who has a part in them.

use jiff::civil::DateTime;

use super::State;
use super::membership::Member;
use crate::error::Error;

/// The largest that the document takes in a path.
const MAX_CHAT_ID: i64 = 9_999_999_999;

/// A chat as the service remembers it.
#[derive(Clone)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    pub(crate) kind: ChatKind,
    pub(crate) times: ChatTimes,
    /// Sorted ascending: ids only ever grow.
    pub(crate) message_ids: Vec<i64>,
    /// Another after each change, but for those of messages.
    pub(crate) version: u64,
    pub(super) members: Vec<Member>,
}

/// When things happened to a chat.
#[derive(Clone, Copy)]
pub(crate) struct ChatTimes {
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
    /// The contract lets it be null.
    pub(crate) modified_at: Option<DateTime>,
}

/// What a chat is.
#[derive(Clone, Debug)]
pub(crate) enum ChatKind {
    Private,
    Group(Profile),
    Channel(Profile),
    Bot(Profile),
}

/// What a chat that is not private shows of itself.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) is_verified: bool,
    pub(crate) members_count: Option<i64>,
}

impl ChatKind {
    /// Names the kind as `chat_type` does.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group(_) => "group",
            Self::Channel(_) => "channel",
            Self::Bot(_) => "bot",
        }
    }

    pub(crate) fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Private => None,
            Self::Group(profile) | Self::Channel(profile) | Self::Bot(profile) => Some(profile),
        }
    }

    pub(crate) fn profile_mut(&mut self) -> Option<&mut Profile> {
        match self {
            Self::Private => None,
            Self::Group(profile) | Self::Channel(profile) | Self::Bot(profile) => Some(profile),
        }
    }
}

impl Profile {
    pub(crate) fn new(title: String) -> Self {
        Self {
            title,
            description: None,
            avatar: None,
            link: None,
            is_verified: false,
            members_count: None,
        }
    }
}

impl State {
    pub(crate) fn chat(&self, id: i64) -> Option<&Chat> {
        self.chats.get(&id)
    }

    /// Gives a chat that `user_id` is a member of and has not deleted.
    pub(crate) fn chat_of(&self, id: i64, user_id: i64) -> Option<&Chat> {
        self.chat(id).filter(|chat| chat.member(user_id).is_some())
    }

    /// Gives every chat of a user, by id.
    pub(crate) fn chats_of(&self, user_id: i64) -> impl Iterator<Item = &Chat> {
        let ids = self.chats_by_member.get(&user_id);
        ids.into_iter()
            .flatten()
            .filter_map(move |id| self.chat_of(*id, user_id))
    }

    pub(crate) fn private_chat_id(&self, one: i64, other: i64) -> Option<i64> {
        self.private_chats.get(&pair(one, other)).copied()
    }

    /// Gives the private chat that `user_id` wants with another user, and creates it
    /// where there is none. Where `user_id` had deleted it, it is back.
    pub(crate) fn private_chat(&mut self, user_id: i64, other: i64, now: DateTime) -> i64 {
        if let Some(id) = self.private_chat_id(user_id, other) {
            if let Some(chat) = self.chats.get_mut(&id) {
                chat.set_deleted(user_id, false);
            }
            return id;
        }
        let times = ChatTimes {
            created_at: now,
            updated_at: now,
            modified_at: Some(now),
        };
        self.add_chat(ChatKind::Private, &[user_id, other], times)
    }

    /// Deletes a chat for `user_id` alone; tells whether they had it.
    pub(crate) fn delete_chat_of(&mut self, id: i64, user_id: i64) -> bool {
        let had = self.chat_of(id, user_id).is_some();
        let chat = self.chats.get_mut(&id);
        had && chat.is_some_and(|chat| chat.set_deleted(user_id, true))
    }

    /// Gives the next chat this id, where it can be had.
    pub(crate) fn skip_to_chat_id(&mut self, id: i64) -> Result<(), Error> {
        if !(1..=MAX_CHAT_ID).contains(&id) {
            return Err(Error::argument(format!(
                "the id {id} of a chat is none; give one from 1 to {MAX_CHAT_ID}"
            )));
        }
        if self.chats.contains_key(&id) {
            return Err(Error::argument(format!(
                "there is a chat {id} already; give another id or none"
            )));
        }
        self.next_chat_id = id;
        Ok(())
    }

    /// Adds a chat and gives its id. The members are different users, and a private
    /// chat has two that have none yet.
    pub(crate) fn add_chat(&mut self, kind: ChatKind, member_ids: &[i64], times: ChatTimes) -> i64 {
        while self.chats.contains_key(&self.next_chat_id) {
            self.next_chat_id += 1;
        }
        let id = self.next_chat_id;
        self.next_chat_id += 1;
        for user_id in member_ids {
            self.chats_by_member.entry(*user_id).or_default().insert(id);
        }
        if let (ChatKind::Private, [one, other]) = (&kind, member_ids) {
            self.private_chats.insert(pair(*one, *other), id);
        }
        let chat = Chat {
            id,
            kind,
            times,
            message_ids: Vec::new(),
            version: 0,
            members: member_ids.iter().copied().map(Member::new).collect(),
        };
        self.chats.insert(id, chat);
        id
    }

    /// Deletes a chat and its messages for everybody; tells whether it was there.
    pub(crate) fn delete_chat(&mut self, id: i64) -> bool {
        let Some(chat) = self.chats.remove(&id) else {
            return false;
        };
        // A chat of the same number may come, with the same versions.
        self.written.take();
        for message_id in &chat.message_ids {
            self.messages.remove(message_id);
        }
        for member in &chat.members {
            if let Some(ids) = self.chats_by_member.get_mut(&member.user_id) {
                ids.remove(&id);
            }
        }
        self.private_chats.retain(|_, private| *private != id);
        true
    }

    /// Gives when things happened to a chat, to change it.
    pub(crate) fn chat_times_mut(&mut self, id: i64) -> Option<&mut ChatTimes> {
        let chat = self.chats.get_mut(&id)?;
        chat.version += 1;
        Some(&mut chat.times)
    }
}

fn pair(one: i64, other: i64) -> (i64, i64) {
    (one.min(other), one.max(other))
}

#[cfg(test)]
mod tests;
