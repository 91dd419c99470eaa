//! Paging of chats: by time, in whole seconds.
//!
//! Unknown: whether a bound includes its second, whether the service truncates a page, and the largest
//! page size. So the pager requests each page up to the second *after* the last one, which repeats the
//! chats of the last second under either interpretation, and drops those that it has yielded. If a page
//! holds nothing but that second, the pager requests a larger one. If the service returns no larger one,
//! some chats of the second are out of reach, and the pager reports an error before it continues.

use basalam_chat_api::UnreadableItem;
use basalam_chat_api::newtypes::Timestamp;
use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_CHATS;

use super::cursor::{ChatCursor, is_earlier};
use super::page::{ChatPage, GetChatsParams};
use super::{Chat, ChatId, ChatOrder};
use crate::error::one_line;
use crate::paging::{Cursor, PageItems, Pager, YieldedWithoutId, impl_stream};
use crate::{Client, Error, ErrorKind};

/// Default page size. Live integrations use 100.
const PAGE_SIZE: u32 = 100;
/// The service's default page size. A shorter page was not truncated by the service.
const SERVICE_PAGE_SIZE: usize = 30;
/// Largest page size requested to get all chats of one second.
const MAX_PAGE_SIZE: u32 = 10_000;

/// Pages through chats, from the most recent time to the oldest.
#[derive(Debug)]
pub(crate) struct ChatPager {
    client: Client,
    /// The caller's parameters; the pager only moves the upper bound.
    params: GetChatsParams,
    cursor: ChatCursor,
    next: NextPage,
    /// Size of the largest page that the service has returned.
    largest: usize,
    yielded: YieldedWithoutId,
    /// Error in the parameters, reported by the first call.
    invalid: Option<Error>,
}

/// The page to fetch next, relative to the second of the cursor: the last second.
#[derive(Clone, Debug)]
enum NextPage {
    /// A page of this size that starts at the last second.
    FromSecond { limit: u32 },
    /// A page of the whole list with a limit above `size`, to find out if the service returns that many.
    Probe { size: usize },
    /// The chats before the last second, which is complete or was reported as incomplete.
    BeforeSecond(BoundKind),
    /// The list has ended.
    End,
}

/// The assumption about a time bound of the service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum BoundKind {
    Exclusive,
    Inclusive,
}

impl ChatPager {
    /// Creates a pager that starts at the most recent chat, or at the cursor to resume.
    pub(crate) fn new(client: Client, mut params: GetChatsParams) -> ChatPager {
        let resume = params.resume.take();
        let order = resume.as_ref().map(|cursor| cursor.order.clone());
        let order = order
            .or(params.order_by.take())
            .unwrap_or(ChatOrder::UpdatedAt);
        let invalid = (!order.is_known()).then(|| {
            let remedy = "use `ChatOrder::UpdatedAt` or `ChatOrder::ModifiedAt`";
            Error::invalid_input("order_by", "is not a known order", remedy)
        });
        params.order_by = Some(order.clone());
        let limit = *params.limit.get_or_insert(PAGE_SIZE);
        ChatPager {
            client,
            params,
            cursor: resume.unwrap_or_else(|| ChatCursor::new(order)),
            next: NextPage::FromSecond { limit },
            largest: 0,
            yielded: YieldedWithoutId::default(),
            invalid,
        }
    }

    /// Fetches a page of chats before `bound`.
    async fn fetch(&self, bound: Option<Timestamp>, limit: u32) -> Result<PageItems<Chat>, Error> {
        let mut params = self.params.clone();
        params.limit = Some(limit);
        if let Some(bound) = bound {
            let upper_bound = match self.cursor.order {
                ChatOrder::ModifiedAt => &mut params.modified_before,
                _ => &mut params.updated_before,
            };
            // Keep the caller's own bound if it is the earlier one.
            if upper_bound
                .as_ref()
                .is_none_or(|set| is_earlier(&bound, Some(set)))
            {
                *upper_bound = Some(bound);
            }
        }
        Ok(params.fetch(&self.client).await?.into_page_items())
    }

    /// Returns the last second plus some seconds, in the service's format.
    fn second_plus(&self, seconds: i64) -> Result<Option<Timestamp>, Error> {
        let Some(second) = self.cursor.second() else {
            return Ok(None);
        };
        match second.plus_seconds(seconds) {
            Some(time) => Ok(Some(time)),
            None => Err(Error::unreadable_time(second)),
        }
    }

    /// Returns the chats that were not yielded before, and moves the cursor past them.
    fn retain_new(&mut self, page: PageItems<Chat>) -> PageItems<Chat> {
        self.largest = self.largest.max(page.len());
        let mut new = PageItems::new(Vec::with_capacity(page.items.len()), Vec::new());
        let mut unreadable = page.unreadable.into_iter().peekable();
        let mut index = 0;
        for chat in page.items {
            while let Some(item) = unreadable.next_if(|item| item.index() <= index) {
                self.retain_unreadable(item, &mut new);
                index += 1;
            }
            index += 1;
            if !self.cursor.was_yielded(chat.id, self.cursor.time_of(&chat)) {
                self.cursor.advance(&chat);
                new.items.push(chat);
            }
        }
        for item in unreadable {
            self.retain_unreadable(item, &mut new);
        }
        new
    }

    fn retain_unreadable(&mut self, item: UnreadableItem, new: &mut PageItems<Chat>) {
        let is_new = match item.id() {
            Some(id) => {
                let time = self.cursor.time_of_unreadable(&item);
                !self.cursor.was_yielded(ChatId(id), time.as_ref())
            }
            None => self.yielded.insert(&item),
        };
        if is_new {
            self.cursor.pass(&item, None);
            new.push_unreadable(item);
        }
    }

    /// Returns `true` if the time of any item of a page satisfies `predicate`.
    fn any_time(&self, page: &PageItems<Chat>, predicate: impl Fn(&Timestamp) -> bool) -> bool {
        let mut times = page
            .items
            .iter()
            .filter_map(|chat| self.cursor.time_of(chat));
        times.any(&predicate)
            || page.unreadable.iter().any(|item| {
                let time = self.cursor.time_of_unreadable(item);
                time.as_ref().is_some_and(&predicate)
            })
    }

    /// Handles a page that starts at the last second, and decides which page follows.
    fn handle_page(&mut self, chats: PageItems<Chat>, limit: u32) -> PageItems<Chat> {
        let size = chats.len();
        let second = self.cursor.second().cloned();
        let has_older = self.any_time(&chats, |time| is_earlier(time, second.as_ref()));
        let largest = self.largest;
        let new = self.retain_new(chats);
        self.next = if size == 0 {
            NextPage::End
        } else if has_older {
            NextPage::FromSecond {
                limit: self.limit(),
            }
        } else if size >= limit as usize && limit < MAX_PAGE_SIZE {
            // The second may have more chats.
            NextPage::FromSecond {
                limit: limit.saturating_mul(2).min(MAX_PAGE_SIZE),
            }
        } else if size < SERVICE_PAGE_SIZE || size < largest {
            // The service returns larger pages than this one, so it did not truncate it.
            NextPage::BeforeSecond(BoundKind::Exclusive)
        } else {
            NextPage::Probe { size }
        };
        new
    }

    /// Handles a page of the whole list that was requested with a limit above `size`: if the service
    /// returns more, it did not truncate a page of `size` chats.
    fn handle_probe(&mut self, returned: usize, size: usize) -> Result<(), Error> {
        self.largest = self.largest.max(returned);
        self.next = NextPage::BeforeSecond(BoundKind::Exclusive);
        match returned > size {
            true => Ok(()),
            false => Err(self.incomplete()),
        }
    }

    /// Handles a page of chats before the last second.
    fn handle_older(&mut self, chats: PageItems<Chat>, bound: BoundKind) -> PageItems<Chat> {
        let second = self.cursor.second().cloned();
        let is_repeated = |time: &Timestamp| !is_earlier(time, second.as_ref());
        if bound == BoundKind::Exclusive && self.any_time(&chats, is_repeated) {
            // The bound includes its second.
            self.next = NextPage::BeforeSecond(BoundKind::Inclusive);
            return PageItems::default();
        }
        let new = self.retain_new(chats);
        self.next = match new.is_empty() {
            true => NextPage::End,
            false => NextPage::FromSecond {
                limit: self.limit(),
            },
        };
        new
    }

    fn limit(&self) -> u32 {
        self.params.limit.unwrap_or(PAGE_SIZE)
    }

    fn incomplete(&self) -> Error {
        match self.cursor.second() {
            Some(second) => Error::hidden_chats(second.clone()),
            None => Error::chats_without_time(),
        }
    }
}

impl Pager for ChatPager {
    type Item = Chat;
    type Cursor = ChatCursor;

    const OPERATION: &'static Operation = &GET_CHATS;

    async fn next_page(&mut self) -> Result<Option<PageItems<Chat>>, Error> {
        if let Some(error) = self.invalid.take() {
            return Err(error);
        }
        loop {
            let new = match self.next.clone() {
                NextPage::End => return Ok(None),
                NextPage::FromSecond { limit } => {
                    let bound = self.second_plus(1)?;
                    let chats = self.fetch(bound, limit).await?;
                    self.handle_page(chats, limit)
                }
                NextPage::Probe { size } => {
                    let limit = u32::try_from(size)
                        .unwrap_or(MAX_PAGE_SIZE)
                        .saturating_add(1);
                    let returned = self.fetch(None, limit).await?.len();
                    self.handle_probe(returned, size)?;
                    PageItems::default()
                }
                NextPage::BeforeSecond(bound) => {
                    let seconds = match bound {
                        BoundKind::Exclusive => 0,
                        BoundKind::Inclusive => -1,
                    };
                    let limit = self.limit();
                    let time = self.second_plus(seconds)?;
                    let chats = self.fetch(time, limit).await?;
                    self.handle_older(chats, bound)
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

    fn read_ahead(&self) -> bool {
        !self.params.no_read_ahead
    }
}

impl_stream! {
    /// Stream of chats; returned by [`GetChats::stream`](super::GetChats::stream).
    ///
    /// Yields each chat once. A chat with new activity moves to the front of the list: if the stream has
    /// yielded it, it may yield it again with the newer time; if not, the stream may miss it, and a new
    /// stream with [`updated_from`](super::GetChats::updated_from) set to the time of the first chat
    /// yields it. The stream ends when the service has no more chats, and after any error other than an
    /// [incomplete list](Error::is_incomplete_list) or an [unreadable chat](Error::is_unreadable_item), after
    /// which it continues.
    pub struct ChatStream(ItemPaginator<ChatPager>) -> Chat;
}

impl ChatStream {
    /// The position after the last yielded chat, for [`GetChats::resume`](super::GetChats::resume).
    pub fn cursor(&self) -> ChatCursor {
        self.0.cursor().clone()
    }
}

impl_stream! {
    /// Stream of pages of chats; returned by [`GetChats::pages`](super::GetChats::pages).
    ///
    /// No page is empty, but all items of a page may be [unreadable](crate::Page::unreadable). Otherwise like
    /// [`ChatStream`].
    pub struct ChatPages(Paginator<ChatPager>) -> ChatPage;
}

impl ChatPages {
    /// The position after the last yielded page, for [`GetChats::resume`](super::GetChats::resume). After an
    /// error it is unchanged, so a new stream that resumes there fetches the same page again.
    pub fn cursor(&self) -> ChatCursor {
        self.0.cursor().clone()
    }
}

impl Error {
    fn hidden_chats(second: Timestamp) -> Error {
        let problem =
            format!("more chats share the second {second} than the service returns on a page");
        let remedy = "some of them may be missing; read on for the chats after them";
        Error::new(ErrorKind::IncompleteList, problem, remedy).with_incomplete_at(second)
    }

    fn chats_without_time() -> Error {
        Error::new(
            ErrorKind::IncompleteList,
            "the chats have no time to page by",
            "sort by `ChatOrder::UpdatedAt`",
        )
    }

    /// No next page can be requested, since the time of the last chat has an unknown format.
    fn unreadable_time(time: &Timestamp) -> Error {
        let time = one_line(time.as_str(), 40);
        Error::new(
            ErrorKind::Decode,
            format!("the time `{time}` of a chat has an unknown format"),
            "fetch single pages with `get_chats().await` instead of a stream",
        )
    }
}
