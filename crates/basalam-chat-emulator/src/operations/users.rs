//! Operations on users.

use serde_json::{Value, json};

use super::Call;
use super::answers::vendor;
use crate::problem::Problem;
use crate::state::State;

/// Tells who the token belongs to.
pub(super) fn get_current_user(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let id = call.user_id()?;
    let user = state.users.by_id(id).ok_or(Problem::Unauthorized)?;
    Ok(json!({
        "id": user.id,
        "hash_id": user.hash_id,
        "username": null,
        "name": user.name,
        "vendor": user.vendor.as_ref().map(vendor),
    }))
}
