//! Chats and what each member has seen of them.

use jiff::civil::DateTime;

use super::State;

/// A chat as the service remembers it.
pub(crate) struct Chat {
    pub(crate) id: i64,
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
    pub(crate) modified_at: DateTime,
    /// Sorted ascending: ids only ever grow.
    pub(crate) message_ids: Vec<i64>,
    members: Vec<Member>,
}

/// A chat from the side of one member.
pub(crate) struct Member {
    pub(crate) user_id: i64,
    pub(crate) last_seen_id: Option<i64>,
    pub(crate) unseen_count: i64,
}

impl Chat {
    /// The side of `user_id`, where that user is a member.
    pub(crate) fn member(&self, user_id: i64) -> Option<&Member> {
        self.members.iter().find(|member| member.user_id == user_id)
    }

    /// The side of the other member of a private chat.
    pub(crate) fn contact_of(&self, user_id: i64) -> Option<&Member> {
        self.members.iter().find(|member| member.user_id != user_id)
    }

    /// Takes in a message that `sender_id` has just written.
    pub(super) fn take_message(&mut self, id: i64, sender_id: i64, now: DateTime) {
        self.message_ids.push(id);
        self.updated_at = now;
        self.modified_at = now;
        for member in &mut self.members {
            if member.user_id == sender_id {
                member.last_seen_id = Some(id);
            } else {
                member.unseen_count += 1;
            }
        }
    }

    /// Moves the seen mark of `user_id` to the end, and gives the ids it passed over.
    pub(super) fn mark_seen(&mut self, user_id: i64) -> Vec<i64> {
        let last = self.message_ids.last().copied();
        let members = &mut self.members;
        let Some(member) = members.iter_mut().find(|it| it.user_id == user_id) else {
            return Vec::new();
        };
        let before = member.last_seen_id.unwrap_or(0);
        member.last_seen_id = last.or(member.last_seen_id);
        member.unseen_count = 0;
        let first_passed = self.message_ids.partition_point(|id| *id <= before);
        self.message_ids[first_passed..].to_vec()
    }
}

impl State {
    pub(crate) fn chat(&self, id: i64) -> Option<&Chat> {
        self.chats.get(&id)
    }

    /// Gives a chat that `user_id` is a member of.
    pub(crate) fn chat_of(&self, id: i64, user_id: i64) -> Option<&Chat> {
        self.chat(id).filter(|chat| chat.member(user_id).is_some())
    }

    /// Gives every chat of a user, by id.
    pub(crate) fn chats_of(&self, user_id: i64) -> impl Iterator<Item = &Chat> {
        self.chats
            .values()
            .filter(move |chat| chat.member(user_id).is_some())
    }

    /// Gives the private chat of two users, which are not the same, and creates it
    /// where there is none.
    pub(crate) fn private_chat(&mut self, one: i64, other: i64, now: DateTime) -> &Chat {
        let pair = (one.min(other), one.max(other));
        let id = *self.private_chats.entry(pair).or_insert_with(|| {
            let id = self.next_chat_id;
            self.next_chat_id += 1;
            id
        });
        let member = |user_id| Member {
            user_id,
            last_seen_id: None,
            unseen_count: 0,
        };
        self.chats.entry(id).or_insert_with(|| Chat {
            id,
            created_at: now,
            updated_at: now,
            modified_at: now,
            message_ids: Vec::new(),
            members: vec![member(one), member(other)],
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::state::messages::{Content, NewMessage};

    const ANA: i64 = 1;
    const BEN: i64 = 2;

    fn at(second: i8) -> DateTime {
        date(2026, 7, 22).at(10, 28, second, 0)
    }

    fn text() -> NewMessage {
        NewMessage {
            message_type: "text".to_owned(),
            content: Content::default(),
            replied_message_id: None,
            forward_from: None,
        }
    }

    fn unseen(state: &State, chat_id: i64, user_id: i64) -> i64 {
        let chat = state.chat_of(chat_id, user_id).unwrap();
        chat.member(user_id).unwrap().unseen_count
    }

    #[test]
    fn a_pair_has_one_chat_whoever_asks() {
        let mut state = State::default();
        let id = state.private_chat(ANA, BEN, at(0)).id;
        assert_eq!(state.private_chat(BEN, ANA, at(1)).id, id);
        assert_eq!(state.chat(id).unwrap().created_at, at(0));
        assert_ne!(state.private_chat(ANA, 3, at(1)).id, id);
    }

    #[test]
    fn a_message_counts_as_unseen_for_the_other_until_they_answer() {
        let mut state = State::default();
        let chat = state.private_chat(ANA, BEN, at(0)).id;
        let first = state.send(chat, ANA, text(), at(1)).unwrap().id;
        let second = state.send(chat, ANA, text(), at(2)).unwrap().id;
        assert_eq!(
            (unseen(&state, chat, ANA), unseen(&state, chat, BEN)),
            (0, 2)
        );

        let answer = state.send(chat, BEN, text(), at(3)).unwrap().id;
        assert_eq!(
            (unseen(&state, chat, ANA), unseen(&state, chat, BEN)),
            (1, 0)
        );
        let seen = |id| state.message(id).unwrap().seen_at;
        assert_eq!(
            [seen(first), seen(second), seen(answer)],
            [Some(at(3)), Some(at(3)), None]
        );
    }

    #[test]
    fn seeing_twice_keeps_the_first_time() {
        let mut state = State::default();
        let chat = state.private_chat(ANA, BEN, at(0)).id;
        let id = state.send(chat, ANA, text(), at(1)).unwrap().id;
        state.mark_seen(chat, BEN, at(2));
        state.mark_seen(chat, BEN, at(3));
        assert_eq!(state.message(id).unwrap().seen_at, Some(at(2)));
        assert_eq!(unseen(&state, chat, BEN), 0);
    }

    #[test]
    fn who_is_no_member_neither_sends_nor_sees() {
        let mut state = State::default();
        let chat = state.private_chat(ANA, BEN, at(0)).id;
        assert!(state.send(chat, 3, text(), at(1)).is_none());
        let id = state.send(chat, ANA, text(), at(1)).unwrap().id;
        assert!(state.visible_message(id, 3).is_none());
        assert!(state.visible_message(id, BEN).is_some());
        assert!(state.chat_of(chat, 3).is_none());
    }
}
