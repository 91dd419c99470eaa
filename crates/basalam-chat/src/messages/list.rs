//! Request builder that lists the messages of a chat.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_MESSAGES;

use super::page::GetMessagesParams;
use super::pager::MessagePager;
use super::{
    Comparison, MessageCursor, MessageId, MessagePage, MessagePages, MessageStream, SortOrder,
};
use crate::paging::{Page, Pager};
use crate::request::{self, impl_send};
use crate::{ChatId, Client, Error};

impl Client {
    /// Lists messages of a chat, the newest first by default (likely: two integrations and Basalam's web
    /// application rely on this order).
    ///
    /// Requires the scope `customer.chat.read` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call, one with [`is_not_found`](Error::is_not_found) if the
    /// token's user is not a member of the chat (likely).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client, MessageId};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let page = client.get_messages(ChatId(183_583_802)).before(MessageId(456)).limit(20).await?;
    /// for message in &page {
    ///     println!("{}: {}", message.created_at, message.content.text.as_deref().unwrap_or("-"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "history")]
    #[doc(alias = "read messages")]
    #[doc(alias = "read_messages")]
    #[doc(alias = "export")]
    #[doc(alias = "list_messages")]
    pub fn get_messages(&self, chat: ChatId) -> GetMessages {
        GetMessages {
            client: self.clone(),
            request: GetMessagesParams::new(chat),
        }
    }
}

/// Request builder that lists the messages of a chat; returned by [`Client::get_messages`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetMessages<C = Client> {
    pub(crate) client: C,
    pub(crate) request: GetMessagesParams,
}

impl<C> GetMessages<C> {
    /// Sets the maximum number of messages on a page, greater than zero. The service's default is 20.
    ///
    /// Unknown: the largest number that it allows; 200 has been used.
    pub fn limit(mut self, messages: u32) -> Self {
        self.request.limit = Some(messages);
        self
    }

    /// Sets the order of the messages by id. The default is newest first ([`SortOrder::Desc`]).
    pub fn order(mut self, order: SortOrder) -> Self {
        self.request.order = Some(order);
        self
    }

    /// Lists only messages older than this one. Replaces any earlier bound.
    pub fn before(self, message: MessageId) -> Self {
        self.compare(Comparison::Lt, message)
    }

    /// Lists only this message and older ones. Replaces any earlier bound.
    pub fn up_to(self, message: MessageId) -> Self {
        self.compare(Comparison::Lte, message)
    }

    /// Lists only messages newer than this one. Replaces any earlier bound.
    ///
    /// With [`SortOrder::Asc`] the page starts right after `message`. With the default order it holds the
    /// newest messages, and if there are more new messages than fit on the page, those in between are
    /// missing (likely, from how the contract describes the two parameters).
    pub fn after(self, message: MessageId) -> Self {
        self.compare(Comparison::Gt, message)
    }

    /// Lists only this message and newer ones. Replaces any earlier bound.
    pub fn since(self, message: MessageId) -> Self {
        self.compare(Comparison::Gte, message)
    }

    /// Resumes at the cursor of a page or stream, in its direction. Overrides [`order`](GetMessages::order).
    /// A bound at the far end of the list still applies.
    pub fn resume(mut self, cursor: MessageCursor) -> Self {
        self.request.resume = Some(cursor);
        self
    }

    /// Sets whether a stream prefetches the next page while the caller processes the current one. The
    /// default is `true`.
    pub fn read_ahead(mut self, read_ahead: bool) -> Self {
        self.request.read_ahead = read_ahead;
        self
    }

    /// Lists only messages whose id compares to this one as specified. Replaces any earlier bound.
    pub fn compare(mut self, comparison: Comparison, message: MessageId) -> Self {
        self.request.bound = Some((comparison, message));
        self
    }
}

impl_send!(GetMessages -> MessagePage);

impl GetMessages {
    /// Returns a stream of the messages, from the newest to the oldest, or with [`SortOrder::Asc`] from the
    /// oldest to the newest, up to the bound that was set.
    ///
    /// Sends no request until the stream is polled. [`limit`](GetMessages::limit) sets the page size, 100 by
    /// default. While the caller processes a page, a spawned task prefetches the next one; the task is
    /// aborted when the stream is dropped. See [`read_ahead`](GetMessages::read_ahead).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let mut history = client.get_messages(ChatId(183_583_802)).stream();
    /// while let Some(message) = history.try_next().await? {
    ///     println!("{} {}", message.id, message.created_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "pagination")]
    #[doc(alias = "paginate")]
    #[doc(alias = "history")]
    #[doc(alias = "export")]
    pub fn stream(self) -> MessageStream {
        MessageStream::new(MessagePager::new(self.client, self.request))
    }

    /// Returns a stream of pages; otherwise like [`stream`](GetMessages::stream).
    #[doc(alias = "pagination")]
    #[doc(alias = "paginate")]
    pub fn pages(self) -> MessagePages {
        MessagePages::new(MessagePager::new(self.client, self.request))
    }
}

#[cfg(feature = "blocking")]
impl GetMessages<crate::blocking::Client> {
    /// Returns an iterator over the messages (feature `blocking`); otherwise like [`stream`](GetMessages::stream).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, SortOrder, blocking};
    /// # fn run(client: blocking::Client) -> Result<(), basalam_chat::Error> {
    /// for message in client.get_messages(ChatId(183_583_802)).order(SortOrder::Asc).iter() {
    ///     let message = message?;
    ///     println!("{} {}", message.id, message.created_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(self) -> crate::blocking::Iter<MessageStream> {
        let pager = MessagePager::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, MessageStream::new(pager))
    }

    /// Returns an iterator over pages (feature `blocking`); otherwise like [`stream`](GetMessages::stream).
    pub fn pages(self) -> crate::blocking::Iter<MessagePages> {
        let pager = MessagePager::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, MessagePages::new(pager))
    }
}

impl request::Request for GetMessagesParams {
    type Response = MessagePage;

    fn operation() -> &'static Operation {
        &GET_MESSAGES
    }

    async fn run(self, client: Client) -> Result<MessagePage, Error> {
        if self.resume.is_none() {
            return self.fetch(&client).await;
        }
        let mut pager = MessagePager::new(client, self);
        let page = pager.next_page().await?.unwrap_or_default();
        Ok(Page::new(page, pager.cursor().clone()))
    }
}
