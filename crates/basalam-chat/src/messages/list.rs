//! Reading the messages of a chat.

use std::future::IntoFuture;

use basalam_chat_api::operations::GET_MESSAGES;

use super::{Comparison, Message, MessageId, SortOrder};
use crate::request::RequestFuture;
use crate::{ChatId, Client, Error, transport};

impl Client {
    /// Reads messages of a chat: the newest ones first, unless told otherwise.
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
            chat,
            limit: None,
            order: None,
            bound: None,
        }
    }
}

/// Reads messages of a chat; made by [`Client::get_messages`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetMessages {
    client: Client,
    chat: ChatId,
    limit: Option<u32>,
    order: Option<SortOrder>,
    bound: Option<(Comparison, MessageId)>,
}

impl GetMessages {
    /// Asks for this many messages at most. The service gives 20 where nothing is said.
    ///
    /// Unknown: the largest number that it allows; 200 has been used.
    pub fn limit(mut self, messages: u32) -> Self {
        self.limit = Some(messages);
        self
    }

    /// Sorts the messages of the page by id: the newest first ([`SortOrder::Desc`]) where nothing is
    /// said.
    pub fn order(mut self, order: SortOrder) -> Self {
        self.order = Some(order);
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

    /// Reads only messages that compare to this one as told. Replaces a bound that was set before.
    pub fn compare(mut self, comparison: Comparison, message: MessageId) -> Self {
        self.bound = Some((comparison, message));
        self
    }

    /// Asks for the page; the same as `.await` on the builder.
    pub fn send(self) -> RequestFuture<MessagePage> {
        RequestFuture::new(async move {
            if self.limit == Some(0) {
                let error =
                    Error::invalid_input("limit", "is zero", "ask for at least one message");
                return Err(error.of(&GET_MESSAGES));
            }
            let (comparison, message) = self.bound.unzip();
            let result = self
                .client
                .raw()
                .get_messages(
                    &self.chat,
                    comparison.as_ref(),
                    self.limit.map(i64::from),
                    message.as_ref(),
                    self.order.as_ref(),
                )
                .await;
            let answer = transport::outcome(&GET_MESSAGES, result)?;
            Ok(MessagePage {
                messages: answer.data.messages,
            })
        })
    }
}

impl IntoFuture for GetMessages {
    type Output = Result<MessagePage, Error>;
    type IntoFuture = RequestFuture<MessagePage>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

/// A page of messages, in the order that was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MessagePage {
    /// The messages. Fewer than asked for, or none, do not mean that there are no more.
    pub messages: Vec<Message>,
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
