//! Polling of the list of chats.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use basalam_chat_api::CivilTime;

use super::checkpoint::Checkpoint;
use super::event::{properties, revision};
use super::scheduler::Depth;
use super::term::{Core, KnownChat, REREADS, Term};
use super::{Report, WatchError};
use crate::chats::{Chat, ChatPage, Timestamp};
use crate::{Error, ErrorKind};

/// Times of the service have a resolution of one second, and several of its machines may disagree by another.
const TIME_TOLERANCE: u64 = 2;

/// Polls until an error that a repetition does not change.
pub(super) async fn poll(term: &Term) -> WatchError {
    let shared = &term.shared;
    let config = &shared.config;
    let idle_interval = config.idle_interval.max(config.poll_interval);
    let mut interval = config.poll_interval;
    let (mut failures, mut newest) = (0, None);
    let mut next_poll = shared.now();
    let mut next_resync = shared.now() + config.resync_interval;
    // The first list after a start finds what happened before it.
    let mut resync = Some(pages(term));
    loop {
        if let Some(list) = &mut resync {
            match list.try_next().await {
                Ok(Some(page)) => {
                    observe(term, &page);
                }
                Ok(None) => resync = None,
                Err(error) if error.kind() == ErrorKind::IncompleteList => {
                    shared.report(&Report::RequestFailed(error));
                }
                Err(error) => {
                    resync = Some(pages(term));
                    if let Err(error) = shared.failed(error, &mut failures).await {
                        return error;
                    }
                }
            }
        }
        if shared.now() >= next_poll {
            match poll_front(term, &mut newest).await {
                Ok(changed) => {
                    failures = 0;
                    interval = match changed {
                        true => config.poll_interval,
                        false => interval.mul_f64(1.5).min(idle_interval),
                    };
                    next_poll = shared.now() + interval;
                }
                Err(error) => {
                    if let Err(error) = shared.failed(error, &mut failures).await {
                        return error;
                    }
                }
            }
        }
        if resync.is_some() {
            continue;
        }
        if shared.now() >= next_resync {
            next_resync = shared.now() + config.resync_interval;
            term.begin_resync();
            resync = Some(pages(term));
            continue;
        }
        tokio::select! {
            () = shared.sleep_until(next_poll.min(next_resync)) => {}
            () = shared.wake.notified() => {
                next_poll = shared.now();
                interval = config.poll_interval;
            }
        }
    }
}

fn pages(term: &Term) -> crate::chats::ChatPages {
    term.shared.client.get_chats().read_ahead(false).pages()
}

/// Reads the chats with the latest activity, back to what an earlier poll has seen. Returns `true` if any changed.
async fn poll_front(term: &Term, newest: &mut Option<u64>) -> Result<bool, Error> {
    let mut pages = pages(term);
    let mut has_changed = false;
    let mut seen = *newest;
    while let Some(page) = pages.try_next().await? {
        has_changed |= observe(term, &page);
        let times = || page.iter().filter_map(|chat| second(&chat.updated_at));
        seen = seen.max(times().max());
        let is_known = |oldest: u64| newest.is_some_and(|newest| oldest + TIME_TOLERANCE < newest);
        // The first poll runs beside a resync, which reads everything.
        if newest.is_none() || times().min().is_some_and(is_known) {
            break;
        }
        // If all chats of the page are of this time, one that has not changed is enough to stop.
        if !page.is_empty() && !has_changed && page.unreadable().is_empty() {
            break;
        }
    }
    *newest = seen;
    Ok(has_changed)
}

fn second(time: &Timestamp) -> Option<u64> {
    CivilTime::from_timestamp(time).map(CivilTime::whole_seconds)
}

/// Marks the chats of a page that have changed, and returns `true` if there are any.
fn observe(term: &Term, page: &ChatPage) -> bool {
    let now = term.shared.now();
    let core = &mut *term.core();
    let mut has_changed = false;
    for chat in page {
        if !term.shared.config.includes(&chat.chat_type) {
            continue;
        }
        let stamp = stamp(chat);
        let known = known(term, core, chat.id.0, Some(chat));
        let is_changed = match known.stamp {
            0 => known.is_opened || differs(&known.checkpoint, chat),
            earlier => earlier != stamp,
        };
        known.stamp = stamp;
        known.last_message = chat.last_message.as_ref().map_or(0, |message| message.id.0);
        if is_changed {
            known.listed = Some(Box::new(chat.clone()));
            mark(core, chat.id.0, now);
            has_changed = true;
        }
    }
    for item in page.unreadable() {
        let Some(id) = item.id() else { continue };
        let mut hasher = DefaultHasher::new();
        item.raw().hash(&mut hasher);
        let stamp = hasher.finish().max(1);
        let known = known(term, core, id, None);
        if std::mem::replace(&mut known.stamp, stamp) != stamp {
            known.last_message = 0;
            mark(core, id, now);
            has_changed = true;
        }
    }
    if has_changed {
        term.marked.notify_one();
    }
    has_changed
}

fn mark(core: &mut Core, chat: i64, now: std::time::Instant) {
    if let Some(known) = core.chats.get_mut(&chat) {
        known.rereads = REREADS.len() as u8;
    }
    core.scheduler.mark(chat, now, Depth::New);
}

/// Returns what is known of a chat, which may be new.
fn known<'a>(term: &Term, core: &'a mut Core, id: i64, chat: Option<&Chat>) -> &'a mut KnownChat {
    core.chats.entry(id).or_insert_with(|| {
        let start = term.marker.newest_time.as_deref().map(Timestamp::from);
        let start = start.as_ref().and_then(second);
        let created = chat.and_then(|chat| second(chat.created_at.as_ref()?));
        // A chat from before the start was missing in the first list, since it moved meanwhile.
        let is_old = matches!((created, start), (Some(created), Some(start)) if created < start);
        let floor = if is_old { term.marker.floor } else { 0 };
        KnownChat {
            checkpoint: Checkpoint::after(floor),
            is_opened: !is_old,
            ..KnownChat::default()
        }
    })
}

/// Returns `true` if a chat has something that its stored position does not account for.
fn differs(checkpoint: &Checkpoint, chat: &Chat) -> bool {
    let is_read = chat.last_message.as_ref().is_some_and(|message| {
        let id = message.id.0;
        id <= checkpoint.newest() && !checkpoint.is_edited(id, revision(message))
    });
    let seen = chat.contact_last_seen_message_id.map_or(0, |id| id.0);
    let properties_known = checkpoint.properties;
    !is_read
        || seen > checkpoint.seen
        || (properties_known != 0 && properties_known != properties(chat))
}

/// Returns a number that changes with everything of a chat that the watcher reports, never zero.
fn stamp(chat: &Chat) -> u64 {
    let mut hasher = DefaultHasher::new();
    chat.updated_at.as_str().hash(&mut hasher);
    if let Some(message) = &chat.last_message {
        (message.id.0, revision(message)).hash(&mut hasher);
    }
    chat.contact_last_seen_message_id
        .map(|id| id.0)
        .hash(&mut hasher);
    properties(chat).hash(&mut hasher);
    hasher.finish().max(1)
}

/// Returns the pause before a chat is read again, and counts it.
pub(super) fn next_reread(known: &mut KnownChat) -> Option<Duration> {
    let left = usize::from(known.rereads);
    known.rereads = known.rereads.checked_sub(1)?;
    REREADS.get(REREADS.len() - left).copied()
}
