//! How the messages of a chat are paged: by the id of the last one.

use super::cursor::{Direction, MessageCursor};
use super::list::{MessagePage, Request};
use super::{Comparison, Message, MessageId, SortOrder};
use crate::paging::{Items, Pages, Walk, stream};
use crate::{Client, Error, request};

/// How many messages a walk asks for at once. Live integrations use 100 and 200.
const PAGE: u32 = 100;

/// A walk through the messages of a chat.
///
/// The service's end rule is an empty page: a short one may come from a server that gives less than it
/// is asked for, and says nothing.
#[derive(Debug)]
pub(crate) struct MessageWalk {
    client: Client,
    /// What is asked for, but for the bound.
    request: Request,
    /// The bound of the first page.
    first: Option<(Comparison, MessageId)>,
    /// Where the walk stops, where that is a bound on its far side.
    stop: Option<(Comparison, MessageId)>,
    cursor: MessageCursor,
    /// What is wrong with the request, told when the first page is asked for.
    invalid: Option<Error>,
    is_over: bool,
}

/// Where a walk begins, which way it goes, and where it stops.
struct Start {
    direction: Direction,
    first: Option<(Comparison, MessageId)>,
    stop: Option<(Comparison, MessageId)>,
}

impl Default for Start {
    fn default() -> Start {
        Start {
            direction: Direction::Older,
            first: None,
            stop: None,
        }
    }
}

impl Start {
    /// Sorts out which side of the walk the bound of a request is on.
    fn of(request: &mut Request) -> Result<Start, Error> {
        let direction = match request.order {
            None | Some(SortOrder::Desc) => Direction::Older,
            Some(SortOrder::Asc) => Direction::Newer,
            Some(_) => {
                let remedy = "use `SortOrder::Asc` or `SortOrder::Desc`";
                return Err(Error::invalid_input(
                    "order",
                    "has no direction to walk in",
                    remedy,
                ));
            }
        };
        let (mut first, mut stop) = (None, None);
        if let Some((comparison, id)) = request.bound.take() {
            let begins = match comparison {
                Comparison::Lt | Comparison::Lte => direction == Direction::Older,
                Comparison::Gt | Comparison::Gte => direction == Direction::Newer,
                _ => {
                    let remedy = "use `before`, `up_to`, `after` or `since`";
                    let problem = "is a comparison that nobody has described";
                    return Err(Error::invalid_input("compare", problem, remedy));
                }
            };
            match begins {
                true => first = Some((comparison, id)),
                false => stop = Some((comparison, id)),
            }
        }
        // Without a bound the service gives the newest page; the oldest one begins at the first id.
        if direction == Direction::Newer {
            first.get_or_insert((Comparison::Gte, MessageId(1)));
        }
        Ok(Start {
            direction,
            first,
            stop,
        })
    }
}

impl MessageWalk {
    /// Starts a walk with the bounds of `request`, in its order, or where `request` goes on from.
    pub(crate) fn new(client: Client, mut request: Request) -> MessageWalk {
        let resume = request.resume.take();
        if let Some(cursor) = &resume {
            // The cursor's direction decides which side the bound is on.
            request.order = Some(cursor.direction.order());
        }
        let (start, invalid) = match Start::of(&mut request) {
            Ok(start) => (start, None),
            Err(error) => (Start::default(), Some(error)),
        };
        request.limit.get_or_insert(PAGE);
        request.order = Some(start.direction.order());
        let beginning = MessageCursor {
            direction: start.direction,
            last: None,
        };
        MessageWalk {
            client,
            request,
            first: start.first,
            stop: start.stop,
            cursor: resume.unwrap_or(beginning),
            invalid,
            is_over: false,
        }
    }

    /// What the next page is asked for with.
    fn next_bound(&self) -> Option<(Comparison, MessageId)> {
        match self.cursor.last {
            None => self.first.clone(),
            Some(last) => match self.cursor.direction {
                Direction::Older => Some((Comparison::Lt, last)),
                Direction::Newer => Some((Comparison::Gt, last)),
            },
        }
    }

    /// Whether a page holds nothing but the message that it was to begin after: the end, from a server
    /// whose bound includes it. A page of one could not hold more.
    fn is_only_last(&self, page: &[Message]) -> bool {
        self.request.limit != Some(1)
            && page
                .iter()
                .all(|message| Some(message.id) == self.cursor.last)
    }

    /// The messages of a page that the walk has not given yet, in its order.
    fn unseen(&self, mut messages: Vec<Message>) -> Vec<Message> {
        let direction = self.cursor.direction;
        if let Some(last) = self.cursor.last {
            messages.retain(|message| direction.is_beyond(message.id, last));
        } else if let Some(first) = &self.first {
            messages.retain(|message| fulfils(message.id, first));
        }
        direction.sort(&mut messages);
        messages.dedup_by_key(|message| message.id);
        messages
    }
}

impl Walk for MessageWalk {
    type Item = Message;
    type Cursor = MessageCursor;

    async fn next(&mut self) -> Result<Option<Vec<Message>>, Error> {
        if let Some(error) = self.invalid.take() {
            return Err(error);
        }
        if self.is_over {
            return Ok(None);
        }
        let mut request = self.request.clone();
        request.bound = self.next_bound();
        let page = request::future(self.client.clone(), request)
            .await?
            .messages;
        if page.is_empty() || self.is_only_last(&page) {
            self.is_over = true;
            return Ok(None);
        }
        let mut messages = self.unseen(page);
        let Some(last) = messages.last().map(|message| message.id) else {
            return Err(Error::stalled());
        };
        if let Some(stop) = &self.stop
            && !fulfils(last, stop)
        {
            self.is_over = true;
            messages.retain(|message| fulfils(message.id, stop));
            if messages.is_empty() {
                return Ok(None);
            }
        }
        self.cursor.last = messages.last().map(|message| message.id);
        Ok(Some(messages))
    }

    fn cursor(&self) -> &MessageCursor {
        &self.cursor
    }
}

/// Whether a message is on the right side of a bound.
fn fulfils(message: MessageId, (comparison, bound): &(Comparison, MessageId)) -> bool {
    match comparison {
        Comparison::Lt => message < *bound,
        Comparison::Lte => message <= *bound,
        Comparison::Gt => message > *bound,
        Comparison::Gte => message >= *bound,
        _ => true,
    }
}

stream! {
    /// The messages of a chat, one after the other; made by [`GetMessages::stream`](super::GetMessages::stream).
    ///
    /// Each message comes once, in the order of ids, also while others arrive or are deleted. The stream
    /// ends where the service has no more, and after an error; [`cursor`](MessageStream::cursor) says
    /// where to go on.
    pub struct MessageStream(Items<MessageWalk>) gives Message, by Items::poll_item;
}

impl MessageStream {
    pub(super) fn new(walk: MessageWalk, read_ahead: bool) -> MessageStream {
        MessageStream(Items::new(walk, read_ahead))
    }

    /// Where the last message that was given stands, for
    /// [`GetMessages::resume`](super::GetMessages::resume).
    pub fn cursor(&self) -> MessageCursor {
        self.0.cursor().clone()
    }
}

stream! {
    /// The messages of a chat, page by page; made by [`GetMessages::pages`](super::GetMessages::pages).
    ///
    /// No page is empty. What holds for [`MessageStream`] holds here too.
    pub struct MessagePages(Pages<MessageWalk>) gives MessagePage, by poll_page;
}

impl MessagePages {
    pub(super) fn new(walk: MessageWalk, read_ahead: bool) -> MessagePages {
        MessagePages(Pages::new(walk, read_ahead))
    }
}

fn poll_page(
    pages: &mut Pages<MessageWalk>,
    context: &mut std::task::Context<'_>,
) -> std::task::Poll<Result<Option<MessagePage>, Error>> {
    let page = pages.poll_page(context);
    page.map_ok(|page| page.map(|(messages, cursor)| MessagePage::new(messages, cursor)))
}
