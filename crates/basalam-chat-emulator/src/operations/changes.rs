//! Operations on messages that were sent already.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::answers::{Writer, object};
use super::messages::NewContent;
use crate::problem::Problem;
use crate::state::State;
use crate::state::messages::{Message, NewMessage};

#[derive(Deserialize)]
struct EditMessageBody {
    message_id: i64,
    content: Option<NewContent>,
}

/// Gives a text message new content.
///
/// Unknown, and chosen here: only one's own messages of the type `text` can be edited,
/// whatever their age; null content is a violation; what the content has beside text
/// and entity stays.
pub(super) fn edit_message(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let user_id = call.user_id()?;
    let body: EditMessageBody = call.body()?;
    let content = body.content.ok_or_else(|| {
        Problem::invalid(
            ["body", "content"],
            "nobody has published what null does, so the emulator does not guess; give an object",
            "value_error",
        )
    })?;
    let message = own_message(state, body.message_id, user_id)?;
    if message.message_type != "text" {
        let words = format!(
            "the message is of the type {:?}, and only messages of the type \"text\" can be edited",
            message.message_type
        );
        return Err(Problem::invalid(
            ["body", "message_id"],
            words,
            "value_error",
        ));
    }
    let id = message.id;
    if let Some(message) = state.message_mut(id) {
        message.content.text = content.text;
        message.content.entity_id = content.entity_id;
        message.updated_at = call.now;
    }
    let writer = Writer {
        state,
        options: call.options,
    };
    let message = state.message(id).ok_or(Problem::NotFound)?;
    Ok(object([("data", writer.message(message))]))
}

#[derive(Deserialize)]
struct DeleteMessageBody {
    message_ids: Vec<i64>,
}

/// Deletes messages for both sides.
///
/// Unknown, and chosen here: only one's own can be deleted, whatever their age, and
/// nothing is deleted where one of them is somebody else's; ids of messages that the
/// user cannot see or that are gone already are passed over, so that a repeated
/// request does no harm.
pub(super) fn delete_message(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let user_id = call.user_id()?;
    let body: DeleteMessageBody = call.body()?;
    let mut own = Vec::new();
    for id in body.message_ids {
        match state.visible_message(id, user_id) {
            Some(message) if message.sender_id == user_id => own.push(id),
            Some(_) => return Err(Problem::NotFound),
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

/// Copies messages into a chat, at once.
///
/// Likely: they arrive in the order of their ids. Unknown, and chosen here: an id that
/// is given twice is forwarded once, and nothing is where one of the messages cannot
/// be seen by the user.
pub(super) fn forward_message(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let user_id = call.user_id()?;
    let body: ForwardMessageBody = call.body()?;
    let mut copies = Vec::new();
    for id in body.message_ids {
        let message = state.visible_message(id, user_id);
        copies.push(copy(message.ok_or(Problem::NotFound)?));
    }
    for chat_id in &body.chat_ids {
        state.chat_of(*chat_id, user_id).ok_or(Problem::NotFound)?;
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

fn own_message(state: &State, id: i64, user_id: i64) -> Result<&Message, Problem> {
    let message = state.visible_message(id, user_id);
    message
        .filter(|it| it.sender_id == user_id)
        .ok_or(Problem::NotFound)
}
