//! A page of a list of the webhook service.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::types::{
    RegisteredWebhook, RegisteredWebhookList, Webhook, WebhookCustomer, WebhookCustomerList,
    WebhookEvent, WebhookEventList, WebhookList, WebhookLog, WebhookLogList, WebhookService,
    WebhookServiceList,
};
use basalam_chat_api::{Error as ApiError, ResponseValue, UnreadableItem};
use serde::{Deserialize, Serialize};

use crate::paging::{self, Page, PageItems};
use crate::{Client, Error};

/// A page of a list of the webhook service.
pub type WebhookPage<T> = Page<T, PageCursor>;

/// Position after a page of a list of the webhook service, and the counts that the service reported with it.
///
/// The webhook service numbers its pages. A page number is no position in a list that changes: an item that is
/// added or deleted meanwhile can repeat or hide others.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct PageCursor {
    pub(super) next_page: u32,
    pub(super) total_pages: Option<i64>,
    total_count: Option<i64>,
}

impl PageCursor {
    pub(super) fn at(page: u32) -> PageCursor {
        PageCursor {
            next_page: page,
            total_pages: None,
            total_count: None,
        }
    }

    /// The number of the next page, for the setter `page` of lists that have one.
    pub fn next_page(&self) -> u32 {
        self.next_page
    }

    /// The number of pages, if the service reported it.
    pub fn total_pages(&self) -> Option<u64> {
        self.total_pages?.try_into().ok()
    }

    /// The number of items on all pages, if the service reported it.
    pub fn total_count(&self) -> Option<u64> {
        self.total_count?.try_into().ok()
    }
}

// Pages are the only positions.
impl<T> paging::Cursor<T> for PageCursor {
    fn advance(&mut self, _: &T) {}

    fn pass(&mut self, _: &UnreadableItem, _: Option<&T>) {}
}

/// The response type of a list.
pub(super) trait List {
    type Item;

    fn into_page(self, page: u32) -> Result<WebhookPage<Self::Item>, Error>;
}

macro_rules! impl_list {
    ($($list:ident of $item:ident;)*) => {$(
        impl List for $list {
            type Item = $item;

            fn into_page(self, page: u32) -> Result<WebhookPage<$item>, Error> {
                let items = match self.data {
                    Some(items) => items,
                    None if self.result_count == Some(0) || self.total_count == Some(0) => Vec::new(),
                    // Treating it as an empty list could silently hide items.
                    None => return Err(Error::missing_field("data")),
                };
                let cursor = PageCursor {
                    next_page: page.saturating_add(1),
                    total_pages: self.total_page,
                    total_count: self.total_count,
                };
                Ok(Page::new(PageItems::new(items, self.unreadable), cursor))
            }
        }
    )*};
}

impl_list! {
    WebhookList of Webhook;
    WebhookEventList of WebhookEvent;
    WebhookServiceList of WebhookService;
    WebhookLogList of WebhookLog;
    WebhookCustomerList of WebhookCustomer;
    RegisteredWebhookList of RegisteredWebhook;
}

/// Decodes the response with the page of that number.
pub(super) fn decode_page<L: List>(
    client: &Client,
    operation: &'static Operation,
    page: u32,
    result: Result<ResponseValue<L>, ApiError<()>>,
) -> Result<WebhookPage<L::Item>, Error> {
    let list = client.transport().decode_response(operation, result)?;
    list.into_page(page)
        .map_err(|error| error.with_operation(operation))
}
