//! The chats to read, by the time at which they are due.
//!
//! A chat is in the queue once, however often it is marked, and it is never read by two tasks at a time: a chat that
//! is marked while it is busy becomes due when it is released. This is the scheduler of kube-rs.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

/// How much of a chat is read.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Depth {
    /// The messages after the newest acknowledged one.
    New,
    /// Also the recent messages, for late ids and edits.
    Recent,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Due {
    at: Instant,
    depth: Depth,
}

#[derive(Debug, Default)]
pub(super) struct Scheduler {
    due: HashMap<i64, Due>,
    order: BTreeSet<(Instant, i64)>,
    /// The chats that are being read, and when they are due again.
    busy: HashMap<i64, Option<Due>>,
    /// The chats that are not to be read before a time, whatever marks them.
    held: HashMap<i64, Instant>,
}

impl Scheduler {
    /// Marks a chat to be read at a time, or earlier if it is already due earlier.
    pub(super) fn mark(&mut self, chat: i64, at: Instant, depth: Depth) {
        let held = self.held.get(&chat);
        let mut due = Due {
            at: held.map_or(at, |held| at.max(*held)),
            depth,
        };
        if let Some(pending) = self.busy.get_mut(&chat) {
            *pending = Some(pending.map_or(due, |earlier| merge(earlier, due)));
            return;
        }
        if let Some(earlier) = self.due.get(&chat) {
            due = merge(*earlier, due);
            self.order.remove(&(earlier.at, chat));
        }
        self.order.insert((due.at, chat));
        self.due.insert(chat, due);
    }

    /// Marks a chat to be read again at a time, and not before.
    pub(super) fn hold(&mut self, chat: i64, until: Instant) {
        self.held.insert(chat, until);
        self.mark(chat, until, Depth::Recent);
    }

    /// Returns a chat that is due, which is busy until it is released.
    pub(super) fn pop(&mut self, now: Instant) -> Option<(i64, Depth)> {
        let (at, chat) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.order.pop_first();
        self.held.remove(&chat);
        self.busy.insert(chat, None);
        let due = self.due.remove(&chat)?;
        Some((chat, due.depth))
    }

    /// Makes a chat available again after it was read.
    pub(super) fn release(&mut self, chat: i64) {
        if let Some(Some(due)) = self.busy.remove(&chat) {
            self.mark(chat, due.at, due.depth);
        }
    }

    /// Returns `true` if a chat is being read.
    pub(super) fn is_busy(&self, chat: i64) -> bool {
        self.busy.contains_key(&chat)
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }
}

fn merge(one: Due, other: Due) -> Due {
    Due {
        at: one.at.min(other.at),
        depth: one.depth.max(other.depth),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn chat_is_queued_once_at_its_earliest_time_and_greatest_depth() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let mut scheduler = Scheduler::default();
        scheduler.mark(1, now + second, Depth::Recent);
        scheduler.mark(1, now, Depth::New);
        scheduler.mark(2, now + second, Depth::New);
        assert_eq!(scheduler.pop(now), Some((1, Depth::Recent)));
        assert_eq!(scheduler.pop(now), None);
        assert_eq!(scheduler.next_due(), Some(now + second));
        assert_eq!(scheduler.pop(now + second), Some((2, Depth::New)));
    }

    #[test]
    fn busy_chat_stays_pending_until_it_is_released() {
        let now = Instant::now();
        let mut scheduler = Scheduler::default();
        scheduler.mark(1, now, Depth::New);
        assert!(scheduler.pop(now).is_some());
        scheduler.mark(1, now, Depth::New);
        scheduler.mark(1, now, Depth::Recent);
        assert_eq!(scheduler.pop(now), None);
        scheduler.release(1);
        assert_eq!(scheduler.pop(now), Some((1, Depth::Recent)));
        scheduler.release(1);
        assert_eq!(scheduler.pop(now), None);
    }

    #[test]
    fn held_chat_is_not_read_earlier() {
        let now = Instant::now();
        let later = now + Duration::from_secs(30);
        let mut scheduler = Scheduler::default();
        scheduler.mark(1, now, Depth::New);
        scheduler.pop(now);
        scheduler.mark(1, now, Depth::New);
        scheduler.hold(1, later);
        scheduler.release(1);
        scheduler.mark(1, now, Depth::New);
        assert_eq!(scheduler.pop(now), None);
        assert_eq!(scheduler.pop(later), Some((1, Depth::Recent)));
        scheduler.release(1);
        scheduler.mark(1, now, Depth::New);
        assert!(scheduler.pop(now).is_some());
    }
}
