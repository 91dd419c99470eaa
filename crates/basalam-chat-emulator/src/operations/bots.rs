//! Bot operations, the same for all HTTP methods.

use serde_json::{Value, json};

use super::call::{Call, HandlerResult};
use crate::service_error::ServiceError;
use crate::state::State;
use crate::state::bots::StoredBot;

/// Returns the bot. Likely: the fields, as in a documented example.
pub(super) fn get_me(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let bot = &stored_bot(state, call)?.bot;
    Ok(success(&json!({
        "id": bot.id,
        "first_name": bot.name,
        "username": bot.username,
    })))
}

/// Returns the webhook URL. The emulator's choice, since the service's behaviour is unknown: the
/// URL is empty without a webhook.
pub(super) fn get_webhook_info(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let url = stored_bot(state, call)?.webhook_url.as_deref();
    Ok(success(&json!({ "url": url.unwrap_or_default() })))
}

/// Deletes the webhook. The emulator's choice, since the service's behaviour is unknown: this
/// succeeds without a webhook as well.
pub(super) fn delete_webhook(state: &mut State, call: &Call<'_>) -> HandlerResult {
    stored_bot(state, call)?.webhook_url = None;
    Ok(success(&json!(true)))
}

/// Revokes the bot's token.
pub(super) fn log_out(state: &mut State, call: &Call<'_>) -> HandlerResult {
    stored_bot(state, call)?.is_logged_out = true;
    Ok(success(&json!(true)))
}

fn stored_bot<'s>(
    state: &'s mut State,
    call: &Call<'_>,
) -> Result<&'s mut StoredBot, ServiceError> {
    let token = call.path_str("token").ok_or(ServiceError::NotFound)?;
    let bot = state.bots.by_token(token);
    bot.ok_or(ServiceError::BotUnauthorized)
}

fn success(result: &Value) -> Value {
    json!({ "ok": true, "result": result })
}
