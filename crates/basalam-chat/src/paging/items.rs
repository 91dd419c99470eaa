//! Paginator of items: yields the items of the pages that a [`Paginator`] fetches.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use basalam_chat_api::UnreadableItem;

use super::{Cursor, Pager, Paginator};
use crate::Error;

/// Yields one item after the other, and an error in place of each that cannot be decoded.
pub(crate) struct ItemPaginator<P: Pager> {
    pages: Paginator<P>,
    page: VecDeque<P::Item>,
    unreadable: VecDeque<UnreadableItem>,
    /// The number of items of the page that were yielded, readable and not.
    yielded: usize,
    cursor: P::Cursor,
}

impl<P: Pager> ItemPaginator<P> {
    pub(crate) fn new(pager: P) -> ItemPaginator<P> {
        ItemPaginator {
            cursor: pager.cursor().clone(),
            pages: Paginator::new(pager),
            page: VecDeque::new(),
            unreadable: VecDeque::new(),
            yielded: 0,
        }
    }

    /// Returns the next item if its page was fetched. Moves it only once, since items are large.
    pub(crate) fn buffered(&mut self) -> Option<Result<P::Item, Error>> {
        let next = self.unreadable.front();
        if next.is_some_and(|item| item.index() <= self.yielded)
            && let Some(item) = self.unreadable.pop_front()
        {
            self.yielded += 1;
            self.cursor.pass(&item, self.page.front());
            return Some(Err(Error::unreadable(item, P::OPERATION)));
        }
        self.cursor.advance(self.page.front()?);
        self.yielded += 1;
        self.page.pop_front().map(Ok)
    }

    /// Returns the next item, or `None` at the end.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<P::Item>, Error>> {
        loop {
            if let Some(item) = self.buffered() {
                return Poll::Ready(item.map(Some));
            }
            match ready!(self.pages.poll_next(context))? {
                Some(page) => {
                    let page = page.into_page_items();
                    self.page = page.items.into();
                    self.unreadable = page.unreadable.into();
                    self.yielded = 0;
                }
                None => return Poll::Ready(Ok(None)),
            }
        }
    }

    /// The position after the last yielded item.
    pub(crate) fn cursor(&self) -> &P::Cursor {
        &self.cursor
    }
}
