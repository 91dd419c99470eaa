//! Paging by page numbers.

use std::fmt;

use basalam_chat_api::UnreadableItem;
use basalam_chat_api::operation::Operation;

use super::list::{PageCursor, WebhookPage};
use crate::paging::{PageItems, Pager};
use crate::{Client, Error};

/// The parameters of a list with numbered pages.
pub(super) trait NumberedList: fmt::Debug + Send + Sync + 'static {
    type Item: Send + Unpin + 'static;

    const OPERATION: &'static Operation;

    /// The number of the first page to read.
    fn first_page(&self) -> u32;

    /// Identifies an item.
    fn id(item: &Self::Item) -> (i64, Option<i64>);

    fn fetch(
        &self,
        client: &Client,
        page: u32,
    ) -> impl Future<Output = Result<WebhookPage<Self::Item>, Error>> + Send;
}

/// The ids of the items of a page, and the items that cannot be decoded.
type PageIds = (Vec<(i64, Option<i64>)>, Vec<UnreadableItem>);

/// Reads numbered pages until one is empty, the last of the reported number, or the same as the one before.
#[derive(Debug)]
pub(super) struct NumberedPager<L> {
    client: Client,
    list: L,
    cursor: PageCursor,
    /// The items of the page before. A service that ignores the number would return the same page forever.
    previous: Option<PageIds>,
    is_done: bool,
}

impl<L: NumberedList> NumberedPager<L> {
    pub(super) fn new(client: Client, list: L) -> NumberedPager<L> {
        NumberedPager {
            client,
            cursor: PageCursor::at(list.first_page()),
            list,
            previous: None,
            is_done: false,
        }
    }
}

impl<L: NumberedList> Pager for NumberedPager<L> {
    type Item = L::Item;
    type Cursor = PageCursor;

    const OPERATION: &'static Operation = L::OPERATION;

    async fn next_page(&mut self) -> Result<Option<PageItems<L::Item>>, Error> {
        if self.is_done {
            return Ok(None);
        }
        let number = self.cursor.next_page;
        let page = self.list.fetch(&self.client, number).await?;
        let cursor = page.cursor();
        let items = page.into_page_items();
        let ids = items.items.iter().map(L::id).collect();
        let ids = Some((ids, items.unreadable.clone()));
        if items.is_empty() || ids == self.previous {
            self.is_done = true;
            return Ok(None);
        }
        let last = cursor.total_pages.unwrap_or(i64::MAX);
        self.is_done = i64::from(number) >= last || number == u32::MAX;
        self.cursor = cursor;
        self.previous = ids;
        Ok(Some(items))
    }

    fn cursor(&self) -> &PageCursor {
        &self.cursor
    }

    fn read_ahead(&self) -> bool {
        // The lists are short.
        false
    }
}
