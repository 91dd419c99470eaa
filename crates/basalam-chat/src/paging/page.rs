//! A page of a list.

use std::ops::Deref;

use basalam_chat_api::UnreadableItem;
use serde::Serialize;

use super::PageItems;

/// A page of a list, in the requested order. Dereferences to the slice of its items.
///
/// It serializes as an object with the fields `items`, each as the service wrote it, `unreadable`,
/// unless that is empty, and `cursor`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Page<T, C> {
    /// The items. A page with fewer items than requested is not necessarily the last; a page without items,
    /// readable or [unreadable](Page::unreadable), marks the end of the list (likely).
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<UnreadableItem>,
    cursor: C,
}

impl<T, C> Page<T, C> {
    pub(crate) fn new(page: PageItems<T>, cursor: C) -> Page<T, C> {
        Page {
            items: page.items,
            unreadable: page.unreadable,
            cursor,
        }
    }

    pub(crate) fn into_page_items(self) -> PageItems<T> {
        PageItems::new(self.items, self.unreadable)
    }

    /// The items that cannot be decoded, in the order of the list. They are not in [`items`](Page::items).
    ///
    /// One such item does not affect the others: the service, or a person in a chat, can send values that no
    /// version of this crate can decode. Each has the JSON as received, and the id if that can be decoded.
    pub fn unreadable(&self) -> &[UnreadableItem] {
        &self.unreadable
    }
}

impl<T, C: Clone> Page<T, C> {
    /// The position after the last item of the page, for the `resume` setter of the request builder.
    pub fn cursor(&self) -> C {
        self.cursor.clone()
    }
}

impl<T, C> Deref for Page<T, C> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T, C> IntoIterator for Page<T, C> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T, C> IntoIterator for &'a Page<T, C> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
