//! A chat and its members.

use jiff::civil::DateTime;

/// A stored chat.
#[derive(Clone)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    pub(crate) kind: ChatKind,
    pub(crate) times: ChatTimes,
    /// Sorted ascending.
    pub(crate) message_ids: Vec<i64>,
    /// Incremented by every change except those of messages.
    pub(crate) version: u64,
    pub(super) members: Vec<Member>,
}

/// The timestamps of a chat.
#[derive(Clone, Copy)]
pub(crate) struct ChatTimes {
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
    /// Nullable in the contract.
    pub(crate) modified_at: Option<DateTime>,
}

/// The type of a chat.
#[derive(Clone, Debug)]
pub(crate) enum ChatKind {
    Private,
    Group(Profile),
    Channel(Profile),
    Bot(Profile),
}

/// The profile of a chat that is not private.
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
    /// Returns the value of `chat_type`.
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

/// A member of a chat and what they have seen of it.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) user_id: i64,
    pub(crate) last_seen_id: Option<i64>,
    pub(crate) unseen_count: i64,
    /// Set if the member deleted the chat for themselves.
    pub(super) is_deleted: bool,
}

impl Member {
    pub(super) fn new(user_id: i64) -> Self {
        Self {
            user_id,
            last_seen_id: None,
            unseen_count: 0,
            is_deleted: false,
        }
    }

    pub(crate) fn has_seen(&self, message_id: i64) -> bool {
        self.last_seen_id.is_some_and(|last| message_id <= last)
    }
}

impl Chat {
    /// Returns the member with this user id, unless they deleted the chat.
    pub(crate) fn member(&self, user_id: i64) -> Option<&Member> {
        self.members
            .iter()
            .find(|it| it.user_id == user_id && !it.is_deleted)
    }

    /// Returns the other member of a private chat.
    pub(crate) fn contact_of(&self, user_id: i64) -> Option<&Member> {
        let mut others = self.members.iter().filter(|it| it.user_id != user_id);
        let other = others.next();
        other.filter(|_| matches!(self.kind, ChatKind::Private))
    }

    /// Returns the user ids of all members, including those who deleted the chat.
    pub(crate) fn member_ids(&self) -> impl Iterator<Item = i64> {
        self.members.iter().map(|it| it.user_id)
    }

    /// Returns all members, including those who deleted the chat.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    pub(crate) fn member_count(&self) -> usize {
        self.members.len()
    }

    /// Returns the user who created the chat.
    pub(crate) fn owner_id(&self) -> Option<i64> {
        self.members.first().map(|it| it.user_id)
    }

    pub(crate) fn has_unseen(&self, user_id: i64) -> bool {
        self.member(user_id).is_some_and(|it| it.unseen_count > 0)
    }

    /// Adds a message. Members who deleted the chat get it back. The time of one that became visible late may be
    /// earlier than those of the chat, which do not move back.
    pub(super) fn add_message(&mut self, id: i64, sender_id: i64, sent_at: DateTime) {
        self.version += 1;
        let index = self.message_ids.partition_point(|it| *it < id);
        let is_last = index == self.message_ids.len();
        self.message_ids.insert(index, id);
        if is_last || self.times.updated_at < sent_at {
            self.times.updated_at = sent_at;
            self.times.modified_at = Some(sent_at);
        }
        for member in &mut self.members {
            member.is_deleted = false;
            if member.user_id == sender_id {
                member.last_seen_id = member.last_seen_id.max(Some(id));
            } else {
                member.unseen_count += 1;
            }
        }
    }

    /// Removes a message of `sender_id`.
    pub(super) fn remove_message(&mut self, id: i64, sender_id: i64) {
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

    /// Marks all messages as seen by `user_id` and returns the ids of the new ones.
    pub(super) fn mark_seen(&mut self, user_id: i64) -> Vec<i64> {
        self.version += 1;
        let last = self.message_ids.last().copied();
        let members = &mut self.members;
        let Some(member) = members.iter_mut().find(|it| it.user_id == user_id) else {
            return Vec::new();
        };
        let before = member.last_seen_id;
        // The last seen message may have been deleted since, so never move backwards.
        member.last_seen_id = last.max(before);
        member.unseen_count = 0;
        let first_new = self
            .message_ids
            .partition_point(|id| before.is_some_and(|before| *id <= before));
        self.message_ids[first_new..].to_vec()
    }

    /// Sets whether `user_id` deleted the chat for themselves. Returns `false` if they are not
    /// a member.
    pub(super) fn set_deleted(&mut self, user_id: i64, deleted: bool) -> bool {
        let member = self.members.iter_mut().find(|it| it.user_id == user_id);
        if let Some(member) = member {
            member.is_deleted = deleted;
            self.version += 1;
            return true;
        }
        false
    }
}
