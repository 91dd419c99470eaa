//! Listing chats.

use std::future::IntoFuture;

use basalam_chat_api::operations::GET_CHATS;

use super::{Chat, ChatFilter, ChatOrder, Timestamp};
use crate::request::RequestFuture;
use crate::{Client, Error, transport};

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
            limit: None,
            order_by: None,
            filter: None,
            updated_from: None,
            updated_before: None,
            modified_from: None,
            modified_before: None,
        }
    }
}

/// Lists chats; made by [`Client::get_chats`].
///
/// Times are texts as the service writes them, such as `2026-07-22 10:28:23`. Unknown: the zone that
/// they are in, other forms that are accepted, and whether a chat at the very second of a bound is in
/// the list; so give back what came from the service, and expect the chats of that second twice.
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetChats {
    client: Client,
    limit: Option<u32>,
    order_by: Option<ChatOrder>,
    filter: Option<ChatFilter>,
    updated_from: Option<Timestamp>,
    updated_before: Option<Timestamp>,
    modified_from: Option<Timestamp>,
    modified_before: Option<Timestamp>,
}

impl GetChats {
    /// Asks for this many chats at most. The service gives 30 where nothing is said.
    ///
    /// Unknown: the largest number that it allows; 100 has been used.
    pub fn limit(mut self, chats: u32) -> Self {
        self.limit = Some(chats);
        self
    }

    /// Sorts the chats by this time: [`ChatOrder::UpdatedAt`] where nothing is said.
    pub fn order_by(mut self, order_by: ChatOrder) -> Self {
        self.order_by = Some(order_by);
        self
    }

    /// Lists only chats that fulfil this condition.
    pub fn filter(mut self, filter: ChatFilter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Lists only chats in which something happened at this time or later.
    pub fn updated_from(mut self, time: impl Into<Timestamp>) -> Self {
        self.updated_from = Some(time.into());
        self
    }

    /// Lists only chats in which nothing has happened since this time.
    pub fn updated_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.updated_before = Some(time.into());
        self
    }

    /// Lists only chats that were modified at this time or later. Unknown: what modifies a chat.
    pub fn modified_from(mut self, time: impl Into<Timestamp>) -> Self {
        self.modified_from = Some(time.into());
        self
    }

    /// Lists only chats that have not been modified since this time. Unknown: what modifies a chat.
    pub fn modified_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.modified_before = Some(time.into());
        self
    }

    /// Asks for the page; the same as `.await` on the builder.
    pub fn send(self) -> RequestFuture<ChatPage> {
        RequestFuture::new(async move {
            if self.limit == Some(0) {
                let error = Error::invalid_input("limit", "is zero", "ask for at least one chat");
                return Err(error.of(&GET_CHATS));
            }
            let result = self
                .client
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
            let answer = transport::outcome(&GET_CHATS, result)?;
            // The contract promises neither `data` nor `chats`: without them the list is empty.
            let chats = answer.data.map(|data| data.chats).unwrap_or_default();
            Ok(ChatPage { chats })
        })
    }
}

impl IntoFuture for GetChats {
    type Output = Result<ChatPage, Error>;
    type IntoFuture = RequestFuture<ChatPage>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

/// A page of chats, in the order that was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatPage {
    /// The chats. Fewer than asked for, or none, do not mean that there are no more.
    pub chats: Vec<Chat>,
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
