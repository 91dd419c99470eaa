//! Polling of the list of chats.

use std::time::{Duration, Instant};

use super::chat_list::ChatList;
use super::front::Front;
use super::observe::{Changes, newest_second, observe, oldest_second};
use super::scheduler::Depth;
use super::term::Term;
use super::webhooks::Webhooks;
use super::{Report, WatchError};
use crate::Error;
use crate::random::jitter;

/// Polls until an error that a repetition does not change.
pub(super) async fn poll(term: &Term) -> WatchError {
    let mut poller = Poller::new(term);
    loop {
        if let Err(error) = poller.step().await {
            return error;
        }
    }
}

/// The polls of the chats with the latest activity, and the passes over the whole list beside them.
struct Poller<'a> {
    term: &'a Term,
    webhooks: Webhooks,
    front: Front,
    interval: Duration,
    /// The interval is the longest one.
    is_idle: bool,
    next_poll: Instant,
    poll_failures: u32,
    /// The running resync.
    list: Option<ChatList>,
    /// When the next page of the resync is read, or the next one begins.
    next_list: Instant,
    next_resync: Instant,
    list_failures: u32,
}

impl Poller<'_> {
    fn new(term: &Term) -> Poller<'_> {
        let shared = &term.shared;
        let now = shared.now();
        Poller {
            term,
            webhooks: Webhooks::new(shared.config.webhooks.as_ref()),
            front: Front::new(now),
            interval: shared.config.poll_interval,
            is_idle: false,
            next_poll: now,
            poll_failures: 0,
            // The first list after a start finds what happened before it.
            list: Some(ChatList::new(shared)),
            next_list: now,
            next_resync: now
                + shared.config.resync_interval.mul_f64(0.5)
                + jitter(&*shared.random, shared.config.resync_interval / 2),
            list_failures: 0,
        }
    }

    /// Does what is due, or waits until something is.
    async fn step(&mut self) -> Result<(), WatchError> {
        let shared = &self.term.shared;
        tokio::select! {
            biased;
            () = self.webhooks.next() => {
                self.webhooks.delivered(shared.now());
                self.wake();
            }
            () = shared.wake.notified() => self.wake(),
            () = shared.reach(self.next_poll.min(self.next_list)) => {}
        }
        if shared.now() >= self.next_poll {
            self.poll().await?;
        }
        if shared.now() >= self.next_list {
            self.resync().await?;
        }
        Ok(())
    }

    /// Makes a poll due.
    fn wake(&mut self) {
        self.next_poll = self.term.shared.now();
        self.interval = self.term.shared.config.poll_interval;
    }

    /// Records what a list has shown, to judge the webhooks by.
    fn listed(&mut self, changes: Changes) {
        let shared = &self.term.shared;
        let was_reliable = self.webhooks.are_reliable();
        self.webhooks.listed(changes.received, shared.now());
        if was_reliable && !self.webhooks.are_reliable() {
            shared.report(&Report::WebhooksSilent);
        }
    }

    /// Reads the chats with the latest activity, and decides when to do so again.
    async fn poll(&mut self) -> Result<(), WatchError> {
        let shared = &self.term.shared;
        let config = &shared.config;
        match self.poll_front().await {
            Ok(changes) => {
                self.poll_failures = 0;
                self.listed(changes);
                let idle_interval = config.idle_interval.max(config.poll_interval);
                let longest = match self.webhooks.are_reliable() {
                    true => config.webhook_interval.max(idle_interval),
                    false => idle_interval,
                };
                let is_quiet = self.webhooks.are_quiet();
                self.interval = match changes.any {
                    // Webhooks announce what comes next.
                    _ if is_quiet => longest,
                    true => config.poll_interval,
                    false => self.interval.mul_f64(1.5).min(longest),
                };
                let is_idle = (is_quiet || !changes.any) && self.interval == longest;
                let pause = match is_idle && !self.is_idle {
                    // Logins that are started together do not poll together.
                    true => jitter(&*shared.random, longest),
                    false => self.interval,
                };
                self.is_idle = is_idle;
                self.next_poll = shared.now() + pause;
            }
            Err(error) => {
                self.poll_failures += 1;
                self.next_poll = shared.now() + shared.failed(error, self.poll_failures)?;
            }
        }
        Ok(())
    }

    /// Reads the list back to what has not changed since the last poll, and returns what has.
    async fn poll_front(&mut self) -> Result<Changes, Error> {
        let shared = &self.term.shared;
        let unchanged = self.front.unchanged_before();
        let (mut changes, mut first_page) = (Changes::default(), None);
        let mut list = ChatList::front(shared);
        let began = shared.now();
        while let Some(page) = list.next(shared).await? {
            changes.add(observe(self.term, &page));
            let is_first = first_page.is_none();
            first_page.get_or_insert_with(|| (shared.now(), newest_second(&page)));
            // Without a time there is nothing to read back to, and the resync finds the rest.
            let reaches = |unchanged| oldest_second(&page).is_none_or(|oldest| oldest < unchanged);
            // The first poll runs beside a resync, which reads everything.
            if unchanged.is_none_or(reaches) {
                break;
            }
            if is_first {
                list = list.read_on(shared);
            }
        }
        let (received, newest) = first_page.unwrap_or_else(|| (shared.now(), None));
        self.front.advance(began, received, newest);
        Ok(changes)
    }

    /// Reads a page of the whole list.
    async fn resync(&mut self) -> Result<(), WatchError> {
        let term = self.term;
        let shared = &term.shared;
        let list = self.list.get_or_insert_with(|| {
            self.next_resync = shared.now() + shared.config.resync_interval;
            term.begin_resync();
            ChatList::new(shared)
        });
        match list.next(shared).await {
            Ok(Some(page)) => {
                self.list_failures = 0;
                self.listed(observe(term, &page));
            }
            Ok(None) => {
                if list.is_incomplete() {
                    mark_unlisted(term);
                }
                self.list = None;
                self.next_list = self.next_resync;
            }
            Err(error) => {
                self.list_failures += 1;
                self.next_list = shared.now() + shared.failed(error, self.list_failures)?;
            }
        }
        Ok(())
    }
}

/// Marks the chats that a resync has not listed, some of which the service has hidden.
fn mark_unlisted(term: &Term) {
    let now = term.shared.now();
    let core = &mut *term.core();
    let resync = core.resync;
    for (id, _) in core
        .chats
        .iter()
        .filter(|(_, chat)| chat.listed_in != resync)
    {
        core.scheduler.mark(*id, now, Depth::New);
    }
    term.marked.notify_one();
}
