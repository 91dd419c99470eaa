//! Comparison of listed chats with what is known of them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Instant;

use basalam_chat_api::{CivilTime, UnreadableItem};

use super::checkpoint::Checkpoint;
use super::event::{compared_content, compared_properties, properties, revision};
use super::scheduler::Depth;
use super::term::{Core, KnownChat, Listed, REREADS, Term};
use crate::chats::{Chat, ChatPage, ChatType, Timestamp};

/// What is new in a list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Changes {
    pub(super) any: bool,
    /// There are messages of other users.
    pub(super) received: bool,
}

impl Changes {
    pub(super) fn add(&mut self, other: Changes) {
        self.any |= other.any;
        self.received |= other.received;
    }
}

/// Marks the chats of a page that have changed.
pub(super) fn observe(term: &Term, page: &ChatPage) -> Changes {
    let now = term.shared.now();
    let core = &mut *term.core();
    let mut changes = Changes::default();
    for chat in page {
        if term.shared.config.includes(&chat.chat_type) {
            changes.add(observe_chat(term, core, chat, now));
        }
    }
    for item in page.unreadable() {
        changes.any |= observe_unreadable(term, core, item, now);
    }
    if changes.any {
        term.marked.notify_one();
    }
    changes
}

fn observe_chat(term: &Term, core: &mut Core, chat: &Chat, now: Instant) -> Changes {
    let stamp = stamp(chat);
    let is_busy = core.scheduler.is_busy(chat.id.0);
    let known = known(term, core, chat.id.0, Some(chat));
    let newest = match known.last_message {
        0 => known.checkpoint.newest(),
        listed => listed,
    };
    let received = chat.last_message.as_ref().is_some_and(|message| {
        let sender = message.sender_id();
        message.id.0 > newest && sender.is_some_and(|sender| sender != term.session.user)
    });
    let is_changed = match known.stamp {
        0 => known.is_opened || differs(&known.checkpoint, chat),
        earlier => earlier != stamp,
    };
    known.stamp = stamp;
    known.last_message = chat.last_message.as_ref().map_or(0, |message| message.id.0);
    if is_changed {
        let properties = properties(chat);
        // The checkpoint is not the current one while the chat is read.
        let is_needed = is_busy || known.is_opened || has_changed(&known.checkpoint, properties);
        known.listed = Some(Box::new(Listed {
            properties,
            seen: seen(chat),
            chat: is_needed.then(|| chat.clone()),
        }));
        mark(core, chat.id.0, now);
    }
    Changes {
        any: is_changed,
        received,
    }
}

fn observe_unreadable(term: &Term, core: &mut Core, item: &UnreadableItem, now: Instant) -> bool {
    let chat_type = item.get("chat_type");
    let chat_type = chat_type.as_ref().and_then(|name| name.as_str());
    let includes = |name: &str| term.shared.config.includes(&ChatType::from(name));
    let is_included = chat_type.is_none_or(includes);
    let Some(id) = item.id().filter(|_| is_included) else {
        return false;
    };
    let mut hasher = DefaultHasher::new();
    item.raw().hash(&mut hasher);
    let stamp = hasher.finish().max(1);
    let known = known(term, core, id, None);
    if std::mem::replace(&mut known.stamp, stamp) == stamp {
        return false;
    }
    known.last_message = 0;
    mark(core, id, now);
    true
}

fn mark(core: &mut Core, chat: i64, now: Instant) {
    if let Some(known) = core.chats.get_mut(&chat) {
        known.rereads = REREADS.len() as u8;
    }
    core.scheduler.mark(chat, now, Depth::New);
}

/// Returns what is known of a listed chat, which may be new.
fn known<'a>(term: &Term, core: &'a mut Core, id: i64, chat: Option<&Chat>) -> &'a mut KnownChat {
    let known = core.chats.entry(id).or_insert_with(|| {
        let start = term.marker.newest_time.as_deref().map(Timestamp::from);
        let start = start.as_ref().and_then(second);
        let created = chat.and_then(|chat| second(chat.created_at.as_ref()?));
        // A chat from before the start was missing in the first list, since it moved meanwhile.
        let is_old = matches!((created, start), (Some(created), Some(start)) if created < start);
        let floor = if is_old { term.marker.floor } else { 0 };
        Box::new(KnownChat {
            checkpoint: Checkpoint::after(floor),
            is_opened: !is_old,
            ..KnownChat::default()
        })
    });
    known.listed_in = core.resync;
    known
}

/// Returns `true` if a chat has something that its stored position does not account for.
fn differs(checkpoint: &Checkpoint, chat: &Chat) -> bool {
    let is_read = chat.last_message.as_ref().is_some_and(|message| {
        let id = message.id.0;
        id <= checkpoint.newest() && !checkpoint.is_edited(id, revision(message))
    });
    !is_read || seen(chat) > checkpoint.seen || has_changed(checkpoint, properties(chat))
}

/// Returns `true` if the properties of a chat are known and were others.
fn has_changed(checkpoint: &Checkpoint, properties: u32) -> bool {
    checkpoint.properties != 0 && checkpoint.properties != properties
}

/// Returns the newest message that the other side has seen, or zero.
fn seen(chat: &Chat) -> i64 {
    chat.contact_last_seen_message_id.map_or(0, |id| id.0)
}

/// Returns a number that changes with everything of a chat that the watcher reports, never zero.
fn stamp(chat: &Chat) -> u64 {
    let mut hasher = DefaultHasher::new();
    chat.updated_at.as_str().hash(&mut hasher);
    if let Some(message) = &chat.last_message {
        (message.id.0, compared_content(message)).hash(&mut hasher);
    }
    seen(chat).hash(&mut hasher);
    compared_properties(chat).hash(&mut hasher);
    hasher.finish().max(1)
}

/// Returns the latest second on a page.
pub(super) fn newest_second(page: &ChatPage) -> Option<u64> {
    seconds(page).max()
}

/// Returns the earliest second on a page.
pub(super) fn oldest_second(page: &ChatPage) -> Option<i64> {
    seconds(page)
        .min()
        .and_then(|second| i64::try_from(second).ok())
}

fn seconds(page: &ChatPage) -> impl Iterator<Item = u64> {
    page.iter().filter_map(|chat| second(&chat.updated_at))
}

fn second(time: &Timestamp) -> Option<u64> {
    CivilTime::from_timestamp(time).map(CivilTime::whole_seconds)
}
