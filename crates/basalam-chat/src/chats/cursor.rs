//! Position in a list of chats.

use basalam_chat_api::newtypes::Timestamp;
use basalam_chat_api::{CivilTime, UnreadableItem};
use serde::{Deserialize, Serialize};

use super::{Chat, ChatId, ChatOrder};
use crate::paging;

/// Position in a list of chats. Serialize it to resume the list later.
///
/// Chats are paged by time, in whole seconds, so the cursor holds the last second and the ids of the chats
/// of that second that were yielded.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ChatCursor {
    pub(super) order: ChatOrder,
    /// The time of the last chat, as the service wrote it.
    second: Option<Timestamp>,
    /// The chats around that second that were yielded, each with the time it had then.
    #[serde(alias = "given")]
    yielded: Vec<(ChatId, Option<Timestamp>)>,
}

impl ChatCursor {
    pub(super) fn new(order: ChatOrder) -> ChatCursor {
        ChatCursor {
            order,
            second: None,
            yielded: Vec::new(),
        }
    }

    /// Creates the cursor after a page: equal to advancing past each chat, but parses every time only once.
    pub(super) fn after(order: ChatOrder, chats: &[Chat]) -> ChatCursor {
        let mut cursor = ChatCursor::new(order);
        let seconds: Vec<Option<u64>> = chats
            .iter()
            .map(|chat| cursor.time_of(chat).and_then(whole_second))
            .collect();
        let last = seconds
            .iter()
            .enumerate()
            .filter_map(|(index, second)| Some((index, (*second)?)));
        let last = last.min_by_key(|(_, second)| *second);
        // A chat after the last second is out of order, and a later page may repeat it.
        let is_kept = |index: usize| match (last, seconds[index]) {
            (Some((last_index, last)), Some(second)) => index >= last_index || second <= last + 1,
            _ => true,
        };
        for (index, chat) in chats.iter().enumerate() {
            if is_kept(index) {
                let time = cursor.time_of(chat).cloned();
                cursor.yielded.push((chat.id, time));
            }
        }
        cursor.second = last.and_then(|(index, _)| cursor.time_of(&chats[index]).cloned());
        cursor
    }

    /// The time of the last yielded chat; `None` at the start of the list.
    pub fn second(&self) -> Option<&Timestamp> {
        self.second.as_ref()
    }

    /// The time that the list is sorted by.
    pub(super) fn time_of<'a>(&self, chat: &'a Chat) -> Option<&'a Timestamp> {
        match self.order {
            ChatOrder::ModifiedAt => chat.modified_at.as_ref(),
            _ => Some(&chat.updated_at),
        }
    }

    /// The time of a chat that cannot be decoded, if that can be.
    pub(super) fn time_of_unreadable(&self, chat: &UnreadableItem) -> Option<Timestamp> {
        let name = match self.order {
            ChatOrder::ModifiedAt => "modified_at",
            _ => "updated_at",
        };
        Some(Timestamp::from(chat.get(name)?.as_str()?))
    }

    /// Returns `true` if a chat was yielded with the time that it has now.
    pub(super) fn was_yielded(&self, chat: ChatId, time: Option<&Timestamp>) -> bool {
        self.yielded
            .iter()
            .any(|(id, yielded)| *id == chat && yielded.as_ref() == time)
    }

    /// Moves to the second of `time` if it is earlier.
    fn move_to(&mut self, time: Option<&Timestamp>) {
        if let Some(time) = time
            && is_earlier(time, self.second.as_ref())
        {
            self.second = Some(time.clone());
            self.prune();
        }
    }

    /// Removes the chats that no later page can repeat: a page starts at most one second after the last.
    fn prune(&mut self) {
        let Some(second) = self.second.as_ref().and_then(whole_second) else {
            return;
        };
        self.yielded.retain(|(_, time)| {
            time.as_ref()
                .and_then(whole_second)
                .is_none_or(|time| time <= second + 1)
        });
    }
}

impl paging::Cursor<Chat> for ChatCursor {
    fn advance(&mut self, chat: &Chat) {
        let time = self.time_of(chat).cloned();
        self.move_to(time.as_ref());
        self.yielded.push((chat.id, time));
    }

    fn pass(&mut self, unreadable: &UnreadableItem, _: Option<&Chat>) {
        let time = self.time_of_unreadable(unreadable);
        self.move_to(time.as_ref());
        if let Some(id) = unreadable.id() {
            self.yielded.push((ChatId(id), time));
        }
    }
}

/// The second of a time, counted from the same origin for all times.
fn whole_second(time: &Timestamp) -> Option<u64> {
    CivilTime::from_timestamp(time).map(CivilTime::whole_seconds)
}

/// Returns `true` if `time` is in an earlier second than `other`, or if there is no `other`.
pub(super) fn is_earlier(time: &Timestamp, other: Option<&Timestamp>) -> bool {
    match (whole_second(time), other.and_then(whole_second)) {
        (Some(time), Some(other)) => time < other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::paging::Cursor;

    fn chat(id: i64, (updated_at, modified_at): &(String, Option<String>)) -> Chat {
        let chat = json!({
            "id": id, "chat_type": "private", "contact_is_blocked": false, "marked_as_unread": false,
            "show_approvals": false, "unseen_message_count": 0, "updated_at": updated_at,
            "modified_at": modified_at,
        });
        serde_json::from_value(chat).unwrap()
    }

    fn time() -> impl Strategy<Value = String> {
        prop_oneof![
            (0..6).prop_map(|second| format!("2026-07-22 10:28:{second:02}")),
            (0..6).prop_map(|second| format!("2026-07-22T10:28:{second:02}.5Z")),
            Just("soon".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn cursor_after_page_equals_cursor_after_each_chat(
            order in prop::sample::select(vec![ChatOrder::UpdatedAt, ChatOrder::ModifiedAt]),
            times in prop::collection::vec((time(), prop::option::of(time())), 0..12),
        ) {
            let chats: Vec<Chat> = (1..).zip(&times).map(|(id, times)| chat(id, times)).collect();
            let mut expected = ChatCursor::new(order.clone());
            chats.iter().for_each(|chat| expected.advance(chat));
            prop_assert_eq!(ChatCursor::after(order, &chats), expected);
        }
    }
}
