//! Listing chats.

use std::ops::Deref;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_CHATS;

use super::cursor::ChatCursor;
use super::walk::{ChatPages, ChatStream, ChatWalk};
use super::{Chat, ChatFilter, ChatOrder, Timestamp};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Lists the chats of the token's user: those in which something happened last come first
    /// (likely, as Basalam's web application relies on it).
    ///
    /// Needs the scope `customer.chat.read` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// What [`Error`] lists for every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatFilter, ChatOrder, Client};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let unseen = client
    ///     .get_chats()
    ///     .limit(30)
    ///     .order_by(ChatOrder::UpdatedAt)
    ///     .filter(ChatFilter::Unseen)
    ///     .await?;
    /// println!("{} chats wait for an answer", unseen.chats.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_chats(&self) -> GetChats {
        GetChats {
            client: self.clone(),
            request: Request::default(),
        }
    }
}

/// Lists chats; made by [`Client::get_chats`].
///
/// Times are texts as the service writes them, such as `2026-07-22 10:28:23`. Unknown: the zone that
/// they are in, other forms that are accepted, and whether a chat at the very second of a bound is in
/// the list; so give back what came from the service. To walk through all
/// chats, read [`stream`](GetChats::stream), which takes care of that.
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetChats<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(super) limit: Option<u32>,
    pub(super) order_by: Option<ChatOrder>,
    filter: Option<ChatFilter>,
    updated_from: Option<Timestamp>,
    pub(super) updated_before: Option<Timestamp>,
    modified_from: Option<Timestamp>,
    pub(super) modified_before: Option<Timestamp>,
    pub(super) resume: Option<ChatCursor>,
    no_read_ahead: bool,
}

impl<C> GetChats<C> {
    /// Asks for this many chats at most. The service gives 30 where nothing is said.
    ///
    /// Unknown: the largest number that it allows; 100 has been used.
    pub fn limit(mut self, chats: u32) -> Self {
        self.request.limit = Some(chats);
        self
    }

    /// Sorts the chats by this time: [`ChatOrder::UpdatedAt`] where nothing is said.
    pub fn order_by(mut self, order_by: ChatOrder) -> Self {
        self.request.order_by = Some(order_by);
        self
    }

    /// Goes on where another walk stood, in its order. For streams and their pages.
    pub fn resume(mut self, cursor: ChatCursor) -> Self {
        self.request.resume = Some(cursor);
        self
    }

    /// Whether a stream asks for the next page while the caller works on one; it does where nothing is
    /// said.
    pub fn read_ahead(mut self, read_ahead: bool) -> Self {
        self.request.no_read_ahead = !read_ahead;
        self
    }

    /// Lists only chats that fulfil this condition.
    pub fn filter(mut self, filter: ChatFilter) -> Self {
        self.request.filter = Some(filter);
        self
    }

    /// Lists only chats in which something happened from this time on.
    pub fn updated_from(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.updated_from = Some(time.into());
        self
    }

    /// Lists only chats in which nothing has happened since this time.
    pub fn updated_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.updated_before = Some(time.into());
        self
    }

    /// Lists only chats that were modified from this time on. Unknown: what modifies a chat.
    pub fn modified_from(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.modified_from = Some(time.into());
        self
    }

    /// Lists only chats that have not been modified since this time. Unknown: what modifies a chat.
    pub fn modified_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.modified_before = Some(time.into());
        self
    }
}

impl_send!(GetChats -> ChatPage);

impl GetChats {
    /// Walks through the chats, one after the other, from the newest time to the oldest.
    ///
    /// Nothing is asked for before the stream is first read. [`limit`](GetChats::limit) is the size of
    /// the pages below, 100 where it is not set; a larger page is asked for where more chats share a
    /// second. While the caller works on one page, the next one is asked for by a task of its own,
    /// which ends with the stream; see [`read_ahead`](GetChats::read_ahead).
    ///
    /// # Errors
    ///
    /// Besides what [`Error`] lists for every call, an error with [`is_incomplete_list`](Error::is_incomplete_list) where more
    /// chats share a second than the service gives on a page; reading on goes on behind that second.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let mut chats = client.get_chats().stream();
    /// while let Some(chat) = chats.try_next().await? {
    ///     println!("{}: {}", chat.id, chat.updated_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> ChatStream {
        let read_ahead = !self.request.no_read_ahead;
        ChatStream::new(ChatWalk::new(self.client, self.request), read_ahead)
    }

    /// Walks through the chats page by page. What holds for [`stream`](GetChats::stream) holds here too.
    pub fn pages(self) -> ChatPages {
        let read_ahead = !self.request.no_read_ahead;
        ChatPages::new(ChatWalk::new(self.client, self.request), read_ahead)
    }
}

#[cfg(feature = "blocking")]
impl GetChats<crate::blocking::Client> {
    /// Walks through the chats, one after the other, as [`stream`](GetChats::stream) does.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::blocking;
    /// # fn run(client: blocking::Client) -> Result<(), basalam_chat::Error> {
    /// for chat in client.get_chats().iter() {
    ///     let chat = chat?;
    ///     println!("{}: {}", chat.id, chat.updated_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(self) -> crate::blocking::Iter<ChatStream> {
        let read_ahead = !self.request.no_read_ahead;
        let walk = ChatWalk::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, ChatStream::new(walk, read_ahead))
    }

    /// Walks through the chats page by page. What holds for [`stream`](GetChats::stream) holds here too.
    pub fn pages(self) -> crate::blocking::Iter<ChatPages> {
        let read_ahead = !self.request.no_read_ahead;
        let walk = ChatWalk::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, ChatPages::new(walk, read_ahead))
    }
}

impl request::Request for Request {
    type Response = ChatPage;

    fn operation() -> &'static Operation {
        &GET_CHATS
    }

    async fn run(self, client: Client) -> Result<ChatPage, Error> {
        if self.limit == Some(0) {
            let remedy = "ask for at least one chat";
            return Err(Error::invalid_input("limit", "is zero", remedy));
        }
        if self.resume.is_some() {
            let problem =
                "is for walks: one page alone cannot tell which chats of a second were given";
            return Err(Error::invalid_input(
                "resume",
                problem,
                "use `stream` or `pages`",
            ));
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
        let answer = client.transport().decode_response(&GET_CHATS, result)?;
        // The contract does not promise `data`. What has none may be anything, so that taking it for
        // the end of the list could lose chats in silence.
        let data = answer.data.ok_or_else(|| Error::missing_field("data"))?;
        let order = self.order_by.unwrap_or(ChatOrder::UpdatedAt);
        let cursor = ChatCursor::after(order, &data.chats);
        Ok(ChatPage::new(data.chats, cursor))
    }
}

/// A page of chats, in the order that was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatPage {
    /// The chats. Fewer than asked for do not mean that there are no more; none do (likely).
    pub chats: Vec<Chat>,
    cursor: ChatCursor,
}

impl ChatPage {
    pub(super) fn new(chats: Vec<Chat>, cursor: ChatCursor) -> ChatPage {
        ChatPage { chats, cursor }
    }

    /// Where the last chat of the page stands, for a stream to go on from with [`GetChats::resume`].
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
