//! Operations that send and list messages.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::call::{Call, HandlerResult, ListResult};
use super::responses::object;
use crate::options::BetweenComparison;
use crate::service_error::ServiceError;
use crate::state::State;
use crate::state::message::{AttachedFile, Button, Content, NewMessage};
use crate::state::messages::{Comparison, SortOrder, page};

#[derive(Deserialize)]
struct CreateMessageBody {
    message_type: String,
    content: Option<NewContent>,
    attachment: Option<Attachment>,
    replied_message_id: Option<i64>,
    temp_id: Option<i64>,
    message_metadata: Option<Map<String, Value>>,
    inline_markup_button: Option<Vec<Vec<Button>>>,
    forward_from: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct NewContent {
    pub(super) text: Option<String>,
    pub(super) entity_id: Option<i64>,
}

#[derive(Deserialize)]
struct Attachment {
    files: Option<Vec<AttachedFile>>,
}

impl CreateMessageBody {
    fn into_message(self) -> NewMessage {
        let (text, entity_id) = match self.content {
            Some(content) => (content.text, content.entity_id),
            None => (None, None),
        };
        NewMessage {
            message_type: self.message_type,
            content: Content {
                text,
                entity_id,
                files: self.attachment.and_then(|it| it.files),
                metadata: self.message_metadata,
                reply_markup: self.inline_markup_button,
            },
            replied_message_id: self.replied_message_id,
            forward_from: self.forward_from,
        }
    }
}

/// Sends a message to a chat.
pub(super) fn create_message(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let chat_id = call.path_integer("chat_id")?;
    let body: CreateMessageBody = call.body()?;
    let temp_id = body.temp_id;
    if let Some(id) = body.replied_message_id {
        let replied = state.visible_message(id, user_id);
        replied
            .filter(|it| it.chat_id == chat_id)
            .ok_or(ServiceError::NotFound)?;
    }
    if let Some(id) = body.forward_from {
        state
            .visible_message(id, user_id)
            .ok_or(ServiceError::NotFound)?;
    }
    let sent = state.send(chat_id, user_id, body.into_message(), call.now);
    let id = sent.ok_or(ServiceError::NotFound)?;
    let message = state.message(id).ok_or(ServiceError::NotFound)?;
    Ok(object([
        ("data", call.responses(state).message(message)),
        ("temp_id", temp_id.into()),
    ]))
}

/// Returns a page of the messages of a chat.
pub(super) fn get_messages(state: &mut State, call: &Call<'_>) -> ListResult {
    let user_id = call.user_id()?;
    let chat_id = call.path_integer("chat_id")?;
    let limit = call.limit()?;
    let order = match call.query_str("order") {
        Some("asc") => SortOrder::Ascending,
        _ => SortOrder::Descending,
    };
    let comparison = comparison(call)?;
    // Likely: 0 means no message id, since Basalam's web application sends it.
    let message_id = call.query_integer("message_id").filter(|id| *id != 0);
    let chat = state
        .chat_of(chat_id, user_id)
        .ok_or(ServiceError::NotFound)?;
    let cursor = comparison.zip(message_id);
    let ids = page(&chat.message_ids, cursor, order, limit);
    if call.options.mark_seen_on_read {
        state.mark_seen(chat_id, user_id, call.now);
    }
    let responses = call.responses(state);
    let list = call.list()?;
    let messages = ids.into_iter().filter_map(|id| state.message(id));
    messages
        .map(|it| responses.message_item(it, list))
        .collect()
}

/// Returns the comparison with the message id, or `None` if the id is ignored.
fn comparison(call: &Call<'_>) -> Result<Option<Comparison>, ServiceError> {
    Ok(Some(match call.query_str("cmp") {
        Some("lte") => Comparison::LessOrEqual,
        Some("gt") => Comparison::Greater,
        Some("gte") => Comparison::GreaterOrEqual,
        Some("bt") => match call.options.between {
            BetweenComparison::Around => Comparison::Around,
            BetweenComparison::Ignore => return Ok(None),
            BetweenComparison::Reject => {
                return Err(ServiceError::invalid(
                    ["query", "cmp"],
                    "the meaning of `bt` is unknown, so the emulator rejects it; use `lt`, `lte`, `gt` or `gte`, or \
                     start the emulator with `--between`",
                    "value_error",
                ));
            }
        },
        _ => Comparison::Less,
    }))
}
