//! Following a chat: what is new, without gap or repetition.

use super::cursor::{Direction, MessageCursor};
use super::list::Request;
use super::{Comparison, Message, MessageId};
use crate::{ChatId, Client, Error, request};

/// How many messages are asked for at once.
const PAGE: u32 = 100;

impl Client {
    /// Follows a chat: gives what is new in it whenever it is asked.
    ///
    /// An answering bot stands on this until there is more: the public service offers no way of being
    /// told (certain: the published contract has none).
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
    ///     // Keep `follower.last()` if the program may be started anew.
    ///     if new.is_empty() {
    ///         tokio::time::sleep(Duration::from_secs(5)).await;
    ///     }
    /// }
    /// # }
    /// ```
    pub fn follow(&self, chat: ChatId) -> Follower {
        Follower {
            client: self.clone(),
            chat,
            position: Position::Unknown,
        }
    }
}

/// Follows a chat; made by [`Client::follow`].
///
/// It asks for messages with larger ids than the last one, smallest first, so that nothing between two
/// calls is left out, however much it is. Ids grow with time (likely: the service sorts by them).
#[derive(Clone, Debug)]
#[must_use = "a follower gives what is new when it is asked"]
pub struct Follower<C = Client> {
    pub(crate) client: C,
    chat: ChatId,
    position: Position,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Position {
    /// The first call finds out what is the newest message, and begins after it.
    Unknown,
    /// The chat was empty.
    Beginning,
    /// After this message.
    After(MessageId),
}

impl<C> Follower<C> {
    /// Begins after this message, such as the last one that an earlier run has seen.
    ///
    /// Where nothing is said, the first call gives nothing and begins after what is there already.
    pub fn after(mut self, message: MessageId) -> Self {
        self.position = Position::After(message);
        self
    }

    /// Begins with the first message of the chat.
    pub fn from_the_beginning(mut self) -> Self {
        self.position = Position::Beginning;
        self
    }

    /// The last message that was given, or that was there at the beginning.
    pub fn last(&self) -> Option<MessageId> {
        match self.position {
            Position::After(message) => Some(message),
            Position::Unknown | Position::Beginning => None,
        }
    }

    /// Where this follower stands, for a stream to go on from; none before it knows.
    pub fn cursor(&self) -> Option<MessageCursor> {
        let direction = Direction::Newer;
        let last = self.last();
        (self.position != Position::Unknown).then_some(MessageCursor { direction, last })
    }

    /// The same follower with another client.
    #[cfg(feature = "blocking")]
    pub(crate) fn with_client<D>(&self, client: D) -> Follower<D> {
        Follower {
            client,
            chat: self.chat,
            position: self.position,
        }
    }
}

impl Follower {
    /// Gives the messages that came since the last call, oldest first: 100 at most.
    ///
    /// Where it gives some, there may be more: ask again at once. Where it gives none, ask again after a
    /// pause; the first call gives none, unless [`after`](Follower::after) or
    /// [`from_the_beginning`](Follower::from_the_beginning) says where to begin. Messages of one's own are among
    /// them.
    ///
    /// # Errors
    ///
    /// What [`Error`] lists for every call. After an error the follower stands where it stood, so that
    /// the next call gives what this one could not. The same holds where the call is dropped.
    pub async fn new_messages(&mut self) -> Result<Vec<Message>, Error> {
        let (comparison, bound) = match self.position {
            Position::After(last) => (Comparison::Gt, last),
            Position::Beginning => (Comparison::Gte, MessageId(1)),
            Position::Unknown => {
                self.position = self.newest().await?;
                return Ok(Vec::new());
            }
        };
        let mut request = Request::new(self.chat);
        request.limit = Some(PAGE);
        request.order = Some(Direction::Newer.order());
        request.bound = Some((comparison, bound));
        let mut messages = self.ask(request).await?;
        if let Position::After(last) = self.position {
            messages.retain(|message| Direction::Newer.is_beyond(message.id, last));
        }
        Direction::Newer.sort(&mut messages);
        messages.dedup_by_key(|message| message.id);
        if let Some(newest) = messages.last() {
            self.position = Position::After(newest.id);
        }
        Ok(messages)
    }

    async fn newest(&self) -> Result<Position, Error> {
        let mut request = Request::new(self.chat);
        request.limit = Some(1);
        request.order = Some(Direction::Older.order());
        let newest = self.ask(request).await?;
        let newest = newest.iter().map(|message| message.id).max();
        Ok(newest.map_or(Position::Beginning, Position::After))
    }

    async fn ask(&self, request: Request) -> Result<Vec<Message>, Error> {
        let page = request::future(self.client.clone(), request).await?;
        Ok(page.messages)
    }
}

#[cfg(feature = "blocking")]
impl Follower<crate::blocking::Client> {
    /// Gives the messages that came since the last call, oldest first, as
    /// [`new_messages`](Follower::new_messages) of the async client does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn new_messages(&mut self) -> Result<Vec<Message>, Error> {
        let mut follow = self.with_client(self.client.async_client());
        let (position, new) = self.client.wait(async move {
            let new = follow.new_messages().await;
            (follow.position, new)
        })?;
        self.position = position;
        new
    }
}
