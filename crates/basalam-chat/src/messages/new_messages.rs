//! The messages of a page that were not yielded before.

use basalam_chat_api::UnreadableItem;

use super::cursor::Direction;
use super::page::{GetMessagesParams, PAGE_SIZE};
use super::{Message, MessageId};
use crate::paging::{PageItems, YieldedWithoutId};
use crate::{Client, Error};

/// A shorter page was not truncated by the service (likely).
const SERVICE_PAGE_SIZE: usize = 10;
/// Largest page size requested to get past items without a readable id.
const MAX_PAGE_SIZE: u32 = 1_000;

/// A page of messages, and whether the list can continue after it.
pub(super) struct FetchedPage {
    pub(super) items: PageItems<Message>,
    pub(super) next: Continuation,
}

/// How a list continues after a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Continuation {
    /// After the last id of the page.
    AfterLast,
    /// No item of the page has a readable id, and there are no more.
    End,
    /// No item of the page has a readable id, and there may be more that are out of reach.
    OutOfReach,
}

impl GetMessagesParams {
    /// Fetches one page. If no item of it has a readable id, the list cannot continue after it, so a larger
    /// page is requested.
    pub(super) async fn fetch_items(mut self, client: &Client) -> Result<FetchedPage, Error> {
        let mut earlier_size = 0;
        loop {
            let items = self.clone().fetch(client).await?.into_page_items();
            let has_id = |item: &UnreadableItem| item.id().is_some();
            let is_anchored = !items.items.is_empty() || items.unreadable.iter().any(has_id);
            let limit = self.limit.unwrap_or(PAGE_SIZE);
            let size = items.len();
            let is_full = size >= SERVICE_PAGE_SIZE.min(limit as usize);
            let next = match is_full {
                _ if is_anchored || size == 0 => Continuation::AfterLast,
                false => Continuation::End,
                true if size <= earlier_size || limit >= MAX_PAGE_SIZE => Continuation::OutOfReach,
                true => {
                    earlier_size = size;
                    self.limit = Some(limit.saturating_mul(2).min(MAX_PAGE_SIZE));
                    continue;
                }
            };
            return Ok(FetchedPage { items, next });
        }
    }
}

/// Returns the messages of a page that `is_new` accepts and that were not yielded before, in the order of the
/// list.
pub(super) fn retain_new(
    page: PageItems<Message>,
    direction: Direction,
    is_new: impl Fn(MessageId) -> bool,
    yielded: &mut YieldedWithoutId,
) -> PageItems<Message> {
    let mut messages = page.items;
    // The message before each item that has no id, which determines its position.
    let before = |(earlier, item): (usize, &UnreadableItem)| {
        let index = item.index().checked_sub(earlier + 1)?;
        Some(messages.get(index)?.id)
    };
    let neighbors: Vec<Option<MessageId>> =
        page.unreadable.iter().enumerate().map(before).collect();

    messages.retain(|message| is_new(message.id));
    direction.sort(&mut messages);
    messages.dedup_by_key(|message| message.id);

    let mut unreadable: Vec<(usize, UnreadableItem)> = Vec::new();
    for (item, neighbor) in page.unreadable.into_iter().zip(neighbors) {
        let is_new = match item.id() {
            Some(id) => is_new(MessageId(id)),
            None => yielded.insert(&item),
        };
        if is_new {
            let position = match (item.id().map(MessageId), neighbor) {
                (Some(id), _) => {
                    messages.partition_point(|message| direction.is_beyond(id, message.id))
                }
                (None, Some(id)) => {
                    messages.partition_point(|message| !direction.is_beyond(message.id, id))
                }
                (None, None) => 0,
            };
            unreadable.push((position, item));
        }
    }
    unreadable.sort_by_key(|(position, _)| *position);
    let unreadable = unreadable.into_iter().enumerate();
    let unreadable =
        unreadable.map(|(earlier, (position, item))| item.at_index(position + earlier));
    let unreadable = unreadable.collect();
    PageItems::new(messages, unreadable)
}

/// Returns the id of a page that is the furthest in the direction of the list.
pub(super) fn furthest(page: &PageItems<Message>, direction: Direction) -> Option<MessageId> {
    let messages = page.items.iter().map(|message| message.id);
    let unreadable = page
        .unreadable
        .iter()
        .filter_map(|item| item.id().map(MessageId));
    messages
        .chain(unreadable)
        .reduce(|furthest, id| match direction.is_beyond(id, furthest) {
            true => id,
            false => furthest,
        })
}
