//! A chat from the side of each of its members.

use jiff::civil::DateTime;

use super::chats::{Chat, ChatKind};

/// A chat from the side of one member.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) user_id: i64,
    pub(crate) last_seen_id: Option<i64>,
    pub(crate) unseen_count: i64,
    /// Whether the member has deleted the chat, for themselves alone.
    pub(super) has_deleted: bool,
}

impl Member {
    pub(super) fn new(user_id: i64) -> Self {
        Self {
            user_id,
            last_seen_id: None,
            unseen_count: 0,
            has_deleted: false,
        }
    }

    fn has_seen(&self, message_id: i64) -> bool {
        self.last_seen_id.is_some_and(|last| message_id <= last)
    }
}

impl Chat {
    /// The side of `user_id`, where that user is a member and has not deleted it.
    pub(crate) fn member(&self, user_id: i64) -> Option<&Member> {
        self.members
            .iter()
            .find(|it| it.user_id == user_id && !it.has_deleted)
    }

    /// The side of the other member, in a private chat.
    pub(crate) fn contact_of(&self, user_id: i64) -> Option<&Member> {
        let mut others = self.members.iter().filter(|it| it.user_id != user_id);
        let other = others.next();
        other.filter(|_| matches!(self.kind, ChatKind::Private))
    }

    pub(crate) fn member_count(&self) -> usize {
        self.members.len()
    }

    /// The member who made the chat.
    pub(crate) fn owner_id(&self) -> Option<i64> {
        self.members.first().map(|it| it.user_id)
    }

    pub(crate) fn has_unseen(&self, user_id: i64) -> bool {
        self.member(user_id).is_some_and(|it| it.unseen_count > 0)
    }

    /// Takes in a message that `sender_id` has just written. Whoever had deleted the
    /// chat has it again.
    pub(super) fn take_message(&mut self, id: i64, sender_id: i64, now: DateTime) {
        self.version += 1;
        self.message_ids.push(id);
        self.times.updated_at = now;
        self.times.modified_at = Some(now);
        for member in &mut self.members {
            member.has_deleted = false;
            if member.user_id == sender_id {
                member.last_seen_id = Some(id);
            } else {
                member.unseen_count += 1;
            }
        }
    }

    /// Lets go of a message that `sender_id` wrote.
    pub(super) fn lose_message(&mut self, id: i64, sender_id: i64) {
        self.version += 1;
        if let Ok(index) = self.message_ids.binary_search(&id) {
            self.message_ids.remove(index);
        }
        for member in &mut self.members {
            if member.user_id != sender_id && !member.has_seen(id) {
                member.unseen_count -= 1;
            }
        }
    }

    /// Moves the seen mark of `user_id` to the end, and gives the ids it passed over.
    pub(super) fn mark_seen(&mut self, user_id: i64) -> Vec<i64> {
        self.version += 1;
        let last = self.message_ids.last().copied();
        let members = &mut self.members;
        let Some(member) = members.iter_mut().find(|it| it.user_id == user_id) else {
            return Vec::new();
        };
        let before = member.last_seen_id;
        // The last message may be an older one than was seen, which was deleted since.
        member.last_seen_id = last.max(before);
        member.unseen_count = 0;
        let first_passed = self
            .message_ids
            .partition_point(|id| before.is_some_and(|before| *id <= before));
        self.message_ids[first_passed..].to_vec()
    }

    /// Says whether `user_id` has deleted the chat for themselves, and tells whether
    /// they are a member.
    pub(super) fn set_deleted(&mut self, user_id: i64, deleted: bool) -> bool {
        let member = self.members.iter_mut().find(|it| it.user_id == user_id);
        if let Some(member) = member {
            member.has_deleted = deleted;
            self.version += 1;
            return true;
        }
        false
    }
}
