//! One page of chats: the parameters of the request, and the response.

use std::ops::Deref;

use basalam_chat_api::operations::GET_CHATS;

use super::{Chat, ChatCursor, ChatFilter, ChatOrder, Timestamp};
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

impl GetChatsParams {
    /// Fetches one page.
    pub(super) async fn fetch(self, client: &Client) -> Result<ChatPage, Error> {
        if self.limit == Some(0) {
            let remedy = "request at least one chat";
            return Err(Error::invalid_input("limit", "is zero", remedy).with_operation(&GET_CHATS));
        }
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
        let cursor = ChatCursor::after(order, &data.chats);
        Ok(ChatPage::new(data.chats, cursor))
    }
}

/// A page of chats, in the requested order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatPage {
    /// The chats. Fewer than requested do not mean that there are no more; none do (likely).
    pub chats: Vec<Chat>,
    cursor: ChatCursor,
}

impl ChatPage {
    pub(super) fn new(chats: Vec<Chat>, cursor: ChatCursor) -> ChatPage {
        ChatPage { chats, cursor }
    }

    /// The position after the last chat of the page, from which a stream can
    /// [`resume`](super::GetChats::resume).
    pub fn cursor(&self) -> ChatCursor {
        self.cursor.clone()
    }
}

impl Deref for ChatPage {
    type Target = [Chat];

    fn deref(&self) -> &[Chat] {
        &self.chats
    }
}

impl IntoIterator for ChatPage {
    type Item = Chat;
    type IntoIter = std::vec::IntoIter<Chat>;

    fn into_iter(self) -> Self::IntoIter {
        self.chats.into_iter()
    }
}

impl<'a> IntoIterator for &'a ChatPage {
    type Item = &'a Chat;
    type IntoIter = std::slice::Iter<'a, Chat>;

    fn into_iter(self) -> Self::IntoIter {
        self.chats.iter()
    }
}
