//! Pagination: fetches lists page by page and yields their pages or items.
//!
//! A [`Pager`] knows how one list is paged. A [`Paginator`] drives it and prefetches pages; an
//! [`ItemPaginator`] yields the items of those pages one by one.

mod items;
mod page;
mod page_items;
mod pager;
mod paginator;
mod stream;
mod unreadable;

pub(crate) use items::ItemPaginator;
pub use page::Page;
pub(crate) use page_items::{PageItems, YieldedWithoutId};
pub(crate) use pager::{Cursor, Pager};
pub(crate) use paginator::Paginator;
pub(crate) use stream::impl_stream;
