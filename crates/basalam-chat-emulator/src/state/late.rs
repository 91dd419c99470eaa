//! Messages that become visible later than messages with larger ids.

use jiff::civil::DateTime;

use super::State;

impl State {
    /// Sets when the messages that are sent from now on become visible; `None` for at once.
    pub(crate) fn set_visible_at(&mut self, time: Option<DateTime>) {
        self.visible_at = time;
    }

    /// Returns `true` if a message waits to become visible.
    pub(crate) fn has_late_messages(&self) -> bool {
        !self.late_messages.is_empty()
    }

    /// Returns the messages of a chat that wait to become visible, and when they become visible.
    pub(crate) fn late_messages_of(&self, chat_id: i64) -> impl Iterator<Item = (i64, DateTime)> {
        let late = self.late_messages.iter().map(|(id, time)| (*id, *time));
        late.filter(move |(id, _)| self.message(*id).is_some_and(|it| it.chat_id == chat_id))
    }

    /// Returns when a message becomes visible, or `None` if it is visible.
    pub(crate) fn visible_at(&self, message_id: i64) -> Option<DateTime> {
        self.late_messages.get(&message_id).copied()
    }

    /// Makes the messages visible whose time has come. They change `updated_at` of their chat only if it is earlier
    /// than the time at which they were sent.
    pub(crate) fn reveal_late_messages(&mut self, now: DateTime) {
        let due = self.late_messages.iter().filter(|it| *it.1 <= now);
        let due: Vec<i64> = due.map(|(id, _)| *id).collect();
        for id in due {
            self.late_messages.remove(&id);
            let Some(message) = self.messages.get(&id) else {
                continue;
            };
            self.changes.mark(message.chat_id);
            match self.chats.get_mut(&message.chat_id) {
                Some(chat) => chat.add_message(id, message.sender_id, message.created_at),
                // It was deleted meanwhile.
                None => {
                    self.messages.remove(&id);
                }
            }
        }
    }
}
