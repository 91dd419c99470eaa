//! Paginator of items: yields the items of the pages that a [`Paginator`] fetches.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use super::{Cursor, Pager, Paginator};
use crate::Error;

/// Yields one item after the other.
pub(crate) struct ItemPaginator<P: Pager> {
    pages: Paginator<P>,
    page: VecDeque<P::Item>,
    cursor: P::Cursor,
}

impl<P: Pager> ItemPaginator<P> {
    pub(crate) fn new(pager: P) -> ItemPaginator<P> {
        ItemPaginator {
            cursor: pager.cursor().clone(),
            pages: Paginator::new(pager),
            page: VecDeque::new(),
        }
    }

    /// Returns the next item if its page was fetched. Moves it only once, since items are large.
    pub(crate) fn buffered(&mut self) -> Option<P::Item> {
        self.cursor.advance(self.page.front()?);
        self.page.pop_front()
    }

    /// Returns the next item, or `None` at the end.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<P::Item>, Error>> {
        while self.page.is_empty() {
            match ready!(self.pages.poll_next(context))? {
                Some(page) => self.page = page.items.into(),
                None => return Poll::Ready(Ok(None)),
            }
        }
        Poll::Ready(Ok(self.buffered()))
    }

    /// The position after the last yielded item.
    pub(crate) fn cursor(&self) -> &P::Cursor {
        &self.cursor
    }
}
