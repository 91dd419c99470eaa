//! The pages to read: of which chats, and which ranges of ids.
//!
//! Chats take turns, a page each. The newest page of a chat comes first. What remains are the ranges that are not covered,
//! each of which is read from its newest messages to its oldest. If requests are idle, the largest range of a chat with
//! many pages is split.

use std::collections::{HashMap, VecDeque};

use basalam_chat::Timestamp;

use crate::range::{FIRST_ID, IdSet, Ids};
use crate::store::ChatTimes;

/// The page to read next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct PageJob {
    pub(super) chat: i64,
    pub(super) part: Part,
    /// The number of failures so far.
    pub(super) failures: u32,
}

/// The part of a chat that a page starts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// The newest page. `known` is the newest id that is covered.
    Newest { known: Option<i64> },
    /// Messages that may have changed, older than this id.
    Recheck { before: i64 },
    /// A range of ids that is not covered.
    Missing(Ids),
}

impl Part {
    /// Returns the id that the messages of the page must be smaller than.
    pub(super) fn before(&self) -> Option<i64> {
        match self {
            Part::Newest { .. } => None,
            Part::Recheck { before } => Some(*before),
            Part::Missing(range) => Some(range.high.saturating_add(1)),
        }
    }
}

/// What a page contained.
#[derive(Clone, Debug, Default)]
pub(super) struct PageOutcome {
    /// The smallest and the largest id, or `None` if the page is empty.
    pub(super) ids: Option<Ids>,
    /// The range in which the page contains every message.
    pub(super) covered: Option<Ids>,
    /// When the oldest message was sent.
    pub(super) oldest_at: Option<String>,
}

/// A chat that is being read.
#[derive(Debug)]
struct ChatPlan {
    times: ChatTimes,
    covered: IdSet,
    /// Messages sent since then are read again.
    recheck_since: Option<String>,
    newest: Option<i64>,
    /// The pages that were read.
    pages: usize,
    /// The number of ids between the first and the last message of those pages.
    span: i64,
    /// The ranges of pages that are being read.
    running: Vec<Ids>,
    /// The number of pages that are being read, and of jobs in the queue.
    open: usize,
}

/// The chats that are being read, and the jobs that wait for a request.
#[derive(Debug, Default)]
pub(super) struct Plan {
    chats: HashMap<i64, ChatPlan>,
    queue: VecDeque<PageJob>,
    completed: Vec<i64>,
    page_size: i64,
}

/// Chats are not read in several ranges before they have had this many pages, since most are short.
const MIN_PAGES_TO_SPLIT: usize = 3;

impl Plan {
    pub(super) fn new(page_size: u32) -> Plan {
        Plan {
            page_size: i64::from(page_size),
            ..Plan::default()
        }
    }

    /// Adds a chat. `newest` is `true` if its newest page has to be read.
    pub(super) fn add(
        &mut self,
        chat: i64,
        times: ChatTimes,
        covered: IdSet,
        newest: bool,
        recheck_since: Option<String>,
    ) {
        let top = covered.ranges().last().map(|it| it.high);
        let plan = ChatPlan {
            times,
            covered,
            recheck_since,
            newest: top,
            pages: 0,
            span: 0,
            running: Vec::new(),
            open: 0,
        };
        self.chats.insert(chat, plan);
        match newest {
            true => self.push_back(chat, Part::Newest { known: top }),
            false => self.push_missing(chat),
        }
        self.check_completed(chat);
    }

    pub(super) fn contains(&self, chat: i64) -> bool {
        self.chats.contains_key(&chat)
    }

    /// Returns the times that the list of chats had.
    pub(super) fn times(&self, chat: i64) -> ChatTimes {
        self.chats
            .get(&chat)
            .map(|it| it.times.clone())
            .unwrap_or_default()
    }

    /// Returns `true` if there is nothing to read, now or later.
    pub(super) fn is_empty(&self) -> bool {
        self.chats.is_empty()
    }

    /// Returns `true` if no page waits for a request.
    pub(super) fn has_no_jobs(&self) -> bool {
        self.queue.is_empty()
    }

    /// Returns the next page to read.
    pub(super) fn next(&mut self) -> Option<PageJob> {
        while let Some(mut job) = self.queue.pop_front() {
            let Some(chat) = self.chats.get_mut(&job.chat) else {
                // It has failed.
                continue;
            };
            if let Part::Missing(range) = job.part {
                // A page of another range may have covered a part of this one.
                let mut missing = chat.covered.missing(range);
                let Some(last) = missing.pop() else {
                    chat.open -= 1;
                    self.check_completed(job.chat);
                    continue;
                };
                chat.running.push(last);
                chat.open += missing.len();
                let rest = missing.into_iter().rev().map(Part::Missing);
                self.queue.extend(rest.map(|part| PageJob {
                    chat: job.chat,
                    part,
                    failures: 0,
                }));
                job.part = Part::Missing(last);
            }
            return Some(job);
        }
        None
    }

    /// Returns the chats that were read to their end since the last call, with their times and what is covered.
    pub(super) fn take_completed(&mut self) -> Vec<(i64, ChatTimes, IdSet)> {
        let completed = std::mem::take(&mut self.completed).into_iter();
        completed
            .filter_map(|id| self.chats.remove(&id).map(|it| (id, it.times, it.covered)))
            .collect()
    }

    fn check_completed(&mut self, chat: i64) {
        if self.chats.get(&chat).is_some_and(|it| it.open == 0) {
            self.completed.push(chat);
        }
    }

    /// Splits the largest range that is being read, so that another request can read its lower part. Returns `false` if
    /// no range is likely to have several pages.
    ///
    /// The lower half of a range is often empty, since ids are assigned across all chats and most chats are younger than
    /// the first id. So the upper part has as many ids as the pages that were read so far, and at most one half.
    pub(super) fn split(&mut self) -> bool {
        let candidates = self.chats.iter_mut().filter(|(_, it)| {
            // An unknown part of the range can be empty: the more pages were read, the more requests are worth it.
            it.pages >= MIN_PAGES_TO_SPLIT && it.open < it.pages
        });
        let ranges = candidates.flat_map(|(id, it)| {
            let (chunk, page) = (it.span, it.ids_of_page(self.page_size));
            let ranges = it.running.iter_mut();
            ranges.map(move |range| (*id, range, chunk, page))
        });
        let largest = ranges.max_by_key(|(_, range, ..)| range.width());
        let Some((chat, range, chunk, _)) =
            largest.filter(|(_, range, _, page)| range.width() >= page.saturating_mul(2))
        else {
            return false;
        };
        let upper = chunk.clamp(1, range.width() / 2);
        let middle = range.high - upper;
        let lower = Ids {
            low: range.low,
            high: middle,
        };
        range.low = middle + 1;
        self.push_back(chat, Part::Missing(lower));
        true
    }

    /// Records a page that was read, and queues what follows.
    pub(super) fn read(&mut self, job: &PageJob, outcome: &PageOutcome) {
        let Some(chat) = self.chats.get_mut(&job.chat) else {
            return;
        };
        chat.open -= 1;
        chat.pages += 1;
        chat.span = chat.span.saturating_add(outcome.ids.map_or(0, Ids::width));
        if let Some(covered) = outcome.covered {
            chat.covered.insert(covered);
        }
        match &job.part {
            Part::Newest { .. } | Part::Recheck { .. } => {
                if let Some(ids) = outcome.ids {
                    chat.newest = chat.newest.max(Some(ids.high));
                }
                let is_within = match (&chat.recheck_since, &outcome.oldest_at) {
                    (Some(since), Some(oldest)) => oldest >= since,
                    _ => false,
                };
                match outcome.ids {
                    Some(ids) if is_within => {
                        self.push_back(job.chat, Part::Recheck { before: ids.low });
                    }
                    _ => self.push_missing(job.chat),
                }
            }
            Part::Missing(range) => {
                if let Some(rest) = chat.take_running(*range)
                    && !chat.covered.missing(rest).is_empty()
                {
                    self.push_back(job.chat, Part::Missing(rest));
                }
            }
        }
        self.check_completed(job.chat);
    }

    /// Queues a page again whose request failed.
    pub(super) fn retry(&mut self, job: PageJob, is_failure: bool) {
        let Some(chat) = self.chats.get_mut(&job.chat) else {
            return;
        };
        let part = match job.part {
            Part::Missing(range) => Part::Missing(chat.take_running(range).unwrap_or(range)),
            part => part,
        };
        let failures = job.failures + u32::from(is_failure);
        self.queue.push_front(PageJob {
            chat: job.chat,
            part,
            failures,
        });
    }

    /// Forgets a chat. Returns `false` if it had failed before.
    pub(super) fn fail(&mut self, chat: i64) -> bool {
        self.chats.remove(&chat).is_some()
    }

    fn push_missing(&mut self, id: i64) {
        let Some(chat) = self.chats.get(&id) else {
            return;
        };
        let all = chat.newest.and_then(|newest| Ids::new(FIRST_ID, newest));
        let missing = all.map(|all| chat.covered.missing(all));
        for range in missing.unwrap_or_default().into_iter().rev() {
            self.push_back(id, Part::Missing(range));
        }
    }

    fn push_back(&mut self, chat: i64, part: Part) {
        self.opened(chat);
        self.queue.push_back(PageJob {
            chat,
            part,
            failures: 0,
        });
    }

    fn opened(&mut self, chat: i64) {
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.open += 1;
        }
    }
}

impl ChatPlan {
    /// Returns how many ids a page has on average.
    fn ids_of_page(&self, page_size: i64) -> i64 {
        let pages = i64::try_from(self.pages).unwrap_or(i64::MAX).max(1);
        (self.span / pages).max(page_size)
    }

    /// Ends the reading of a range, and returns what is left of it after it was split.
    fn take_running(&mut self, range: Ids) -> Option<Ids> {
        // Splitting moves the lower end of a range only.
        let index = self.running.iter().position(|it| it.high == range.high)?;
        Some(self.running.swap_remove(index))
    }
}

/// Returns `true` if the newest page of a chat has to be read.
pub(super) fn is_changed(
    listed: &ChatTimes,
    read: Option<&ChatTimes>,
    last_message: Option<i64>,
    covered: &IdSet,
) -> bool {
    read != Some(listed) || last_message.is_some_and(|id| !covered.contains(id))
}

/// Returns the start of a window that ends at `newest`, in the format of the service.
pub(super) fn window_start(newest: &str, seconds: u64) -> Option<String> {
    let seconds = i64::try_from(seconds).ok()?;
    let start = Timestamp::from(newest).plus_seconds(-seconds)?;
    Some(start.as_str().to_owned())
}

#[cfg(test)]
mod tests;
