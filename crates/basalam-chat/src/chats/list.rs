//! Request builder that lists chats.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_CHATS;

use super::page::GetChatsParams;
use super::pager::ChatPager;
use super::{ChatCursor, ChatFilter, ChatOrder, ChatPage, ChatPages, ChatStream, Timestamp};
use crate::request::{self, impl_send};
use crate::{Client, Error};

impl Client {
    /// Lists the chats of the token's user, those with the most recent activity first (likely: Basalam's
    /// web application relies on this order).
    ///
    /// Requires the scope `customer.chat.read` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// Fails only with the [errors](Error) of every call.
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
    /// println!("{} chats with unseen messages", unseen.len());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "inbox")]
    #[doc(alias = "conversations")]
    #[doc(alias = "list_chats")]
    pub fn get_chats(&self) -> GetChats {
        GetChats {
            client: self.clone(),
            request: GetChatsParams::default(),
        }
    }
}

/// Request builder that lists chats; returned by [`Client::get_chats`].
///
/// Times are strings as the service writes them, such as `2026-07-22 10:28:23`. Unknown: their time zone,
/// which other formats are accepted, and whether a bound includes chats of that same second; so pass
/// strings that came from the service. To list all chats, use [`stream`](GetChats::stream), which handles
/// these uncertainties.
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetChats<C = Client> {
    pub(crate) client: C,
    pub(crate) request: GetChatsParams,
}

impl<C> GetChats<C> {
    /// Sets the maximum number of chats on a page, greater than zero. The service's default is 30.
    ///
    /// Unknown: the largest number that it allows; 100 has been used.
    pub fn limit(mut self, chats: u32) -> Self {
        self.request.limit = Some(chats);
        self
    }

    /// Sets the time to sort by. The default is [`ChatOrder::UpdatedAt`].
    pub fn order_by(mut self, order_by: ChatOrder) -> Self {
        self.request.order_by = Some(order_by);
        self
    }

    /// Resumes at a cursor, in the order of the list that the cursor came from. For `stream` and `pages`.
    pub fn resume(mut self, cursor: ChatCursor) -> Self {
        self.request.resume = Some(cursor);
        self
    }

    /// Sets whether a stream prefetches the next page while the caller processes the current one. The
    /// default is `true`.
    pub fn read_ahead(mut self, read_ahead: bool) -> Self {
        self.request.no_read_ahead = !read_ahead;
        self
    }

    /// Lists only chats that match this filter.
    pub fn filter(mut self, filter: ChatFilter) -> Self {
        self.request.filter = Some(filter);
        self
    }

    /// Lists only chats with activity at or after this time.
    pub fn updated_from(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.updated_from = Some(time.into());
        self
    }

    /// Lists only chats whose last activity was before this time.
    pub fn updated_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.updated_before = Some(time.into());
        self
    }

    /// Lists only chats that were modified at or after this time. Unknown: what counts as a modification.
    pub fn modified_from(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.modified_from = Some(time.into());
        self
    }

    /// Lists only chats whose last modification was before this time. Unknown: what counts as a
    /// modification.
    pub fn modified_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.modified_before = Some(time.into());
        self
    }
}

impl_send!(GetChats -> ChatPage);

impl GetChats {
    /// Returns a stream of all chats, from the most recent time to the oldest.
    ///
    /// Sends no request until the stream is polled. [`limit`](GetChats::limit) sets the page size, 100 by
    /// default; if more chats share a second, the stream requests larger pages. While the caller processes
    /// a page, a spawned task prefetches the next one; the task is aborted when the stream is dropped. See
    /// [`read_ahead`](GetChats::read_ahead).
    ///
    /// # Errors
    ///
    /// Besides the usual errors, the stream yields one with
    /// [`is_incomplete_list`](Error::is_incomplete_list) if more chats share a second than the service
    /// returns on a page. Reading on continues after that second.
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
    #[doc(alias = "pagination")]
    #[doc(alias = "paginate")]
    pub fn stream(self) -> ChatStream {
        ChatStream::new(ChatPager::new(self.client, self.request))
    }

    /// Returns a stream of pages; otherwise like [`stream`](GetChats::stream).
    pub fn pages(self) -> ChatPages {
        ChatPages::new(ChatPager::new(self.client, self.request))
    }
}

#[cfg(feature = "blocking")]
impl GetChats<crate::blocking::Client> {
    /// Returns an iterator over all chats (feature `blocking`); otherwise like [`stream`](GetChats::stream).
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
        let pager = ChatPager::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, ChatStream::new(pager))
    }

    /// Returns an iterator over pages (feature `blocking`); otherwise like [`stream`](GetChats::stream).
    pub fn pages(self) -> crate::blocking::Iter<ChatPages> {
        let pager = ChatPager::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, ChatPages::new(pager))
    }
}

impl request::Request for GetChatsParams {
    type Response = ChatPage;

    fn operation() -> &'static Operation {
        &GET_CHATS
    }

    async fn run(self, client: Client) -> Result<ChatPage, Error> {
        if self.resume.is_some() {
            return Err(Error::invalid_input(
                "resume",
                "cannot be used for a single page, which may repeat chats of the cursor's second",
                "use `stream` or `pages`",
            ));
        }
        self.fetch(&client).await
    }
}
