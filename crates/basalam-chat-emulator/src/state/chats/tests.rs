use jiff::civil::date;

use super::*;
use crate::state::message::{Content, NewMessage};

const ANA: i64 = 1;
const BEN: i64 = 2;
const STRANGER: i64 = 3;

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

fn unseen_count(state: &State, chat_id: i64, user_id: i64) -> i64 {
    let chat = state.chat_of(chat_id, user_id).unwrap();
    chat.member(user_id).unwrap().unseen_count
}

#[test]
fn two_users_have_one_private_chat() {
    let mut state = State::default();
    let id = state.open_private_chat(ANA, BEN, at(0));
    assert_eq!(state.open_private_chat(BEN, ANA, at(1)), id);
    assert_eq!(state.chat(id).unwrap().times.created_at, at(0));
    assert_ne!(state.open_private_chat(ANA, STRANGER, at(1)), id);
}

#[test]
fn sending_marks_earlier_messages_as_seen() {
    let mut state = State::default();
    let chat = state.open_private_chat(ANA, BEN, at(0));
    let first = state.send(chat, ANA, text(), at(1)).unwrap();
    let second = state.send(chat, ANA, text(), at(2)).unwrap();
    let counts = |state: &State| [ANA, BEN].map(|user| unseen_count(state, chat, user));
    assert_eq!(counts(&state), [0, 2]);

    let reply = state.send(chat, BEN, text(), at(3)).unwrap();
    assert_eq!(counts(&state), [1, 0]);
    let seen_at = |id| state.message(id).unwrap().seen_at;
    assert_eq!(
        [first, second, reply].map(seen_at),
        [Some(at(3)), Some(at(3)), None]
    );
}

#[test]
fn mark_seen_keeps_first_seen_at() {
    let mut state = State::default();
    let chat = state.open_private_chat(ANA, BEN, at(0));
    let id = state.send(chat, ANA, text(), at(1)).unwrap();
    state.mark_seen(chat, BEN, at(2));
    state.mark_seen(chat, BEN, at(3));
    assert_eq!(state.message(id).unwrap().seen_at, Some(at(2)));
    assert_eq!(unseen_count(&state, chat, BEN), 0);
}

#[test]
fn deleting_unseen_message_decrements_unseen_count() {
    let mut state = State::default();
    let chat = state.open_private_chat(ANA, BEN, at(0));
    let seen = state.send(chat, ANA, text(), at(1)).unwrap();
    state.mark_seen(chat, BEN, at(2));
    let unseen = [3, 4].map(|second| state.send(chat, ANA, text(), at(second)).unwrap());
    assert_eq!(unseen_count(&state, chat, BEN), 2);

    assert!(state.delete_message(seen));
    assert_eq!(unseen_count(&state, chat, BEN), 2);
    assert!(state.delete_message(unseen[1]));
    assert_eq!(unseen_count(&state, chat, BEN), 1);
    assert_eq!(unseen_count(&state, chat, ANA), 0);
    assert!(!state.delete_message(unseen[1]), "already deleted");

    state.mark_seen(chat, BEN, at(5));
    assert!(state.delete_message(unseen[0]));
    state.mark_seen(chat, BEN, at(6));
    let member = state.chat(chat).unwrap().member(BEN).unwrap();
    assert_eq!(
        (member.unseen_count, member.last_seen_id),
        (0, Some(unseen[0]))
    );
}

#[test]
fn chat_deleted_for_one_member_returns_with_next_message() {
    let mut state = State::default();
    let chat = state.open_private_chat(ANA, BEN, at(0));
    assert!(state.delete_chat_for(chat, ANA));
    assert!(!state.delete_chat_for(chat, ANA), "already deleted");
    assert!(!state.delete_chat_for(chat, STRANGER), "not a member");
    assert!(state.chat_of(chat, ANA).is_none());
    assert_eq!(state.chats_of(ANA).count(), 0);
    assert_eq!(state.chats_of(BEN).count(), 1);
    assert!(state.send(chat, ANA, text(), at(1)).is_none());

    state.send(chat, BEN, text(), at(1)).unwrap();
    assert_eq!(unseen_count(&state, chat, ANA), 1);
    assert!(state.delete_chat_for(chat, ANA));
    assert_eq!(state.open_private_chat(ANA, BEN, at(2)), chat);
    assert!(state.chat_of(chat, ANA).is_some());
}

#[test]
fn non_member_can_neither_send_nor_read() {
    let mut state = State::default();
    let chat = state.open_private_chat(ANA, BEN, at(0));
    assert!(state.send(chat, STRANGER, text(), at(1)).is_none());
    let id = state.send(chat, ANA, text(), at(1)).unwrap();
    assert!(state.visible_message(id, STRANGER).is_none());
    assert!(state.visible_message(id, BEN).is_some());
    assert!(state.chat_of(chat, STRANGER).is_none());
}
