//! One page of messages: the parameters of the request, and the response.

use basalam_chat_api::operations::GET_MESSAGES;

use super::cursor::{Direction, MessageCursor};
use super::{Comparison, Message, MessageId, SortOrder};
use crate::paging::{Cursor, Page, PageItems};
use crate::request::check_id;
use crate::{ChatId, Client, Error};

/// Default page size of lists. Live integrations use 100 and 200.
pub(super) const PAGE_SIZE: u32 = 100;

/// Parameters of [`GetMessages`](super::GetMessages).
#[derive(Clone, Debug)]
pub(crate) struct GetMessagesParams {
    chat: ChatId,
    pub(super) limit: Option<u32>,
    pub(super) order: Option<SortOrder>,
    pub(super) bound: Option<(Comparison, MessageId)>,
    pub(super) resume: Option<MessageCursor>,
    pub(super) read_ahead: bool,
}

/// A page of messages; returned by [`GetMessages`](super::GetMessages).
pub type MessagePage = Page<Message, MessageCursor>;

impl GetMessagesParams {
    pub(super) fn new(chat: ChatId) -> GetMessagesParams {
        GetMessagesParams {
            chat,
            limit: None,
            order: None,
            bound: None,
            resume: None,
            read_ahead: true,
        }
    }

    fn check(&self) -> Result<(), Error> {
        check_id("chat", self.chat.0)?;
        match self.limit {
            Some(0) => Err(Error::zero("limit")),
            _ => Ok(()),
        }
    }

    /// Fetches one page.
    pub(super) async fn fetch(self, client: &Client) -> Result<MessagePage, Error> {
        self.check()
            .map_err(|error| error.with_operation(&GET_MESSAGES))?;
        let mut cursor = self.start();
        let (comparison, message) = self.bound.unzip();
        let result = client
            .raw()
            .get_messages(
                &self.chat,
                comparison.as_ref(),
                self.limit.map(i64::from),
                message.as_ref(),
                self.order.as_ref(),
            )
            .await;
        let response = client.transport().decode_response(&GET_MESSAGES, result)?;
        let page = PageItems::new(response.data.messages, response.data.unreadable);
        if let Some(message) = page.items.last() {
            cursor.last = Some(message.id);
        }
        for item in &page.unreadable {
            cursor.pass(item, None);
        }
        Ok(Page::new(page, cursor))
    }

    /// The cursor before the page, which is also the cursor after it if it is empty.
    fn start(&self) -> MessageCursor {
        let direction = match self.order {
            Some(SortOrder::Asc) => Direction::Newer,
            _ => Direction::Older,
        };
        let last = self
            .bound
            .as_ref()
            .and_then(|(comparison, id)| match (comparison, direction) {
                (Comparison::Gt, Direction::Newer) | (Comparison::Lt, Direction::Older) => {
                    Some(*id)
                }
                (Comparison::Gte, Direction::Newer) | (Comparison::Lte, Direction::Older) => {
                    Some(direction.just_before(*id))
                }
                _ => None,
            });
        MessageCursor { direction, last }
    }
}
