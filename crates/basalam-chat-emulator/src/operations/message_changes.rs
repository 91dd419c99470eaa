//! Operations on existing messages.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::call::{Call, HandlerResult};
use super::messages::NewContent;
use super::responses::object;
use crate::service_error::ServiceError;
use crate::state::State;
use crate::state::message::{Message, NewMessage};

#[derive(Deserialize)]
struct EditMessageBody {
    message_id: i64,
    content: Option<NewContent>,
}

/// Replaces the text and entity of a message.
///
/// The emulator's choice, since the service's behaviour is unknown: users can edit their own
/// messages of the type `text` only, at any age; null content is a violation; all other content is
/// kept.
pub(super) fn edit_message(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: EditMessageBody = call.body()?;
    let content = body.content.ok_or_else(|| {
        ServiceError::invalid(
            ["body", "content"],
            "the effect of null is unknown, so the emulator rejects it; send an object",
            "value_error",
        )
    })?;
    let message = own_message(state, body.message_id, user_id)?;
    if message.message_type != "text" {
        return Err(ServiceError::invalid(
            ["body", "message_id"],
            format!(
                "the message has the type {:?}; only messages of the type \"text\" can be edited",
                message.message_type
            ),
            "value_error",
        ));
    }
    let id = message.id;
    if let Some(message) = state.message_mut(id) {
        message.content.text = content.text;
        message.content.entity_id = content.entity_id;
        message.updated_at = call.now;
    }
    let message = state.message(id).ok_or(ServiceError::NotFound)?;
    Ok(object([("data", call.responses(state).message(message))]))
}

#[derive(Deserialize)]
struct DeleteMessageBody {
    message_ids: Vec<i64>,
}

/// Deletes messages for all members.
///
/// The emulator's choice, since the service's behaviour is unknown: users can delete their own
/// messages only, at any age; if one of the messages belongs to another user, none is deleted; ids
/// of missing or invisible messages are ignored, which makes the request idempotent.
pub(super) fn delete_message(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: DeleteMessageBody = call.body()?;
    let mut own = Vec::new();
    for id in body.message_ids {
        match state.visible_message(id, user_id) {
            Some(message) if message.sender_id == user_id => own.push(id),
            Some(_) => return Err(ServiceError::NotFound),
            None => {}
        }
    }
    for id in own {
        state.delete_message(id);
    }
    Ok(json!({ "data": true }))
}

#[derive(Deserialize)]
struct ForwardMessageBody {
    message_ids: BTreeSet<i64>,
    chat_ids: Vec<i64>,
}

/// Copies messages to chats immediately.
///
/// Likely: in the order of their ids. The emulator's choice, since the service's behaviour is
/// unknown: duplicate ids are forwarded once; if one of the messages is not visible to the user,
/// none is forwarded.
pub(super) fn forward_message(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: ForwardMessageBody = call.body()?;
    let mut copies = Vec::new();
    for id in body.message_ids {
        let message = state.visible_message(id, user_id);
        copies.push(copy(message.ok_or(ServiceError::NotFound)?));
    }
    for chat_id in &body.chat_ids {
        state
            .chat_of(*chat_id, user_id)
            .ok_or(ServiceError::NotFound)?;
    }
    for chat_id in &body.chat_ids {
        for copy in &copies {
            state.send(*chat_id, user_id, copy.clone(), call.now);
        }
    }
    Ok(json!({ "data": true }))
}

fn copy(message: &Message) -> NewMessage {
    NewMessage {
        message_type: message.message_type.clone(),
        content: message.content.clone(),
        replied_message_id: None,
        forward_from: Some(message.id),
    }
}

fn own_message(state: &State, id: i64, user_id: i64) -> Result<&Message, ServiceError> {
    let message = state.visible_message(id, user_id);
    message
        .filter(|it| it.sender_id == user_id)
        .ok_or(ServiceError::NotFound)
}
