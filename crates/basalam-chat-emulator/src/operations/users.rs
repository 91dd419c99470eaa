//! User operations.

use serde_json::Value;

use super::call::{Call, HandlerResult};
use super::responses::{object, vendor};
use crate::service_error::ServiceError;
use crate::state::State;

/// Returns the user of the access token.
pub(super) fn get_current_user(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let id = call.user_id()?;
    let user = state.users.by_id(id).ok_or(ServiceError::Unauthorized)?;
    Ok(object([
        ("id", user.id.into()),
        ("hash_id", user.hash_id.as_str().into()),
        ("username", Value::Null),
        ("name", user.name.as_str().into()),
        ("vendor", user.vendor.as_ref().map_or(Value::Null, vendor)),
    ]))
}
