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
    let id = state.private_chat(ANA, BEN, at(0));
    assert_eq!(state.private_chat(BEN, ANA, at(1)), id);
    assert_eq!(state.chat(id).unwrap().times.created_at, at(0));
    assert_ne!(state.private_chat(ANA, 3, at(1)), id);
}

#[test]
fn a_message_counts_as_unseen_for_the_other_until_they_answer() {
    let mut state = State::default();
    let chat = state.private_chat(ANA, BEN, at(0));
    let first = state.send(chat, ANA, text(), at(1)).unwrap();
    let second = state.send(chat, ANA, text(), at(2)).unwrap();
    assert_eq!(
        (unseen(&state, chat, ANA), unseen(&state, chat, BEN)),
        (0, 2)
    );

    let answer = state.send(chat, BEN, text(), at(3)).unwrap();
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
    let chat = state.private_chat(ANA, BEN, at(0));
    let id = state.send(chat, ANA, text(), at(1)).unwrap();
    state.mark_seen(chat, BEN, at(2));
    state.mark_seen(chat, BEN, at(3));
    assert_eq!(state.message(id).unwrap().seen_at, Some(at(2)));
    assert_eq!(unseen(&state, chat, BEN), 0);
}

#[test]
fn a_deleted_message_is_unseen_no_more_and_a_seen_one_changes_no_count() {
    let mut state = State::default();
    let chat = state.private_chat(ANA, BEN, at(0));
    let seen = state.send(chat, ANA, text(), at(1)).unwrap();
    state.mark_seen(chat, BEN, at(2));
    let unseen_ids = [3, 4].map(|second| state.send(chat, ANA, text(), at(second)).unwrap());
    assert_eq!(unseen(&state, chat, BEN), 2);

    assert!(state.delete_message(seen));
    assert_eq!(unseen(&state, chat, BEN), 2);
    assert!(state.delete_message(unseen_ids[1]));
    assert_eq!(unseen(&state, chat, BEN), 1);
    assert_eq!(unseen(&state, chat, ANA), 0);
    assert!(!state.delete_message(unseen_ids[1]), "it is gone");

    state.mark_seen(chat, BEN, at(5));
    assert!(state.delete_message(unseen_ids[0]));
    state.mark_seen(chat, BEN, at(6));
    let member = state.chat(chat).unwrap().member(BEN).unwrap();
    assert_eq!(
        (member.unseen_count, member.last_seen_id),
        (0, Some(unseen_ids[0]))
    );
}

#[test]
fn a_chat_is_deleted_for_one_member_until_somebody_writes() {
    let mut state = State::default();
    let chat = state.private_chat(ANA, BEN, at(0));
    assert!(state.delete_chat_of(chat, ANA));
    assert!(!state.delete_chat_of(chat, ANA), "it is gone");
    assert!(!state.delete_chat_of(chat, 3), "never a member");
    assert!(state.chat_of(chat, ANA).is_none());
    assert_eq!(state.chats_of(ANA).count(), 0);
    assert_eq!(state.chats_of(BEN).count(), 1);
    assert!(state.send(chat, ANA, text(), at(1)).is_none());

    state.send(chat, BEN, text(), at(1)).unwrap();
    assert_eq!(unseen(&state, chat, ANA), 1);
    assert!(state.delete_chat_of(chat, ANA));
    assert_eq!(state.private_chat(ANA, BEN, at(2)), chat);
    assert!(state.chat_of(chat, ANA).is_some());
}

#[test]
fn who_is_no_member_neither_sends_nor_sees() {
    let mut state = State::default();
    let chat = state.private_chat(ANA, BEN, at(0));
    assert!(state.send(chat, 3, text(), at(1)).is_none());
    let id = state.send(chat, ANA, text(), at(1)).unwrap();
    assert!(state.visible_message(id, 3).is_none());
    assert!(state.visible_message(id, BEN).is_some());
    assert!(state.chat_of(chat, 3).is_none());
}
