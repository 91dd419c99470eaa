//! Where a walk through messages stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Message, MessageId, SortOrder};
use crate::paging;

/// Where a walk through the messages of a chat stands, to be kept and gone on from later.
///
/// It is the direction and the last message that was given, and reads and writes as a short text such
/// as `desc:1231237861`. It holds nothing private.
///
/// # Examples
///
/// ```
/// use basalam_chat::messages::MessageCursor;
///
/// let cursor: MessageCursor = "asc:1231237861".parse().unwrap();
/// assert_eq!(cursor.to_string(), "asc:1231237861");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct MessageCursor {
    pub(super) direction: Direction,
    pub(super) last: Option<MessageId>,
}

/// Which way a walk goes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Direction {
    /// From newer messages to older ones.
    Older,
    /// From older messages to newer ones.
    Newer,
}

impl Direction {
    /// Sorts messages in the order of a walk that goes this way.
    pub(super) fn sort(self, messages: &mut [Message]) {
        let compare = |one: &Message, other: &Message| match self {
            Direction::Older => other.id.cmp(&one.id),
            Direction::Newer => one.id.cmp(&other.id),
        };
        // A page mostly is in order, and a stable sort makes room for another copy of it all the same. It is
        // stable so that of messages with one id the first is kept.
        if !messages.is_sorted_by(|one, other| compare(one, other).is_le()) {
            messages.sort_by(compare);
        }
    }

    /// The order of a page that goes this way.
    pub(super) fn order(self) -> SortOrder {
        match self {
            Direction::Older => SortOrder::Desc,
            Direction::Newer => SortOrder::Asc,
        }
    }

    /// Whether `message` lies beyond `last`, this way.
    pub(super) fn is_beyond(self, message: MessageId, last: MessageId) -> bool {
        match self {
            Direction::Older => message < last,
            Direction::Newer => message > last,
        }
    }
}

impl MessageCursor {
    /// The last message that was given; none at the beginning.
    pub fn last(&self) -> Option<MessageId> {
        self.last
    }
}

impl paging::Cursor<Message> for MessageCursor {
    fn advance(&mut self, message: &Message) {
        self.last = Some(message.id);
    }
}

impl fmt::Display for MessageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.direction.order().as_str())?;
        match self.last {
            Some(last) => write!(f, ":{last}"),
            None => Ok(()),
        }
    }
}

impl From<MessageCursor> for String {
    fn from(cursor: MessageCursor) -> String {
        cursor.to_string()
    }
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidCursor(());

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no cursor of messages: give back what `to_string` wrote")
    }
}

impl std::error::Error for InvalidCursor {}

impl FromStr for MessageCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<MessageCursor, InvalidCursor> {
        let (order, last) = match text.split_once(':') {
            Some((order, last)) => (order, Some(last)),
            None => (text, None),
        };
        let direction = match SortOrder::from(order) {
            SortOrder::Desc => Direction::Older,
            SortOrder::Asc => Direction::Newer,
            _ => return Err(InvalidCursor(())),
        };
        let last = last.map(str::parse).transpose();
        Ok(MessageCursor {
            direction,
            last: last.map_err(|_| InvalidCursor(()))?,
        })
    }
}

impl TryFrom<String> for MessageCursor {
    type Error = InvalidCursor;

    fn try_from(text: String) -> Result<MessageCursor, InvalidCursor> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text() {
        for text in ["asc", "desc", "asc:1", "desc:1231237861"] {
            let cursor: MessageCursor = text.parse().unwrap();
            assert_eq!(cursor.to_string(), text);
            let json = serde_json::to_string(&cursor).unwrap();
            assert_eq!(
                serde_json::from_str::<MessageCursor>(&json).unwrap(),
                cursor
            );
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "newer:1", "asc:", "asc:x", "asc:1:2", ":1"] {
            assert!(text.parse::<MessageCursor>().is_err(), "{text}");
        }
    }
}
