//! Paging of messages: by the id of the last one.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_MESSAGES;

use super::cursor::{Direction, MessageCursor};
use super::new_messages::{self, Continuation, FetchedPage};
use super::page::{GetMessagesParams, MessagePage, PAGE_SIZE};
use super::{Comparison, Message, MessageId, SortOrder};
use crate::paging::{PageItems, Pager, YieldedWithoutId, impl_stream};
use crate::{Client, Error, ErrorKind};

/// Pages through the messages of a chat.
///
/// An empty page marks the end of the list. A short page does not: the server may return fewer messages
/// than requested.
#[derive(Debug)]
pub(crate) struct MessagePager {
    client: Client,
    /// The caller's parameters, without the bound.
    params: GetMessagesParams,
    /// The bound of the first page.
    first: Option<Bound>,
    /// The bound at the far end of the list.
    stop: Option<Bound>,
    cursor: MessageCursor,
    yielded: YieldedWithoutId,
    /// Error that the next call reports: in the parameters, or at the end of what can be read.
    invalid: Option<Error>,
    is_done: bool,
}

type Bound = (Comparison, MessageId);

/// Direction and bounds of a list.
#[derive(Default)]
struct Range {
    direction: Direction,
    first: Option<Bound>,
    stop: Option<Bound>,
}

impl Range {
    /// Takes the bound out of the parameters, and assigns it to the near or the far end of the list.
    fn take_from(params: &mut GetMessagesParams) -> Result<Range, Error> {
        let direction = match params.order {
            None | Some(SortOrder::Desc) => Direction::Older,
            Some(SortOrder::Asc) => Direction::Newer,
            Some(_) => {
                let remedy = "use `SortOrder::Asc` or `SortOrder::Desc`";
                let problem = "is not a known order";
                return Err(Error::invalid_input("order", problem, remedy));
            }
        };
        let (mut first, mut stop) = (None, None);
        if let Some((comparison, id)) = params.bound.take() {
            let is_first = match comparison {
                Comparison::Lt | Comparison::Lte => direction == Direction::Older,
                Comparison::Gt | Comparison::Gte => direction == Direction::Newer,
                _ => {
                    let remedy = "use `before`, `up_to`, `after` or `since`";
                    let problem = "is not a known comparison";
                    return Err(Error::invalid_input("compare", problem, remedy));
                }
            };
            match is_first {
                true => first = Some((comparison, id)),
                false => stop = Some((comparison, id)),
            }
        }
        // Without a bound the service returns the newest page; the oldest page starts at the first id.
        if direction == Direction::Newer {
            first.get_or_insert((Comparison::Gte, MessageId(1)));
        }
        Ok(Range {
            direction,
            first,
            stop,
        })
    }
}

impl MessagePager {
    /// Creates a pager that starts at the near bound, or at the cursor to resume.
    pub(crate) fn new(client: Client, mut params: GetMessagesParams) -> MessagePager {
        let resume = params.resume.take();
        if let Some(cursor) = &resume {
            // The cursor's direction decides which end the bound is at.
            params.order = Some(cursor.direction.order());
        }
        let (range, invalid) = match Range::take_from(&mut params) {
            Ok(range) => (range, None),
            Err(error) => (Range::default(), Some(error)),
        };
        params.limit.get_or_insert(PAGE_SIZE);
        params.order = Some(range.direction.order());
        let start = MessageCursor {
            direction: range.direction,
            last: None,
        };
        MessagePager {
            client,
            params,
            first: range.first,
            stop: range.stop,
            cursor: resume.unwrap_or(start),
            yielded: YieldedWithoutId::default(),
            invalid,
            is_done: false,
        }
    }

    /// The near bound of the next page.
    fn next_bound(&self) -> Option<Bound> {
        match self.cursor.last {
            None => self.first.clone(),
            Some(last) => match self.cursor.direction {
                Direction::Older => Some((Comparison::Lt, last)),
                Direction::Newer => Some((Comparison::Gt, last)),
            },
        }
    }

    /// Returns `true` if a page only repeats the last message: the end, if the server's bound is inclusive.
    /// A page of one could not hold more.
    fn repeats_last(&self, page: &PageItems<Message>) -> bool {
        let is_last = |id: MessageId| Some(id) == self.cursor.last;
        self.params.limit != Some(1)
            && page.items.iter().all(|message| is_last(message.id))
            && page
                .unreadable
                .iter()
                .all(|item| item.id().map(MessageId).is_some_and(is_last))
    }

    /// Returns the messages of a page that were not yielded before, in the order of the list.
    fn retain_new(&mut self, page: PageItems<Message>) -> PageItems<Message> {
        let direction = self.cursor.direction;
        let is_new = |id: MessageId| match (self.cursor.last, &self.first) {
            (Some(last), _) => direction.is_beyond(id, last),
            (None, Some(first)) => satisfies(id, first),
            (None, None) => true,
        };
        new_messages::retain_new(page, direction, is_new, &mut self.yielded)
    }

    /// Removes the messages beyond the far end of the list.
    fn retain_within(&mut self, page: &mut PageItems<Message>, last: MessageId) {
        if let Some(stop) = &self.stop
            && !satisfies(last, stop)
        {
            self.is_done = true;
            // The messages are in order, so those that are removed are at the end.
            page.items.retain(|message| satisfies(message.id, stop));
            page.unreadable.retain(|item| match item.id() {
                Some(id) => satisfies(MessageId(id), stop),
                None => item.index() <= page.items.len(),
            });
        }
    }
}

impl Pager for MessagePager {
    type Item = Message;
    type Cursor = MessageCursor;

    const OPERATION: &'static Operation = &GET_MESSAGES;

    async fn next_page(&mut self) -> Result<Option<PageItems<Message>>, Error> {
        if let Some(error) = self.invalid.take() {
            return Err(error);
        }
        if self.is_done {
            return Ok(None);
        }
        let mut params = self.params.clone();
        params.bound = self.next_bound();
        let FetchedPage { items: page, next } = params.fetch_items(&self.client).await?;
        if page.is_empty() || self.repeats_last(&page) {
            self.is_done = true;
            return Ok(None);
        }
        let mut new = self.retain_new(page);
        let direction = self.cursor.direction;
        match (new_messages::furthest(&new, direction), next) {
            (Some(last), _) => self.retain_within(&mut new, last),
            (None, Continuation::AfterLast) if new.is_empty() => return Err(Error::page_repeated()),
            (None, Continuation::AfterLast) => {}
            (None, Continuation::End) => self.is_done = true,
            (None, Continuation::OutOfReach) => {
                self.is_done = true;
                self.invalid = Some(Error::messages_without_id());
            }
        }
        if let Some(last) = new_messages::furthest(&new, direction) {
            self.cursor.last = Some(last);
        }
        match new.is_empty() {
            true => self.invalid.take().map_or(Ok(None), Err),
            false => Ok(Some(new)),
        }
    }

    fn cursor(&self) -> &MessageCursor {
        &self.cursor
    }

    fn read_ahead(&self) -> bool {
        self.params.read_ahead
    }
}

/// Returns `true` if a message is within a bound.
fn satisfies(message: MessageId, (comparison, bound): &Bound) -> bool {
    match comparison {
        Comparison::Lt => message < *bound,
        Comparison::Lte => message <= *bound,
        Comparison::Gt => message > *bound,
        Comparison::Gte => message >= *bound,
        _ => true,
    }
}

impl_stream! {
    /// Stream of the messages of a chat; returned by [`GetMessages::stream`](super::GetMessages::stream).
    ///
    /// Yields each message once, in the order of ids, even if messages arrive or are deleted meanwhile. The
    /// stream ends when the service has no more messages, and after an error; resume it at its
    /// [`cursor`](MessageStream::cursor). A message that cannot be decoded is an error as well, with
    /// [`is_unreadable_item`](Error::is_unreadable_item), and the stream continues after it.
    pub struct MessageStream(ItemPaginator<MessagePager>) -> Message;
}

impl MessageStream {
    /// The position after the last yielded message, for
    /// [`GetMessages::resume`](super::GetMessages::resume).
    pub fn cursor(&self) -> MessageCursor {
        self.0.cursor().clone()
    }
}

impl_stream! {
    /// Stream of pages of messages; returned by [`GetMessages::pages`](super::GetMessages::pages).
    ///
    /// No page is empty, but all items of a page may be [unreadable](crate::Page::unreadable). Otherwise like
    /// [`MessageStream`].
    pub struct MessagePages(Paginator<MessagePager>) -> MessagePage;
}

impl MessagePages {
    /// The position after the last yielded page, for
    /// [`GetMessages::resume`](super::GetMessages::resume). After an error it is unchanged, so a new stream that
    /// resumes there fetches the same page again.
    pub fn cursor(&self) -> MessageCursor {
        self.0.cursor().clone()
    }
}

impl Error {
    fn messages_without_id() -> Error {
        Error::new(
            ErrorKind::IncompleteList,
            "no message of a page has an id that can be decoded",
            "check whether the service has changed; messages after them are out of reach",
        )
    }

    fn page_repeated() -> Error {
        Error::new(
            ErrorKind::Decode,
            "the service returned the same page again instead of the next one",
            "resume at the cursor later; it is unknown whether there are more messages",
        )
    }
}
