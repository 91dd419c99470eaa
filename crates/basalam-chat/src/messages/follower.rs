//! Polling a chat for new messages, without gaps or duplicates.

use super::cursor::{Direction, MessageCursor};
use super::new_messages;
use super::page::{GetMessagesParams, MessagePage, PAGE_SIZE};
use super::{Comparison, Message, MessageId};
use crate::paging::{PageItems, YieldedWithoutId};
use crate::{ChatId, Client, Error};

impl Client {
    /// Returns a [`Follower`], which returns the new messages of a chat each time it is polled.
    ///
    /// It follows one chat and keeps its position in memory. To follow all chats, to survive restarts and to reply
    /// once, use `Client::watch` (feature `watch`).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use basalam_chat::{ChatId, Client, MessageId};
    /// # async fn run(client: Client, last: MessageId) -> Result<(), basalam_chat::Error> {
    /// let mut follower = client.follow(ChatId(183_583_802)).after(last);
    /// loop {
    ///     let new = follower.new_messages().await?;
    ///     for message in &new {
    ///         println!("{}: {}", message.id, message.content.text.as_deref().unwrap_or("-"));
    ///     }
    ///     // Store `follower.last()` to continue after a restart.
    ///     if new.is_empty() {
    ///         tokio::time::sleep(Duration::from_secs(5)).await;
    ///     }
    /// }
    /// # }
    /// ```
    #[doc(alias = "poll")]
    #[doc(alias = "listen")]
    #[doc(alias = "new messages")]
    #[doc(alias = "new_messages")]
    pub fn follow(&self, chat: ChatId) -> Follower {
        Follower {
            client: self.clone(),
            chat,
            position: Position::Unknown,
            yielded: YieldedWithoutId::default(),
        }
    }
}

/// Polls a chat for new messages; returned by [`Client::follow`].
///
/// It requests messages with larger ids than the last one, smallest first, so it misses none between two
/// calls, however many they are. Ids grow with time (likely: the service sorts by them).
#[derive(Clone, Debug)]
#[must_use = "a follower does nothing unless `new_messages` is called"]
pub struct Follower<C = Client> {
    pub(crate) client: C,
    chat: ChatId,
    position: Position,
    yielded: YieldedWithoutId,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Position {
    /// The first call looks up the newest message and starts after it.
    Unknown,
    /// Before the first message.
    Start,
    After(MessageId),
}

impl<C> Follower<C> {
    /// Starts after this message, such as the last one that an earlier run has processed.
    ///
    /// By default the first call returns nothing and starts after the messages that exist by then.
    pub fn after(mut self, message: MessageId) -> Self {
        self.position = Position::After(message);
        self
    }

    /// Starts with the first message of the chat.
    pub fn from_the_beginning(mut self) -> Self {
        self.position = Position::Start;
        self
    }

    /// The last message that was returned, or that existed at the start.
    pub fn last(&self) -> Option<MessageId> {
        match self.position {
            Position::After(message) => Some(message),
            Position::Unknown | Position::Start => None,
        }
    }

    /// The current position, at which a stream can resume; `None` until it is known.
    pub fn cursor(&self) -> Option<MessageCursor> {
        let direction = Direction::Newer;
        let last = self.last();
        (self.position != Position::Unknown).then_some(MessageCursor { direction, last })
    }

    /// Returns this follower with another client.
    #[cfg(feature = "blocking")]
    pub(crate) fn with_client<D>(&self, client: D) -> Follower<D> {
        Follower {
            client,
            chat: self.chat,
            position: self.position,
            yielded: self.yielded.clone(),
        }
    }
}

impl Follower {
    /// Returns the messages since the last call, oldest first, at most 100. They include messages of the
    /// token's user.
    ///
    /// If it returns some, there may be more, so call it again immediately. If it returns none, call it
    /// again after a pause. The first call returns none, unless [`after`](Follower::after) or
    /// [`from_the_beginning`](Follower::from_the_beginning) sets the start.
    ///
    /// A message that cannot be decoded is listed in [`unreadable`](MessagePage::unreadable) of one page, and
    /// the next call continues after it.
    ///
    /// Cancel safe: if the call fails or its future is dropped, the next call returns the same messages.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of [`get_messages`](Client::get_messages).
    pub async fn new_messages(&mut self) -> Result<MessagePage, Error> {
        let bound = match self.position {
            Position::After(last) => (Comparison::Gt, last),
            Position::Start => (Comparison::Gte, MessageId(1)),
            Position::Unknown => {
                self.position = self.newest().await?;
                return Ok(self.page(PageItems::default()));
            }
        };
        let page = self.fetch(PAGE_SIZE, Direction::Newer, Some(bound)).await?;
        let last = self.last();
        let is_new = |id| last.is_none_or(|last| Direction::Newer.is_beyond(id, last));
        let new = new_messages::retain_new(page, Direction::Newer, is_new, &mut self.yielded);
        if let Some(newest) = new_messages::furthest(&new, Direction::Newer) {
            self.position = Position::After(newest);
        }
        Ok(self.page(new))
    }

    fn page(&self, items: PageItems<Message>) -> MessagePage {
        let direction = Direction::Newer;
        let last = self.last();
        MessagePage::new(items, MessageCursor { direction, last })
    }

    async fn newest(&self) -> Result<Position, Error> {
        let page = self.fetch(1, Direction::Older, None).await?;
        // Its first message is the newest, so the largest id is the position.
        let newest = new_messages::furthest(&page, Direction::Newer);
        Ok(newest.map_or(Position::Start, Position::After))
    }

    async fn fetch(
        &self,
        limit: u32,
        direction: Direction,
        bound: Option<(Comparison, MessageId)>,
    ) -> Result<PageItems<Message>, Error> {
        let mut params = GetMessagesParams::new(self.chat);
        params.limit = Some(limit);
        params.order = Some(direction.order());
        params.bound = bound;
        Ok(params.fetch_items(&self.client).await?.items)
    }
}

#[cfg(feature = "blocking")]
impl Follower<crate::blocking::Client> {
    /// Returns the messages since the last call, oldest first, at most 100. Like
    /// [`new_messages`](Follower::new_messages) of the async follower.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of [`get_messages`](Client::get_messages).
    pub fn new_messages(&mut self) -> Result<MessagePage, Error> {
        let mut follower = self.with_client(self.client.async_client());
        let (follower, new) = self.client.block_on(async move {
            let new = follower.new_messages().await;
            (follower, new)
        })?;
        self.position = follower.position;
        self.yielded = follower.yielded;
        new
    }
}
