//! Chats to put into the service.

use jiff::civil::DateTime;

use crate::error::Error;
use crate::options::whole_seconds;
use crate::state::State;
use crate::state::chats::{ChatKind, ChatTimes, Profile};

/// A chat for [`Emulator::seed_chat`](crate::Emulator::seed_chat).
///
/// ```
/// use basalam_chat_emulator::{Emulator, SeedChat};
/// use jiff::civil::date;
///
/// let emulator = Emulator::builder().start_blocking()?;
/// let (seller, customer) = (emulator.seller().id, emulator.customer().id);
/// let group = SeedChat::group("Neighbours", [seller, customer])
///     .description("What the street talks about")
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
    /// The outer `None` stands for not set.
    modified_at: Option<Option<DateTime>>,
    /// A setter that has no meaning for the kind of the chat.
    misplaced: Option<&'static str>,
}

impl SeedChat {
    /// Starts the private chat of two users, which must not have one yet.
    pub fn private(one: i64, other: i64) -> Self {
        Self::new(ChatKind::Private, [one, other])
    }

    /// Starts a group; the first member is its creator.
    pub fn group(title: impl Into<String>, member_ids: impl IntoIterator<Item = i64>) -> Self {
        Self::new(ChatKind::Group(Profile::new(title.into())), member_ids)
    }

    /// Starts a channel; the first member is its owner. Everybody may write into it:
    /// what the service allows is unknown.
    pub fn channel(title: impl Into<String>, member_ids: impl IntoIterator<Item = i64>) -> Self {
        Self::new(ChatKind::Channel(Profile::new(title.into())), member_ids)
    }

    /// Starts a chat with a bot. To let the bot write, make a user of its name a
    /// member: how the service names a bot as a sender is unknown.
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
            misplaced: None,
        }
    }

    /// Sets the number, from 1 to 9999999999, which no chat may have yet. Default: one
    /// that is free.
    pub fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    /// Describes a group, a channel or a bot.
    pub fn description(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.profiled("description", |it| it.description = Some(text))
    }

    /// Sets the address of the picture of a group, a channel or a bot.
    pub fn avatar(self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.profiled("avatar", |it| it.avatar = Some(url))
    }

    /// Sets the address or name by which a group, a channel or a bot can be found.
    /// Default: `chat-` and the number of the chat.
    pub fn link(self, link: impl Into<String>) -> Self {
        let link = link.into();
        self.profiled("link", |it| it.link = Some(link))
    }

    /// Says whether Basalam has verified a group, a channel or a bot. Default: no.
    pub fn verified(self, yes: bool) -> Self {
        self.profiled("verified", |it| it.is_verified = yes)
    }

    /// Sets the number of members that a group or a channel claims to have. Default: as
    /// many as it has.
    pub fn members_count(mut self, count: i64) -> Self {
        if matches!(self.kind, ChatKind::Bot(_)) {
            self.misplaced.get_or_insert("members_count");
        }
        self.profiled("members_count", |it| it.members_count = Some(count))
    }

    /// Sets when the chat was created, cut to whole seconds. Default: when it was
    /// updated.
    pub fn created_at(mut self, time: DateTime) -> Self {
        self.created_at = Some(time);
        self
    }

    /// Sets when the chat was updated, cut to whole seconds. Default: now.
    pub fn updated_at(mut self, time: DateTime) -> Self {
        self.updated_at = Some(time);
        self
    }

    /// Sets when the chat was modified, cut to whole seconds; `None` is null in
    /// answers. Default: when it was updated.
    pub fn modified_at(mut self, time: impl Into<Option<DateTime>>) -> Self {
        self.modified_at = Some(time.into());
        self
    }

    fn profiled(mut self, setter: &'static str, set: impl FnOnce(&mut Profile)) -> Self {
        match self.kind.profile_mut() {
            Some(profile) => set(profile),
            None => _ = self.misplaced.get_or_insert(setter),
        }
        self
    }

    /// Puts the chat into the state, and gives its number.
    pub(crate) fn put_into(self, state: &mut State, now: DateTime) -> Result<i64, Error> {
        self.check(state)?;
        let updated_at = self.updated_at.map_or(now, whole_seconds);
        let modified_at = match self.modified_at {
            None => Some(updated_at),
            Some(time) => time.map(whole_seconds),
        };
        let times = ChatTimes {
            created_at: self.created_at.map_or(updated_at, whole_seconds),
            updated_at,
            modified_at,
        };
        if let Some(id) = self.id {
            state.skip_to_chat_id(id)?;
        }
        Ok(state.add_chat(self.kind, &self.member_ids, times))
    }

    fn check(&self, state: &State) -> Result<(), Error> {
        let kind = self.kind.name();
        if let Some(setter) = self.misplaced {
            return Err(Error::argument(format!(
                "a {kind} chat has no `{setter}`; leave it out"
            )));
        }
        if self.member_ids.is_empty() {
            return Err(Error::argument(format!(
                "the {kind} chat has no members, so nobody could see it; name one"
            )));
        }
        for (index, id) in self.member_ids.iter().enumerate() {
            if state.users.by_id(*id).is_none() {
                return Err(Error::argument(format!(
                    "no user has the id {id}; add one before seeding the {kind} chat"
                )));
            }
            if self.member_ids[..index].contains(id) {
                return Err(Error::argument(format!(
                    "the user {id} is twice a member of the {kind} chat; name each once"
                )));
            }
        }
        if let (ChatKind::Private, [one, other]) = (&self.kind, self.member_ids.as_slice())
            && let Some(id) = state.private_chat_id(*one, *other)
        {
            return Err(Error::argument(format!(
                "the users {one} and {other} have the private chat {id} already; use that one"
            )));
        }
        Ok(())
    }
}
