//! The items of a page, readable and not.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use basalam_chat_api::UnreadableItem;

/// The items of a page in the order of the list.
#[derive(Debug)]
pub(crate) struct PageItems<T> {
    /// The items that were decoded.
    pub(crate) items: Vec<T>,
    /// The other items. Each knows its position in the page.
    pub(crate) unreadable: Vec<UnreadableItem>,
}

impl<T> PageItems<T> {
    pub(crate) fn new(items: Vec<T>, unreadable: Vec<UnreadableItem>) -> PageItems<T> {
        PageItems { items, unreadable }
    }

    /// The number of items, readable and not.
    pub(crate) fn len(&self) -> usize {
        self.items.len() + self.unreadable.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends an item that cannot be decoded.
    pub(crate) fn push_unreadable(&mut self, item: UnreadableItem) {
        let index = self.len();
        self.unreadable.push(item.at_index(index));
    }
}

impl<T> Default for PageItems<T> {
    fn default() -> PageItems<T> {
        PageItems::new(Vec::new(), Vec::new())
    }
}

/// The items without a readable id that were yielded. Pages overlap, and such an item can only be recognized by
/// its content.
#[derive(Clone, Debug, Default)]
pub(crate) struct YieldedWithoutId {
    state: RandomState,
    hashes: HashSet<u64>,
}

impl YieldedWithoutId {
    /// Records that an item is yielded. Returns `false` if it was yielded before.
    pub(crate) fn insert(&mut self, item: &UnreadableItem) -> bool {
        // Reading a message or answering it changes the times of a message, but not its content.
        let hash = match item.get("content").filter(|content| !content.is_null()) {
            Some(content) => {
                let [sender, created_at] = ["sender", "created_at"].map(|name| item.get(name));
                let identity = [Some(content), sender, created_at];
                self.state
                    .hash_one(identity.map(|it| it.map(|it| it.to_string())))
            }
            None => self.state.hash_one(item.raw()),
        };
        self.hashes.insert(hash)
    }
}
