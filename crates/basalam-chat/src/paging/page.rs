//! A page of a list.

use std::ops::Deref;

use serde::Serialize;

/// A page of a list, in the requested order. Dereferences to the slice of its items.
///
/// It serializes as an object with the fields `items`, each as the service wrote it, and `cursor`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Page<T, C> {
    /// The items. A page with fewer items than requested is not necessarily the last; an empty page marks the
    /// end of the list (likely).
    pub items: Vec<T>,
    cursor: C,
}

impl<T, C> Page<T, C> {
    pub(crate) fn new(items: Vec<T>, cursor: C) -> Page<T, C> {
        Page { items, cursor }
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
