//! The interface between a list and the paginators.

use std::fmt;

use basalam_chat_api::UnreadableItem;
use basalam_chat_api::operation::Operation;

use super::PageItems;
use crate::Error;

/// Paging of one list.
pub(crate) trait Pager: fmt::Debug + Send + Sized + 'static {
    /// Item of the list.
    type Item: Send + Unpin + 'static;
    /// Position in the list, from which another pager can resume.
    type Cursor: Cursor<Self::Item>;

    /// The operation that lists the items.
    const OPERATION: &'static Operation;

    /// Fetches the next items that were not returned before: at least one, or `None` at the end.
    ///
    /// After an error the position is unchanged; after an incomplete list it is past the missing items.
    fn next_page(
        &mut self,
    ) -> impl Future<Output = Result<Option<PageItems<Self::Item>>, Error>> + Send;

    /// The position after the last returned item.
    fn cursor(&self) -> &Self::Cursor;

    /// Returns `true` if the next page is fetched while the caller processes the current one.
    fn read_ahead(&self) -> bool;
}

/// Position in a list.
pub(crate) trait Cursor<T>: Clone + fmt::Debug + Send + Unpin + 'static {
    /// Moves the position past an item that was yielded.
    fn advance(&mut self, item: &T);

    /// Moves the position past an item that cannot be decoded. `next` is the item after it.
    fn pass(&mut self, unreadable: &UnreadableItem, next: Option<&T>);
}
