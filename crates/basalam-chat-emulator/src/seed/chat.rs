//! Chats to seed.

use jiff::civil::DateTime;

use crate::clock::truncate_to_seconds;
use crate::error::Error;
use crate::state::State;
use crate::state::chat::{ChatKind, ChatTimes, Profile};

/// A chat for [`Emulator::seed_chat`](crate::Emulator::seed_chat).
///
/// ```
/// use basalam_chat_emulator::{Emulator, SeedChat};
/// use jiff::civil::date;
///
/// let emulator = Emulator::builder().start_blocking()?;
/// let (seller, customer) = (emulator.seller().id, emulator.customer().id);
/// let group = SeedChat::group("Neighbours", [seller, customer])
///     .description("News of the street")
///     .updated_at(date(2026, 7, 22).at(10, 28, 23, 0))
///     .modified_at(None);
/// let chat_id = emulator.seed_chat(group)?;
/// emulator.seed_messages(chat_id, seller, ["Hello, neighbours"])?;
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a chat does nothing until it is seeded"]
pub struct SeedChat {
    kind: ChatKind,
    id: Option<i64>,
    member_ids: Vec<i64>,
    created_at: Option<DateTime>,
    updated_at: Option<DateTime>,
    /// The outer `None` means not set.
    modified_at: Option<Option<DateTime>>,
    /// The first setter that does not apply to the kind of the chat.
    inapplicable: Option<&'static str>,
}

impl SeedChat {
    /// Creates the private chat of two users, who must not have one yet.
    pub fn private(one: i64, other: i64) -> Self {
        Self::new(ChatKind::Private, [one, other])
    }

    /// Creates a group; the first member is its creator.
    pub fn group(title: impl Into<String>, member_ids: impl IntoIterator<Item = i64>) -> Self {
        Self::new(ChatKind::Group(Profile::new(title.into())), member_ids)
    }

    /// Creates a channel; the first member is its owner. All members can write to it: what
    /// the service allows is unknown.
    pub fn channel(title: impl Into<String>, member_ids: impl IntoIterator<Item = i64>) -> Self {
        Self::new(ChatKind::Channel(Profile::new(title.into())), member_ids)
    }

    /// Creates a chat with a bot. To send messages as the bot, add a user for it: how the
    /// service represents a bot as a sender is unknown.
    pub fn bot(title: impl Into<String>, member_ids: impl IntoIterator<Item = i64>) -> Self {
        Self::new(ChatKind::Bot(Profile::new(title.into())), member_ids)
    }

    fn new(kind: ChatKind, member_ids: impl IntoIterator<Item = i64>) -> Self {
        Self {
            kind,
            id: None,
            member_ids: member_ids.into_iter().collect(),
            created_at: None,
            updated_at: None,
            modified_at: None,
            inapplicable: None,
        }
    }

    /// Sets the chat id, an unused id from 1 to 9999999999. Default: any unused id.
    pub fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the description of a group, channel or bot.
    pub fn description(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.update_profile("description", |it| it.description = Some(text))
    }

    /// Sets the picture URL of a group, channel or bot.
    pub fn avatar(self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.update_profile("avatar", |it| it.avatar = Some(url))
    }

    /// Sets the link of a group, channel or bot. Default: `chat-` and the chat id.
    pub fn link(self, link: impl Into<String>) -> Self {
        let link = link.into();
        self.update_profile("link", |it| it.link = Some(link))
    }

    /// Sets whether Basalam verified a group, channel or bot. Default: `false`.
    pub fn verified(self, verified: bool) -> Self {
        self.update_profile("verified", |it| it.is_verified = verified)
    }

    /// Sets the displayed member count of a group or channel. Default: the number of
    /// members.
    pub fn members_count(mut self, count: i64) -> Self {
        if matches!(self.kind, ChatKind::Bot(_)) {
            self.inapplicable.get_or_insert("members_count");
        }
        self.update_profile("members_count", |it| it.members_count = Some(count))
    }

    /// Sets the creation time, truncated to whole seconds. Default: `updated_at`.
    pub fn created_at(mut self, time: DateTime) -> Self {
        self.created_at = Some(time);
        self
    }

    /// Sets the update time, truncated to whole seconds. Default: now.
    pub fn updated_at(mut self, time: DateTime) -> Self {
        self.updated_at = Some(time);
        self
    }

    /// Sets the modification time, truncated to whole seconds, or null. Default:
    /// `updated_at`.
    pub fn modified_at(mut self, time: impl Into<Option<DateTime>>) -> Self {
        self.modified_at = Some(time.into());
        self
    }

    fn update_profile(mut self, setter: &'static str, update: impl FnOnce(&mut Profile)) -> Self {
        match self.kind.profile_mut() {
            Some(profile) => update(profile),
            None => _ = self.inapplicable.get_or_insert(setter),
        }
        self
    }

    /// Adds the chat to the state and returns its id.
    pub(crate) fn apply(self, state: &mut State, now: DateTime) -> Result<i64, Error> {
        self.check(state)?;
        let updated_at = self.updated_at.map_or(now, truncate_to_seconds);
        let modified_at = match self.modified_at {
            None => Some(updated_at),
            Some(time) => time.map(truncate_to_seconds),
        };
        let times = ChatTimes {
            created_at: self.created_at.map_or(updated_at, truncate_to_seconds),
            updated_at,
            modified_at,
        };
        if let Some(id) = self.id {
            state.set_next_chat_id(id)?;
        }
        Ok(state.add_chat(self.kind, &self.member_ids, times))
    }

    fn check(&self, state: &State) -> Result<(), Error> {
        let kind = self.kind.name();
        if let Some(setter) = self.inapplicable {
            return Err(Error::invalid_argument(format!(
                "a {kind} chat has no `{setter}`; leave it out"
            )));
        }
        if self.member_ids.is_empty() {
            return Err(Error::invalid_argument(format!(
                "the {kind} chat has no members; add one"
            )));
        }
        for (index, id) in self.member_ids.iter().enumerate() {
            state.users.require(*id)?;
            if self.member_ids[..index].contains(id) {
                return Err(Error::invalid_argument(format!(
                    "the user {id} is a member of the {kind} chat twice; list each user once"
                )));
            }
        }
        if let (ChatKind::Private, [one, other]) = (&self.kind, self.member_ids.as_slice())
            && let Some(id) = state.private_chat_id(*one, *other)
        {
            return Err(Error::invalid_argument(format!(
                "the users {one} and {other} already have the private chat {id}; use that one"
            )));
        }
        Ok(())
    }
}
