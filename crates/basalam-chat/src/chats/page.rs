//! One page of chats: the parameters of the request, and the response.

use basalam_chat_api::operations::GET_CHATS;

use super::{Chat, ChatCursor, ChatFilter, ChatOrder, Timestamp};
use crate::paging::{Cursor, Page, PageItems};
use crate::request::check_not_blank;
use crate::{Client, Error};

/// Parameters of [`GetChats`](super::GetChats).
#[derive(Clone, Debug, Default)]
pub(crate) struct GetChatsParams {
    pub(super) limit: Option<u32>,
    pub(super) order_by: Option<ChatOrder>,
    pub(super) filter: Option<ChatFilter>,
    pub(super) updated_from: Option<Timestamp>,
    pub(super) updated_before: Option<Timestamp>,
    pub(super) modified_from: Option<Timestamp>,
    pub(super) modified_before: Option<Timestamp>,
    pub(super) resume: Option<ChatCursor>,
    pub(super) no_read_ahead: bool,
}

/// A page of chats; returned by [`GetChats`](super::GetChats).
pub type ChatPage = Page<Chat, ChatCursor>;

impl GetChatsParams {
    fn check(&self) -> Result<(), Error> {
        if self.limit == Some(0) {
            return Err(Error::zero("limit"));
        }
        for (argument, value) in [
            ("filter", self.filter.as_ref().map(ChatFilter::as_str)),
            ("order_by", self.order_by.as_ref().map(ChatOrder::as_str)),
            (
                "updated_from",
                self.updated_from.as_ref().map(Timestamp::as_str),
            ),
            (
                "updated_before",
                self.updated_before.as_ref().map(Timestamp::as_str),
            ),
            (
                "modified_from",
                self.modified_from.as_ref().map(Timestamp::as_str),
            ),
            (
                "modified_before",
                self.modified_before.as_ref().map(Timestamp::as_str),
            ),
        ] {
            check_not_blank(argument, value)?;
        }
        Ok(())
    }

    /// Fetches one page.
    pub(super) async fn fetch(self, client: &Client) -> Result<ChatPage, Error> {
        self.check()
            .map_err(|error| error.with_operation(&GET_CHATS))?;
        let result = client
            .raw()
            .get_chats(
                self.filter.as_ref(),
                self.limit.map(i64::from),
                self.modified_before.as_ref(),
                self.modified_from.as_ref(),
                self.order_by.as_ref(),
                self.updated_before.as_ref(),
                self.updated_from.as_ref(),
            )
            .await;
        let response = client.transport().decode_response(&GET_CHATS, result)?;
        // The contract does not promise `data`. Treating a response without it as the end of the list
        // could silently lose chats.
        let data = response.data;
        let data = data.ok_or_else(|| Error::missing_field("data").with_operation(&GET_CHATS))?;
        let order = self.order_by.unwrap_or(ChatOrder::UpdatedAt);
        let mut cursor = ChatCursor::after(order, &data.chats);
        for item in &data.unreadable {
            cursor.pass(item, None);
        }
        Ok(Page::new(
            PageItems::new(data.chats, data.unreadable),
            cursor,
        ))
    }
}
