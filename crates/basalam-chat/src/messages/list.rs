//! Reading the messages of a chat.

use std::ops::Deref;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_MESSAGES;

use super::cursor::{Direction, MessageCursor};
use super::walk::{MessagePages, MessageStream, MessageWalk};
use super::{Comparison, Message, MessageId, SortOrder};
use crate::paging::Walk;
use crate::request::{self, impl_send};
use crate::{ChatId, Client, Error};

impl Client {
    /// Reads messages of a chat: the newest ones first, unless told otherwise (likely: two integrations
    /// and Basalam's web application rely on it).
    ///
    /// Needs the scope `customer.chat.read` (certain, from the vendor's documentation).
    ///
    /// # Errors
    ///
    /// What [`Error`] lists for every call; [`is_not_found`](Error::is_not_found) for a chat that the
    /// token's user is not part of (likely).
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
    pub fn get_messages(&self, chat: ChatId) -> GetMessages {
        GetMessages {
            client: self.clone(),
            request: Request::new(chat),
        }
    }
}

/// Reads messages of a chat; made by [`Client::get_messages`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetMessages<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    chat: ChatId,
    pub(super) limit: Option<u32>,
    pub(super) order: Option<SortOrder>,
    pub(super) bound: Option<(Comparison, MessageId)>,
    pub(super) resume: Option<MessageCursor>,
    pub(super) read_ahead: bool,
}

impl<C> GetMessages<C> {
    /// Asks for this many messages at most. The service gives 20 where nothing is said.
    ///
    /// Unknown: the largest number that it allows; 200 has been used.
    pub fn limit(mut self, messages: u32) -> Self {
        self.request.limit = Some(messages);
        self
    }

    /// Sorts the messages of the page by id: the newest first ([`SortOrder::Desc`]) where nothing is
    /// said.
    pub fn order(mut self, order: SortOrder) -> Self {
        self.request.order = Some(order);
        self
    }

    /// Reads only messages older than this one. Replaces a bound that was set before.
    pub fn before(self, message: MessageId) -> Self {
        self.compare(Comparison::Lt, message)
    }

    /// Reads only this message and older ones. Replaces a bound that was set before.
    pub fn up_to(self, message: MessageId) -> Self {
        self.compare(Comparison::Lte, message)
    }

    /// Reads only messages newer than this one. Replaces a bound that was set before.
    ///
    /// Together with [`SortOrder::Asc`] the page begins right after `message`. Without it, the newest
    /// messages come, and more new ones than fit on the page leave a gap (likely, from how the two
    /// parameters are described).
    pub fn after(self, message: MessageId) -> Self {
        self.compare(Comparison::Gt, message)
    }

    /// Reads only this message and newer ones. Replaces a bound that was set before.
    pub fn since(self, message: MessageId) -> Self {
        self.compare(Comparison::Gte, message)
    }

    /// Goes on where another walk or page stood, in its direction; replaces what was set with
    /// [`order`](GetMessages::order). A bound on the far side still holds.
    pub fn resume(mut self, cursor: MessageCursor) -> Self {
        self.request.resume = Some(cursor);
        self
    }

    /// Whether a stream asks for the next page while the caller works on one; it does where nothing is
    /// said.
    pub fn read_ahead(mut self, read_ahead: bool) -> Self {
        self.request.read_ahead = read_ahead;
        self
    }

    /// Reads only messages that compare to this one as told. Replaces a bound that was set before.
    pub fn compare(mut self, comparison: Comparison, message: MessageId) -> Self {
        self.request.bound = Some((comparison, message));
        self
    }
}

impl_send!(GetMessages -> MessagePage);

impl GetMessages {
    /// Walks through the messages, one after the other: from the newest to the oldest, or with
    /// [`SortOrder::Asc`] from the oldest to the newest, within the bound that was set.
    ///
    /// Nothing is asked for before the stream is first read. [`limit`](GetMessages::limit) is the size
    /// of the pages below, 100 where it is not set. While the caller works on one page, the next one is
    /// asked for by a task of its own, which ends with the stream; see
    /// [`read_ahead`](GetMessages::read_ahead).
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
    pub fn stream(self) -> MessageStream {
        let read_ahead = self.request.read_ahead;
        MessageStream::new(MessageWalk::new(self.client, self.request), read_ahead)
    }

    /// Walks through the messages page by page. What holds for [`stream`](GetMessages::stream) holds
    /// here too.
    pub fn pages(self) -> MessagePages {
        let read_ahead = self.request.read_ahead;
        MessagePages::new(MessageWalk::new(self.client, self.request), read_ahead)
    }
}

#[cfg(feature = "blocking")]
impl GetMessages<crate::blocking::Client> {
    /// Walks through the messages, one after the other, as
    /// [`stream`](GetMessages::stream) does.
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
        let read_ahead = self.request.read_ahead;
        let walk = MessageWalk::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, MessageStream::new(walk, read_ahead))
    }

    /// Walks through the messages page by page. What holds for [`stream`](GetMessages::stream) holds
    /// here too.
    pub fn pages(self) -> crate::blocking::Iter<MessagePages> {
        let read_ahead = self.request.read_ahead;
        let walk = MessageWalk::new(self.client.async_client(), self.request);
        crate::blocking::Iter::new(self.client, MessagePages::new(walk, read_ahead))
    }
}

impl Request {
    pub(crate) fn new(chat: ChatId) -> Request {
        Request {
            chat,
            limit: None,
            order: None,
            bound: None,
            resume: None,
            read_ahead: true,
        }
    }

    /// Which way the page goes, and where it begins: where a walk stands if the page is empty.
    fn beginning(&self) -> MessageCursor {
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
                (Comparison::Gte, Direction::Newer) => Some(MessageId(id.0.saturating_sub(1))),
                (Comparison::Lte, Direction::Older) => Some(MessageId(id.0.saturating_add(1))),
                _ => None,
            });
        MessageCursor { direction, last }
    }

    /// The page after a cursor, as a walk from there finds it.
    async fn resumed(self, client: Client) -> Result<MessagePage, Error> {
        let mut walk = MessageWalk::new(client, self);
        let messages = walk.next().await?.unwrap_or_default();
        Ok(MessagePage::new(messages, walk.cursor().clone()))
    }
}

impl request::Request for Request {
    type Response = MessagePage;

    fn operation() -> &'static Operation {
        &GET_MESSAGES
    }

    async fn run(self, client: Client) -> Result<MessagePage, Error> {
        if self.limit == Some(0) {
            let remedy = "ask for at least one message";
            return Err(Error::invalid_input("limit", "is zero", remedy));
        }
        if self.resume.is_some() {
            return self.resumed(client).await;
        }
        let mut cursor = self.beginning();
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
        let answer = client.transport().decode_response(&GET_MESSAGES, result)?;
        let messages = answer.data.messages;
        if let Some(message) = messages.last() {
            cursor.last = Some(message.id);
        }
        Ok(MessagePage::new(messages, cursor))
    }
}

/// A page of messages, in the order that was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MessagePage {
    /// The messages. Fewer than asked for do not mean that there are no more; none do (likely).
    pub messages: Vec<Message>,
    cursor: MessageCursor,
}

impl MessagePage {
    pub(super) fn new(messages: Vec<Message>, cursor: MessageCursor) -> MessagePage {
        MessagePage { messages, cursor }
    }

    /// Where the last message of the page stands, for [`GetMessages::resume`].
    pub fn cursor(&self) -> MessageCursor {
        self.cursor.clone()
    }
}

impl Deref for MessagePage {
    type Target = [Message];

    fn deref(&self) -> &[Message] {
        &self.messages
    }
}

impl IntoIterator for MessagePage {
    type Item = Message;
    type IntoIter = std::vec::IntoIter<Message>;

    fn into_iter(self) -> Self::IntoIter {
        self.messages.into_iter()
    }
}

impl<'a> IntoIterator for &'a MessagePage {
    type Item = &'a Message;
    type IntoIter = std::slice::Iter<'a, Message>;

    fn into_iter(self) -> Self::IntoIter {
        self.messages.iter()
    }
}
