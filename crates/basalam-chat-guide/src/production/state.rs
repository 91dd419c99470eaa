//! A store that the environment names.

// ANCHOR: program
use std::sync::Arc;

use basalam_chat::state::{StateError, StateStore};

/// Opens the store that a URL names, such as `sqlite:state.db` or `postgres://…`.
pub async fn open(url: &str) -> Result<Arc<dyn StateStore>, StateError> {
    basalam_chat_state::connect(url).await
}
// ANCHOR_END: program
