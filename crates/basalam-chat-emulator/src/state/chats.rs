//! The chats of the service.

use jiff::civil::DateTime;

use super::State;
use super::chat::{Chat, ChatKind, ChatTimes, Member};
use crate::error::Error;

/// The maximum that the document allows in a path.
const MAX_CHAT_ID: i64 = 9_999_999_999;

impl State {
    pub(crate) fn chat(&self, id: i64) -> Option<&Chat> {
        self.chats.get(&id)
    }

    /// Returns all chats, by id.
    pub(crate) fn chats(&self) -> impl Iterator<Item = &Chat> {
        self.chats.values()
    }

    /// Returns a chat if `user_id` is a member and has not deleted it.
    pub(crate) fn chat_of(&self, id: i64, user_id: i64) -> Option<&Chat> {
        self.chat(id).filter(|chat| chat.member(user_id).is_some())
    }

    /// Like [`State::chat_of`], but returns an error if the user is not a member.
    pub(crate) fn require_chat_of(&self, id: i64, user_id: i64) -> Result<&Chat, Error> {
        self.chat_of(id, user_id)
            .ok_or_else(|| not_a_member(id, user_id))
    }

    /// Returns the chats of a user, by id.
    pub(crate) fn chats_of(&self, user_id: i64) -> impl Iterator<Item = &Chat> {
        let ids = self.chats_by_member.get(&user_id);
        ids.into_iter()
            .flatten()
            .filter_map(move |id| self.chat_of(*id, user_id))
    }

    pub(crate) fn private_chat_id(&self, one: i64, other: i64) -> Option<i64> {
        self.private_chats.get(&pair(one, other)).copied()
    }

    /// Returns the id of the private chat of `user_id` with another user. Creates the chat if
    /// needed, and restores it if `user_id` deleted it.
    pub(crate) fn open_private_chat(&mut self, user_id: i64, other: i64, now: DateTime) -> i64 {
        if let Some(id) = self.private_chat_id(user_id, other) {
            if let Some(chat) = self.chats.get_mut(&id) {
                chat.set_deleted(user_id, false);
                self.changes.mark(id);
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

    /// Deletes a chat for `user_id` only. Returns `false` if the user has no such chat.
    pub(crate) fn delete_chat_for(&mut self, id: i64, user_id: i64) -> bool {
        self.changes.mark(id);
        let exists = self.chat_of(id, user_id).is_some();
        let chat = self.chats.get_mut(&id);
        exists && chat.is_some_and(|chat| chat.set_deleted(user_id, true))
    }

    /// Sets the id of the next chat.
    pub(crate) fn set_next_chat_id(&mut self, id: i64) -> Result<(), Error> {
        if !(1..=MAX_CHAT_ID).contains(&id) {
            return Err(Error::invalid_argument(format!(
                "the chat id {id} is out of range; use 1 to {MAX_CHAT_ID}"
            )));
        }
        if self.chats.contains_key(&id) {
            return Err(Error::invalid_argument(format!(
                "the chat id {id} is taken; set another id or none"
            )));
        }
        self.next_chat_id = id;
        Ok(())
    }

    /// Adds a chat and returns its id. Members must be distinct, and a private chat must have
    /// two members without a private chat.
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
        self.changes.mark(id);
        id
    }

    /// Deletes a chat and its messages for all members. Returns `false` if it did not exist.
    pub(crate) fn delete_chat(&mut self, id: i64) -> bool {
        let Some(chat) = self.chats.remove(&id) else {
            return false;
        };
        self.changes.mark(id);
        // Cached responses are dropped, because a later chat may have the same id and versions.
        self.response_cache.take();
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

    /// Returns the mutable timestamps of a chat and increments its version.
    pub(crate) fn chat_times_mut(&mut self, id: i64) -> Result<&mut ChatTimes, Error> {
        let chat = self.chats.get_mut(&id).ok_or_else(|| {
            Error::invalid_argument(format!("there is no chat {id}; seed it first"))
        })?;
        chat.version += 1;
        self.changes.mark(id);
        Ok(&mut chat.times)
    }
}

pub(crate) fn not_a_member(chat_id: i64, user_id: i64) -> Error {
    Error::invalid_argument(format!(
        "the user {user_id} is not a member of a chat {chat_id}; seed the chat with this member first"
    ))
}

fn pair(one: i64, other: i64) -> (i64, i64) {
    (one.min(other), one.max(other))
}

#[cfg(test)]
mod tests;
