//! Position in the messages of a chat.

use std::fmt;
use std::str::FromStr;

use basalam_chat_api::UnreadableItem;
use serde::{Deserialize, Serialize};

use super::{Message, MessageId, SortOrder};
use crate::paging;

/// Position in the messages of a chat. Store it to resume later.
///
/// The cursor is the direction and the id of the last yielded message. It is displayed, parsed and
/// serialized as a short string such as `desc:1231237861`, and contains nothing private.
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

/// The direction of a list.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(super) enum Direction {
    /// From newer messages to older ones.
    #[default]
    Older,
    /// From older messages to newer ones.
    Newer,
}

impl Direction {
    /// Sorts messages in this direction.
    pub(super) fn sort(self, messages: &mut [Message]) {
        let compare = |one: &Message, other: &Message| match self {
            Direction::Older => other.id.cmp(&one.id),
            Direction::Newer => one.id.cmp(&other.id),
        };
        // A page usually is in order, and a stable sort allocates even then. It is stable so that
        // deduplication keeps the first of several messages with the same id.
        if !messages.is_sorted_by(|one, other| compare(one, other).is_le()) {
            messages.sort_by(compare);
        }
    }

    /// The sort order of a page in this direction.
    pub(super) fn order(self) -> SortOrder {
        match self {
            Direction::Older => SortOrder::Desc,
            Direction::Newer => SortOrder::Asc,
        }
    }

    /// The position right before a message.
    pub(super) fn just_before(self, message: MessageId) -> MessageId {
        MessageId(match self {
            Direction::Older => message.0.saturating_add(1),
            Direction::Newer => message.0.saturating_sub(1),
        })
    }

    /// Returns `true` if `message` comes after `last` in this direction.
    pub(super) fn is_beyond(self, message: MessageId, last: MessageId) -> bool {
        match self {
            Direction::Older => message < last,
            Direction::Newer => message > last,
        }
    }
}

impl MessageCursor {
    /// The last yielded message; `None` at the start.
    pub fn last(&self) -> Option<MessageId> {
        self.last
    }
}

impl paging::Cursor<Message> for MessageCursor {
    fn advance(&mut self, message: &Message) {
        self.last = Some(message.id);
    }

    fn pass(&mut self, unreadable: &UnreadableItem, next: Option<&Message>) {
        let id = unreadable.id().map(MessageId);
        let Some(passed) = id.or_else(|| Some(self.direction.just_before(next?.id))) else {
            return;
        };
        if self
            .last
            .is_none_or(|last| self.direction.is_beyond(passed, last))
        {
            self.last = Some(passed);
        }
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

/// Error of parsing a [`MessageCursor`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidCursor(());

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid message cursor: pass a string that `to_string` returned")
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
    fn cursor_roundtrips_through_string_and_json() {
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
    fn rejects_malformed_cursors() {
        for text in ["", "newer:1", "asc:", "asc:x", "asc:1:2", ":1"] {
            assert!(text.parse::<MessageCursor>().is_err(), "{text}");
        }
    }
}
