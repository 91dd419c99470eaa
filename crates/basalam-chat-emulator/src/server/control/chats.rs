//! The chats and messages, as the console shows them.

use std::cmp::Reverse;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::query::{DEFAULT_LIMIT, Query, id};
use super::reply::{ControlError, ControlResult, respond};
use crate::clock::ServiceTime;
use crate::error::Error;
use crate::operations::ResponseBuilder;
use crate::options::Options;
use crate::server::service::{Service, ServiceState};
use crate::state;
use crate::state::chat::Chat;
use crate::state::message::Message;

/// The maximum length of a text in a list of chats, in characters.
const MAX_PREVIEW: usize = 200;

/// The maximum length of a text in a list of messages, in characters.
const MAX_TEXT: usize = 4096;

/// The maximum size of a list of messages with more than one message, in bytes.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// The maximum number of members of a chat, and of members who have seen a message, in a list.
const MAX_MEMBERS: usize = 50;

const CURSOR_FORMAT: &str = "%Y%m%d%H%M%S";

pub(super) async fn chats(State(service): ServiceState, uri: Uri) -> Response {
    respond(list_chats(&service, &uri))
}

fn list_chats(service: &Service, uri: &Uri) -> ControlResult {
    let query = Query::parse(uri, &["as", "after", "limit"])?;
    let (viewer_id, limit) = (query.integer("as")?, query.limit(DEFAULT_LIMIT)?);
    let after = query.str("after").map(parse_cursor).transpose()?;
    let state = service.state();
    let mut chats: Vec<&Chat> = match viewer_id {
        None => state.chats().collect(),
        Some(id) => {
            require_user(&state, id)?;
            state.chats_of(id).collect()
        }
    };
    let key = |chat: &Chat| (chat.times.updated_at, chat.id);
    chats.retain(|it| after.is_none_or(|after| key(it) < after));
    // Only the page is sorted.
    let has_more = chats.len() > limit;
    if has_more {
        chats.select_nth_unstable_by_key(limit, |it| Reverse(key(it)));
        chats.truncate(limit);
    }
    chats.sort_unstable_by_key(|it| Reverse(key(it)));
    let next = chats.last().filter(|_| has_more).map(|it| key(it));
    let next = next.map(|(time, id)| format!("{}-{id}", time.strftime(CURSOR_FORMAT)));
    let chats = chats.into_iter().map(|it| chat(&state, it, viewer_id));
    Ok(json!({ "chats": chats.collect::<Vec<_>>(), "next": next }))
}

fn parse_cursor(cursor: &str) -> Result<(DateTime, i64), Error> {
    let parts = cursor.split_once('-');
    let parsed = parts.and_then(|(time, id)| {
        let time = DateTime::strptime(CURSOR_FORMAT, time).ok()?;
        Some((time, id.parse().ok()?))
    });
    parsed.ok_or_else(|| {
        Error::invalid_argument(format!(
            "`after` is {cursor:?}; use the `next` of another page"
        ))
    })
}

fn require_user(state: &state::State, id: i64) -> Result<(), ControlError> {
    let user = state.users.by_id(id);
    user.map(drop)
        .ok_or_else(|| ControlError::not_found(format!("there is no user {id}")))
}

fn chat(state: &state::State, chat: &Chat, viewer_id: Option<i64>) -> Value {
    let viewer = viewer_id.and_then(|it| chat.member(it));
    let members = chat.member_ids().take(MAX_MEMBERS);
    let members = members.filter_map(|it| state.users.by_id(it));
    let members: Vec<_> = members
        .map(|it| {
            // A user with the id of a bot stands for the bot.
            let is_bot = state.bots.by_id(it.id).is_some();
            json!({ "id": it.id, "name": it.name, "is_bot": is_bot })
        })
        .collect();
    let last = chat.message_ids.last().and_then(|it| state.message(*it));
    json!({
        "id": chat.id,
        "chat_type": chat.kind.name(),
        "title": title(state, chat, viewer_id),
        "members": members,
        "member_count": chat.member_count(),
        "message_count": chat.message_ids.len(),
        "unseen_count": viewer.map_or(0, |it| it.unseen_count),
        "updated_at": ServiceTime(chat.times.updated_at),
        "last_message": last.map(preview),
    })
}

/// Returns the title, or the names of the others in a private chat.
fn title(state: &state::State, chat: &Chat, viewer_id: Option<i64>) -> String {
    if let Some(profile) = chat.kind.profile() {
        return profile.title.clone();
    }
    let others = chat.member_ids().filter(|it| Some(*it) != viewer_id);
    let users = others.filter_map(|it| state.users.by_id(it));
    let names: Vec<_> = users.map(|it| it.name.as_str()).collect();
    names.join(" · ")
}

fn preview(message: &Message) -> Value {
    let text = message.content.text.as_deref();
    json!({
        "id": message.id,
        "sender_id": message.sender_id,
        "message_type": message.message_type,
        "text": text.map(|it| truncate(it, MAX_PREVIEW)),
    })
}

/// Returns the first characters of a text.
fn truncate(text: &str, max: usize) -> &str {
    let end = text.char_indices().nth(max).map(|it| it.0);
    &text[..end.unwrap_or(text.len())]
}

pub(super) async fn messages(
    State(service): ServiceState,
    Path(chat_id): Path<String>,
    uri: Uri,
) -> Response {
    respond(list_messages(&service, &chat_id, &uri))
}

fn list_messages(service: &Service, chat_id: &str, uri: &Uri) -> ControlResult {
    let query = Query::parse(uri, &["as", "before", "limit"])?;
    let (viewer_id, before) = (query.integer("as")?, query.integer::<i64>("before")?);
    let limit = query.limit(DEFAULT_LIMIT)?;
    let chat_id: i64 = id("chat", chat_id)?;
    let state = service.state();
    let chat = match viewer_id {
        None => state.chat(chat_id),
        Some(user_id) => {
            require_user(&state, user_id)?;
            state.chat_of(chat_id, user_id)
        }
    };
    let chat =
        chat.ok_or_else(|| ControlError::not_found(format!("there is no chat {chat_id}")))?;
    let late: Vec<i64> = state.late_messages_of(chat_id).map(|it| it.0).collect();
    let (ids, mut has_more) = newest(&chat.message_ids, &late, before, limit);
    let mut messages = Vec::new();
    let mut bytes = 0;
    for message in ids.iter().filter_map(|id| state.message(*id)) {
        let json = shortened(message_json(&state, service.options(), message));
        bytes += json.to_string().len();
        if bytes > MAX_PAGE_BYTES && !messages.is_empty() {
            has_more = true;
            break;
        }
        messages.push(json);
    }
    messages.reverse();
    let total = chat.message_ids.len() + late.len();
    Ok(json!({ "messages": messages, "has_more": has_more, "total": total }))
}

/// Returns the newest ids below `before`, newest first, and whether there are more. Both lists are sorted ascending.
fn newest(visible: &[i64], late: &[i64], before: Option<i64>, limit: usize) -> (Vec<i64>, bool) {
    let below = |ids: &[i64]| ids.partition_point(|it| before.is_none_or(|before| *it < before));
    let (visible, late) = (&visible[..below(visible)], &late[..below(late)]);
    let mut ids: Vec<i64> = visible.iter().rev().take(limit).copied().collect();
    ids.extend(late.iter().rev().take(limit));
    ids.sort_unstable_by_key(|it| Reverse(*it));
    ids.truncate(limit);
    (ids, visible.len() + late.len() > limit)
}

pub(super) async fn message(
    State(service): ServiceState,
    Path(message_id): Path<String>,
) -> Response {
    respond(whole_message(&service, &message_id))
}

fn whole_message(service: &Service, message_id: &str) -> ControlResult {
    let message_id: i64 = id("message", message_id)?;
    let state = service.state();
    let message = state.message(message_id);
    let message = message
        .ok_or_else(|| ControlError::not_found(format!("there is no message {message_id}")))?;
    Ok(message_json(&state, service.options(), message))
}

/// Returns a message as the service does, with who has seen it.
fn message_json(state: &state::State, options: &Options, message: &Message) -> Value {
    let mut json = ResponseBuilder { state, options }.message(message);
    let members = state
        .chat(message.chat_id)
        .into_iter()
        .flat_map(Chat::members);
    let seen_by = members.filter(|it| it.user_id != message.sender_id && it.has_seen(message.id));
    let seen_by = seen_by.take(MAX_MEMBERS).map(|it| it.user_id);
    json["seen_by"] = seen_by.collect();
    if let Some(time) = state.visible_at(message.id) {
        json["visible_at"] = json!(ServiceTime(time));
    }
    json
}

/// Shortens the texts of a message.
fn shortened(mut message: Value) -> Value {
    shorten(&mut message["replied_message"]);
    shorten(&mut message);
    message
}

fn shorten(message: &mut Value) {
    let Some(Value::String(text)) = message.pointer_mut("/content/text") else {
        return;
    };
    let kept = truncate(text, MAX_TEXT).len();
    if kept < text.len() {
        let length = text.chars().count();
        text.truncate(kept);
        message["text_length"] = length.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(truncate("سلام", 2), "سل");
        assert_eq!(truncate("سلام", 4), "سلام");
        let text = "پ".repeat(MAX_TEXT + 1);
        let message = shortened(json!({ "content": { "text": text }, "replied_message": null }));
        assert_eq!(message["text_length"], MAX_TEXT + 1);
        let text = message["content"]["text"].as_str().unwrap();
        assert_eq!(text.chars().count(), MAX_TEXT);
        let short = json!({ "content": { "text": "a" }, "replied_message": null });
        assert_eq!(shortened(short.clone()), short);
    }

    #[test]
    fn late_messages_are_listed_in_order_of_their_ids() {
        let ids = newest(&[1, 2, 5], &[3, 4], None, 3);
        assert_eq!(ids, (vec![5, 4, 3], true));
        assert_eq!(
            newest(&[1, 2, 5], &[3, 4], Some(4), 3),
            (vec![3, 2, 1], false)
        );
        assert_eq!(newest(&[1], &[], Some(1), 3), (vec![], false));
    }
}
