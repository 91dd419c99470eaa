//! Operations on users.

use serde_json::Value;

use super::Call;
use super::answers::{object, vendor};
use crate::problem::Problem;
use crate::state::State;

/// Tells who the token belongs to.
pub(super) fn get_current_user(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let id = call.user_id()?;
    let user = state.users.by_id(id).ok_or(Problem::Unauthorized)?;
    Ok(object([
        ("id", user.id.into()),
        ("hash_id", user.hash_id.as_str().into()),
        ("username", Value::Null),
        ("name", user.name.as_str().into()),
        ("vendor", user.vendor.as_ref().map_or(Value::Null, vendor)),
    ]))
}
