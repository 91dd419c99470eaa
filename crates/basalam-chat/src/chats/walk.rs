//! How chats are paged: by time, in whole seconds.
//!
//! Nobody has published whether a bound includes its second, whether a page is cut short, or how many
//! chats a page holds at most. So each page is asked for up to the second *after* the last one, which
//! brings the chats of the last second again under either reading, and those given already are left
//! out. Where a page brings nothing but that second, a larger one is asked for; where the service gives
//! no larger one, some chats of the second cannot be reached, and the walk says so before it goes on.

use basalam_chat_api::newtypes::Timestamp;

use super::cursor::{ChatCursor, is_earlier};
use super::list::{ChatPage, Request};
use super::{Chat, ChatOrder};
use crate::paging::{Cursor, Items, Pages, Walk, stream};
use crate::{Client, Error, request};

/// How many chats a walk asks for at once. Live integrations use 100.
const PAGE: u32 = 100;
/// The page that the service gives where nothing is said. One that is shorter was not cut short.
const SHORTEST_FULL_PAGE: usize = 30;
/// The largest page that is asked for to see all chats of one second.
const LARGEST_PAGE: u32 = 10_000;

/// A walk through chats, from the newest time to the oldest.
#[derive(Debug)]
pub(crate) struct ChatWalk {
    client: Client,
    /// What is asked for, but for the bound that the walk moves.
    request: Request,
    cursor: ChatCursor,
    /// What comes next.
    next: Next,
    /// The largest page that the service has given.
    largest: usize,
    /// What is wrong with the request, told when the first page is asked for.
    invalid: Option<Error>,
}

/// What a walk asks for next.
#[derive(Clone, Debug)]
enum Next {
    /// A page of this size from the last second on.
    From { limit: u32 },
    /// A page of the whole list with more than `size` chats, to see whether the service gives so many.
    Probe { size: usize },
    /// A page of what lies before the last second, all of which has been seen or told of.
    Before(Bound),
    /// Nothing more.
    Nothing,
}

/// How to ask for what lies before a second, without knowing whether a bound includes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Bound {
    /// As if it did not.
    Exclusive,
    /// As if it did.
    Inclusive,
}

impl ChatWalk {
    /// Starts a walk with the filters of `request`, or where `request` goes on from.
    pub(crate) fn new(client: Client, mut request: Request) -> ChatWalk {
        let resume = request.resume.take();
        let order = resume.as_ref().map(|cursor| cursor.order.clone());
        let order = order
            .or(request.order_by.take())
            .unwrap_or(ChatOrder::UpdatedAt);
        let invalid = (!order.is_known()).then(|| {
            let remedy = "use `ChatOrder::UpdatedAt` or `ChatOrder::ModifiedAt`";
            Error::invalid_input("order_by", "is no order to walk in", remedy)
        });
        request.order_by = Some(order.clone());
        let limit = *request.limit.get_or_insert(PAGE);
        ChatWalk {
            client,
            request,
            cursor: resume.unwrap_or_else(|| ChatCursor::new(order)),
            next: Next::From { limit },
            largest: 0,
            invalid,
        }
    }

    /// Asks for a page up to `bound`.
    async fn page(&self, bound: Option<Timestamp>, limit: u32) -> Result<Vec<Chat>, Error> {
        let mut request = self.request.clone();
        request.limit = Some(limit);
        if let Some(bound) = bound {
            let filter = match self.cursor.order {
                ChatOrder::ModifiedAt => &mut request.modified_before,
                _ => &mut request.updated_before,
            };
            // The caller's own bound stays where it is the earlier one.
            if filter
                .as_ref()
                .is_none_or(|set| is_earlier(&bound, Some(set)))
            {
                *filter = Some(bound);
            }
        }
        Ok(request::future(self.client.clone(), request).await?.chats)
    }

    /// The last second, later by some seconds, in the service's own form.
    fn second_plus(&self, seconds: i64) -> Result<Option<Timestamp>, Error> {
        let Some(second) = self.cursor.second() else {
            return Ok(None);
        };
        match second.plus_seconds(seconds) {
            Some(time) => Ok(Some(time)),
            None => Err(Error::unreadable_time(second)),
        }
    }

    /// The chats of a page that the walk has not given yet; the walk goes on beyond them.
    fn take_new(&mut self, chats: Vec<Chat>) -> Vec<Chat> {
        self.largest = self.largest.max(chats.len());
        let mut new = Vec::with_capacity(chats.len());
        for chat in chats {
            if !self.cursor.was_given(&chat) {
                self.cursor.advance(&chat);
                new.push(chat);
            }
        }
        new
    }

    /// Takes a page from the last second on, and decides what to ask for next.
    fn take_page(&mut self, chats: Vec<Chat>, limit: u32) -> Vec<Chat> {
        let size = chats.len();
        let second = self.cursor.second().cloned();
        let goes_on = chats
            .iter()
            .filter_map(|chat| self.cursor.time_of(chat))
            .any(|time| is_earlier(time, second.as_ref()));
        let largest = self.largest;
        let new = self.take_new(chats);
        self.next = if size == 0 {
            Next::Nothing
        } else if goes_on {
            Next::From {
                limit: self.limit(),
            }
        } else if size >= limit as usize && limit < LARGEST_PAGE {
            // There may be more of this second.
            Next::From {
                limit: limit.saturating_mul(2).min(LARGEST_PAGE),
            }
        } else if size < SHORTEST_FULL_PAGE || size < largest {
            // The service gives larger pages than this one, so it was not cut short.
            Next::Before(Bound::Exclusive)
        } else {
            Next::Probe { size }
        };
        new
    }

    /// Takes a page of the whole list that asked for more than `size` chats: where the service gives
    /// more, a page of `size` was not cut short.
    fn take_probe(&mut self, given: usize, size: usize) -> Result<(), Error> {
        self.largest = self.largest.max(given);
        self.next = Next::Before(Bound::Exclusive);
        match given > size {
            true => Ok(()),
            false => Err(self.hidden()),
        }
    }

    /// Takes a page of what lies before the last second.
    fn take_older(&mut self, chats: Vec<Chat>, bound: Bound) -> Vec<Chat> {
        let second = self.cursor.second().cloned();
        let is_again = |chat: &Chat| {
            self.cursor
                .time_of(chat)
                .is_some_and(|time| !is_earlier(time, second.as_ref()))
        };
        if bound == Bound::Exclusive && chats.iter().any(is_again) {
            // The bound includes its second.
            self.next = Next::Before(Bound::Inclusive);
            return Vec::new();
        }
        let new = self.take_new(chats);
        self.next = match new.is_empty() {
            true => Next::Nothing,
            false => Next::From {
                limit: self.limit(),
            },
        };
        new
    }

    fn limit(&self) -> u32 {
        self.request.limit.unwrap_or(PAGE)
    }

    fn hidden(&self) -> Error {
        match self.cursor.second() {
            Some(second) => Error::hidden_chats(second.clone()),
            None => Error::chats_without_time(),
        }
    }
}

impl Walk for ChatWalk {
    type Item = Chat;
    type Cursor = ChatCursor;

    async fn next(&mut self) -> Result<Option<Vec<Chat>>, Error> {
        if let Some(error) = self.invalid.take() {
            return Err(error);
        }
        loop {
            let new = match self.next.clone() {
                Next::Nothing => return Ok(None),
                Next::From { limit } => {
                    let bound = self.second_plus(1)?;
                    let chats = self.page(bound, limit).await?;
                    self.take_page(chats, limit)
                }
                Next::Probe { size } => {
                    let limit = u32::try_from(size)
                        .unwrap_or(LARGEST_PAGE)
                        .saturating_add(1);
                    let given = self.page(None, limit).await?.len();
                    self.take_probe(given, size)?;
                    Vec::new()
                }
                Next::Before(bound) => {
                    let seconds = match bound {
                        Bound::Exclusive => 0,
                        Bound::Inclusive => -1,
                    };
                    let limit = self.limit();
                    let time = self.second_plus(seconds)?;
                    let chats = self.page(time, limit).await?;
                    self.take_older(chats, bound)
                }
            };
            if !new.is_empty() {
                return Ok(Some(new));
            }
        }
    }

    fn cursor(&self) -> &ChatCursor {
        &self.cursor
    }
}

stream! {
    /// Chats, one after the other; made by [`GetChats::stream`](super::GetChats::stream).
    ///
    /// Each chat comes once. One in which something happens meanwhile moves to the front of the list: if it
    /// was given already, it may come again with its newer time; if it was not, this walk may miss it, and
    /// a new one with [`updated_from`](super::GetChats::updated_from) the time of the first chat has it.
    /// The stream ends where the service has no more, and after an error other than a
    /// [gap](Error::is_incomplete_list), behind which it goes on.
    pub struct ChatStream(Items<ChatWalk>) gives Chat, by Items::poll_item;
}

impl ChatStream {
    pub(super) fn new(walk: ChatWalk, read_ahead: bool) -> ChatStream {
        ChatStream(Items::new(walk, read_ahead))
    }

    /// Where the last chat that was given stands, for [`GetChats::resume`](super::GetChats::resume).
    pub fn cursor(&self) -> ChatCursor {
        self.0.cursor().clone()
    }
}

stream! {
    /// Chats, page by page; made by [`GetChats::pages`](super::GetChats::pages).
    ///
    /// No page is empty. What holds for [`ChatStream`] holds here too.
    pub struct ChatPages(Pages<ChatWalk>) gives ChatPage, by poll_page;
}

impl ChatPages {
    pub(super) fn new(walk: ChatWalk, read_ahead: bool) -> ChatPages {
        ChatPages(Pages::new(walk, read_ahead))
    }
}

fn poll_page(
    pages: &mut Pages<ChatWalk>,
    context: &mut std::task::Context<'_>,
) -> std::task::Poll<Result<Option<ChatPage>, Error>> {
    let page = pages.poll_page(context);
    page.map_ok(|page| page.map(|(chats, cursor)| ChatPage::new(chats, cursor)))
}
