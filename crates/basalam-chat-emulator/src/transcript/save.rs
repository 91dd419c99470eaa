//! Transcripts of stored chats.

use std::collections::BTreeMap;

use serde_json::Map;

use super::{
    CUSTOMER, MAX_AFTER_MS, MAX_TURNS, MessageTurn, SELLER, Transcript, TranscriptChat,
    TranscriptUser, Turn, VERSION, Wait, WaitTurn,
};
use crate::seed::ChatType;
use crate::state::State;
use crate::state::chat::{Chat, ChatKind};
use crate::state::message::Message;

impl Transcript {
    /// Returns the transcript of a chat, of its latest messages if there are too many. The messages of `bot_id` after
    /// the first one of another member become waits.
    pub(crate) fn save(state: &State, chat: &Chat, bot_id: Option<i64>) -> Self {
        let names = names(state, chat);
        let users = names.iter().filter_map(|(id, name)| {
            let user = state.users.by_id(*id)?;
            let user = TranscriptUser {
                name: user.name.clone(),
                vendor: user.vendor.clone(),
                extra: Map::new(),
            };
            Some((name.clone(), user))
        });
        let profile = chat.kind.profile();
        Self {
            version: VERSION,
            bot: bot_id.and_then(|it| names.get(&it).cloned()),
            users: users.collect(),
            chat: TranscriptChat {
                chat_type: chat_type(&chat.kind),
                members: chat
                    .member_ids()
                    .filter_map(|it| names.get(&it).cloned())
                    .collect(),
                title: profile.map(|it| it.title.clone()),
                description: profile.and_then(|it| it.description.clone()),
                extra: Map::new(),
            },
            turns: turns(state, chat, &names, bot_id),
            extra: Map::new(),
        }
    }
}

fn chat_type(kind: &ChatKind) -> ChatType {
    match kind {
        ChatKind::Private => ChatType::Private,
        ChatKind::Group(_) => ChatType::Group,
        ChatKind::Channel(_) => ChatType::Channel,
        ChatKind::Bot(_) => ChatType::Bot,
    }
}

/// Returns a name for each member.
fn names(state: &State, chat: &Chat) -> BTreeMap<i64, String> {
    let has_seller = chat.member_ids().any(|it| state.is_seller(it));
    let is_private = matches!(chat.kind, ChatKind::Private);
    let names = chat.member_ids().enumerate().map(|(index, id)| {
        let name = if state.is_seller(id) {
            SELLER.to_owned()
        } else if state.is_customer(id) || (is_private && has_seller) {
            // A chat that was played has a new customer.
            CUSTOMER.to_owned()
        } else {
            format!("member{}", index + 1)
        };
        (id, name)
    });
    names.collect()
}

fn turns(
    state: &State,
    chat: &Chat,
    names: &BTreeMap<i64, String>,
    bot_id: Option<i64>,
) -> Vec<Turn> {
    let first = chat.message_ids.len().saturating_sub(MAX_TURNS);
    let ids = &chat.message_ids[first..];
    let references = references(state, ids);
    let mut turns: Vec<Turn> = Vec::new();
    let mut previous: Option<&Message> = None;
    let mut has_other_sender = false;
    for message in ids.iter().filter_map(|id| state.message(*id)) {
        let Some(name) = names.get(&message.sender_id) else {
            continue;
        };
        let mut turn = message_turn(message, name);
        turn.after_ms = previous.map_or(0, |it| milliseconds_between(it, message));
        turn.reference = references.get(&message.id).cloned();
        let replied_id = message.replied_message_id.as_ref();
        turn.reply_to = replied_id.and_then(|it| references.get(it).cloned());
        previous = Some(message);
        let is_bot = bot_id == Some(message.sender_id);
        has_other_sender |= !is_bot;
        match turns.last_mut() {
            Some(Turn::Wait(wait)) if is_bot => {
                wait.recorded.push(turn);
                wait.wait.replies = Some(wait.recorded.len());
            }
            _ if is_bot && has_other_sender => turns.push(Turn::Wait(Box::new(wait_turn(turn)))),
            _ => turns.push(Turn::Message(Box::new(turn))),
        }
    }
    turns
}

/// Returns a name for each of the messages to which another one replies.
fn references(state: &State, ids: &[i64]) -> BTreeMap<i64, String> {
    let replied = ids
        .iter()
        .filter_map(|id| state.message(*id)?.replied_message_id);
    let named = replied.filter_map(|id| {
        let index = ids.binary_search(&id).ok()?;
        Some((id, format!("m{}", index + 1)))
    });
    named.collect()
}

/// Returns the time between two messages, as far as a transcript can contain it.
fn milliseconds_between(earlier: &Message, later: &Message) -> u64 {
    let duration = earlier.created_at.duration_until(later.created_at);
    // The clock can be set to any time.
    u64::try_from(duration.as_millis()).map_or(0, |it| it.min(MAX_AFTER_MS))
}

fn wait_turn(reply: MessageTurn) -> WaitTurn {
    WaitTurn {
        wait: Wait {
            replies: Some(1),
            idle_ms: None,
            timeout_ms: None,
            extra: Map::new(),
        },
        recorded: vec![reply],
        extra: Map::new(),
    }
}

fn message_turn(message: &Message, sender: &str) -> MessageTurn {
    let content = message.content.clone();
    let is_text = message.message_type == "text";
    MessageTurn {
        from: sender.to_owned(),
        after_ms: 0,
        reference: None,
        reply_to: None,
        message_type: (!is_text).then(|| message.message_type.clone()),
        text: content.text,
        entity_id: content.entity_id,
        files: content.files,
        metadata: content.metadata,
        reply_markup: content.reply_markup,
        extra: Map::new(),
    }
}
