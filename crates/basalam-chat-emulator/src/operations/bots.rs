//! Operations of bots, the same in all their verbs.

use serde_json::{Value, json};

use super::Call;
use crate::problem::Problem;
use crate::state::State;
use crate::state::bots::Record;

/// Describes the bot. The members are likely: a documented example has them.
pub(super) fn get_me(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let bot = &record(state, call)?.bot;
    Ok(done(&json!({
        "id": bot.id,
        "first_name": bot.name,
        "username": bot.username,
    })))
}

/// Tells where the bot's events go. Unknown, and chosen here: an empty text where
/// there is no webhook.
pub(super) fn get_webhook_info(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let url = record(state, call)?.webhook_url.as_deref();
    Ok(done(&json!({ "url": url.unwrap_or_default() })))
}

/// Takes the webhook away. Unknown, and chosen here: where there was none, that is a
/// success too.
pub(super) fn delete_webhook(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    record(state, call)?.webhook_url = None;
    Ok(done(&json!(true)))
}

/// Makes the bot's token invalid, for good.
pub(super) fn log_out(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    record(state, call)?.is_logged_out = true;
    Ok(done(&json!(true)))
}

fn record<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut Record, Problem> {
    let token = call.path_text("token").ok_or(Problem::NotFound)?;
    state.bots.by_token(token).ok_or(Problem::BotUnauthorized)
}

fn done(result: &Value) -> Value {
    json!({ "ok": true, "result": result })
}
