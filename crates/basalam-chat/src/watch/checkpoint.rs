//! The stored position in a chat.

use serde::{Deserialize, Serialize};

/// The maximum number of message ids that a checkpoint remembers one by one.
pub(super) const MAX_RECENT: usize = 256;

/// What has been acknowledged in a chat, and what has been handed out before.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Checkpoint {
    /// Every message up to this id is acknowledged, or was there before the watcher.
    #[serde(rename = "f")]
    floor: i64,
    /// The acknowledged messages above the floor, by id, each with the revision of its content.
    #[serde(rename = "a")]
    recent: Vec<(i64, u32)>,
    /// No message up to this id becomes visible any more.
    #[serde(rename = "t")]
    settled: i64,
    /// What may have been handed out and is not acknowledged.
    #[serde(rename = "h", skip_serializing_if = "Vec::is_empty")]
    handed_out: Vec<HandedOut>,
    /// The newest message that the other side has seen, as far as it was reported.
    #[serde(rename = "s")]
    pub(super) seen: i64,
    /// The fingerprint of the chat's properties that was reported last; 0 if none was.
    #[serde(rename = "p")]
    pub(super) properties: u32,
}

/// The stored form of a checkpoint.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(flatten)]
    checkpoint: &'a Checkpoint,
    #[serde(rename = "w")]
    write: &'a str,
}

/// What is acknowledged as one: a message, a revision of a message, or an event of the chat.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Slot {
    /// Zero for an event of the chat.
    #[serde(rename = "i")]
    pub(super) message: i64,
    /// Zero for the first delivery of a message, otherwise the revision of the edit or the kind of chat event.
    #[serde(rename = "r")]
    pub(super) revision: u32,
}

impl Slot {
    /// The chat was opened.
    pub(super) const OPENED: Slot = Slot::of_chat(1);
    /// The properties of the chat changed.
    pub(super) const CHANGED: Slot = Slot::of_chat(2);
    /// The other side has seen messages.
    pub(super) const SEEN: Slot = Slot::of_chat(3);

    const fn of_chat(kind: u32) -> Slot {
        Slot {
            message: 0,
            revision: kind,
        }
    }
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct HandedOut {
    #[serde(flatten)]
    slot: Slot,
    #[serde(rename = "n")]
    attempts: u32,
}

impl Checkpoint {
    pub(super) fn after(floor: i64) -> Checkpoint {
        Checkpoint {
            floor,
            settled: floor,
            ..Checkpoint::default()
        }
    }

    /// Returns the stored form. `write` makes each write unique, so that one whose response was lost is recognized.
    pub(super) fn to_json(&self, write: &str) -> Vec<u8> {
        let checkpoint = self;
        // Integers and strings always serialize.
        serde_json::to_vec(&Record { checkpoint, write }).unwrap_or_default()
    }

    /// Frees memory that is not needed while the chat is not read.
    pub(super) fn shrink(&mut self) {
        self.recent.shrink_to_fit();
        self.handed_out.shrink_to_fit();
    }

    pub(super) fn floor(&self) -> i64 {
        self.floor
    }

    /// The newest acknowledged message.
    pub(super) fn newest(&self) -> i64 {
        self.recent.last().map_or(self.floor, |(id, _)| *id)
    }

    /// Returns `true` if smaller ids than the newest one may still become visible.
    pub(super) fn is_unsettled(&self) -> bool {
        self.newest() > self.settled
    }

    pub(super) fn has_unacknowledged(&self) -> bool {
        !self.handed_out.is_empty()
    }

    pub(super) fn is_acknowledged(&self, message: i64) -> bool {
        message <= self.floor || self.position(message).is_ok()
    }

    /// Returns `true` if an acknowledged message had another content.
    pub(super) fn is_edited(&self, message: i64, revision: u32) -> bool {
        let known = self.position(message).map(|index| self.recent[index].1);
        known.is_ok_and(|known| known != revision)
    }

    fn position(&self, message: i64) -> Result<usize, usize> {
        self.recent.binary_search_by_key(&message, |(id, _)| *id)
    }

    /// Returns how often something was handed out before.
    pub(super) fn attempts(&self, slot: Slot) -> u32 {
        let earlier = self.handed_out.iter().find(|it| it.slot == slot);
        earlier.map_or(0, |it| it.attempts)
    }

    /// Records that something is about to be handed out.
    pub(super) fn hand_out(&mut self, slot: Slot) {
        match self.handed_out.iter_mut().find(|it| it.slot == slot) {
            Some(earlier) => earlier.attempts = earlier.attempts.saturating_add(1),
            None => self.handed_out.push(HandedOut { slot, attempts: 1 }),
        }
    }

    /// Forgets that something was handed out.
    pub(super) fn resolve(&mut self, slot: Slot) {
        self.handed_out.retain(|it| it.slot != slot);
    }

    /// Records that a message is acknowledged, with the revision of its content.
    pub(super) fn acknowledge(&mut self, message: i64, revision: u32) {
        self.handed_out.retain(|it| it.slot.message != message);
        if message <= self.floor {
            return;
        }
        match self.position(message) {
            Ok(index) => self.recent[index].1 = revision,
            Err(index) => self.recent.insert(index, (message, revision)),
        }
        if self.recent.len() > MAX_RECENT {
            let lowest = self.recent[0].0;
            self.raise_floor(lowest, 0);
        }
    }

    /// Forgets the single ids up to `floor`, but keeps the newest one, whose later edit is recognized. To be called
    /// when all messages that are not acknowledged were read and handed out: those that were handed out before, but not
    /// read any more, are deleted. Returns `true` if that changed anything.
    pub(super) fn settle(&mut self, floor: i64) -> bool {
        let is_new = floor > self.settled;
        self.settled = self.settled.max(floor);
        let has_deleted = self.resolve_deleted(floor);
        self.raise_floor(floor, 1);
        is_new || has_deleted
    }

    fn resolve_deleted(&mut self, floor: i64) -> bool {
        let slots = self.handed_out.iter().map(|it| it.slot);
        let is_settled = |slot: &Slot| (1..=floor).contains(&slot.message);
        let deleted: Vec<Slot> = slots.filter(is_settled).collect();
        for slot in &deleted {
            match self.is_acknowledged(slot.message) {
                true => self.resolve(*slot),
                // It must not count as new if the service shows it again.
                false => self.acknowledge(slot.message, 0),
            }
        }
        !deleted.is_empty()
    }

    fn raise_floor(&mut self, floor: i64, keep: usize) {
        // Nothing that is still to be acknowledged falls below the floor.
        let pending = self.handed_out.iter().map(|it| it.slot.message);
        let pending = pending.filter(|message| *message > 0).min();
        let count = self.recent.len().saturating_sub(keep);
        let below = |id: i64| id <= floor && pending.is_none_or(|pending| id < pending);
        let settled = self.recent[..count].iter().take_while(|(id, _)| below(*id));
        let settled = settled.count();
        if let Some(last) = settled.checked_sub(1) {
            self.floor = self.recent[last].0;
            self.recent.drain(..settled);
            self.recent.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn first(message: i64) -> Slot {
        let revision = 0;
        Slot { message, revision }
    }

    #[test]
    fn late_id_is_not_acknowledged_by_larger_ones() {
        let mut checkpoint = Checkpoint::after(5);
        for id in [10, 12] {
            checkpoint.acknowledge(id, 1);
        }
        let acknowledged: Vec<i64> = (1..=13)
            .filter(|id| checkpoint.is_acknowledged(*id))
            .collect();
        assert_eq!(acknowledged, [1, 2, 3, 4, 5, 10, 12]);
        checkpoint.acknowledge(11, 1);
        assert!(checkpoint.is_acknowledged(11));
        assert_eq!(checkpoint.newest(), 12);
    }

    #[test]
    fn memory_is_bounded_and_keeps_what_is_handed_out() {
        let mut checkpoint = Checkpoint::default();
        checkpoint.hand_out(first(50));
        for id in (1..=2_000).filter(|id| *id != 50) {
            checkpoint.acknowledge(id, 1);
            assert!(!checkpoint.is_acknowledged(50), "{id}");
            if id > 50 {
                continue;
            }
            assert!(checkpoint.recent.len() <= MAX_RECENT);
        }
        assert_eq!(checkpoint.floor(), 49);
        checkpoint.acknowledge(50, 1);
        checkpoint.settle(1_999);
        assert_eq!((checkpoint.floor(), checkpoint.recent.len()), (1_999, 1));
    }

    #[test]
    fn settling_keeps_the_newest_message_to_recognize_its_edit() {
        let mut checkpoint = Checkpoint::default();
        for id in 1..=5 {
            checkpoint.acknowledge(id, 7);
        }
        checkpoint.settle(3);
        assert_eq!((checkpoint.floor(), checkpoint.newest()), (3, 5));
        checkpoint.settle(100);
        assert_eq!((checkpoint.floor(), checkpoint.newest()), (4, 5));
        assert!(checkpoint.is_edited(5, 8) && !checkpoint.is_edited(5, 7));
        assert!(!checkpoint.is_edited(4, 8) && !checkpoint.is_edited(6, 8));
    }

    #[test]
    fn deleted_messages_do_not_keep_the_floor_down() {
        for deleted in [50, 51, 900] {
            let mut checkpoint = Checkpoint::default();
            checkpoint.hand_out(first(deleted));
            for id in (1..=1_000).filter(|id| *id != deleted) {
                checkpoint.acknowledge(id, 1);
            }
            // It may be late or hidden for a while.
            checkpoint.settle(deleted - 1);
            assert!(!checkpoint.is_acknowledged(deleted));
            assert!(checkpoint.settle(deleted));
            assert!(!checkpoint.has_unacknowledged());
            assert!(checkpoint.is_acknowledged(deleted));
            checkpoint.settle(1_000);
            assert_eq!((checkpoint.floor(), checkpoint.recent.len()), (999, 1));
        }
    }

    #[test]
    fn undone_edit_is_not_pending_for_ever() {
        let mut checkpoint = Checkpoint::default();
        checkpoint.acknowledge(3, 7);
        checkpoint.acknowledge(4, 7);
        let edit = Slot {
            revision: 9,
            ..first(3)
        };
        checkpoint.hand_out(edit);
        assert!(checkpoint.settle(3));
        assert!(!checkpoint.has_unacknowledged());
        assert_eq!((checkpoint.floor(), checkpoint.newest()), (3, 4));
    }

    #[test]
    fn attempts_count_per_slot_until_acknowledged() {
        let mut checkpoint = Checkpoint::default();
        let edit = Slot {
            revision: 9,
            ..first(3)
        };
        checkpoint.hand_out(first(3));
        checkpoint.hand_out(first(3));
        checkpoint.hand_out(edit);
        assert_eq!(checkpoint.attempts(first(3)), 2);
        assert_eq!(checkpoint.attempts(edit), 1);
        let json = serde_json::to_string(&checkpoint).unwrap();
        assert_eq!(
            serde_json::from_str::<Checkpoint>(&json).unwrap(),
            checkpoint
        );
        checkpoint.acknowledge(3, 9);
        assert!(!checkpoint.has_unacknowledged());
    }
}
