//! The cached id of the token's user.

use basalam_chat_api::newtypes::UserId;
use tokio::sync::OnceCell;

use crate::Error;

/// The id of the token's user, once it was fetched.
#[derive(Debug, Default)]
pub(crate) struct CurrentUserCache(OnceCell<UserId>);

impl CurrentUserCache {
    /// Returns the id. Concurrent callers share one fetch; an error is not cached.
    pub(crate) async fn get_or_fetch<F>(&self, fetch: impl FnOnce() -> F) -> Result<UserId, Error>
    where
        F: Future<Output = Result<UserId, Error>>,
    {
        self.0.get_or_try_init(fetch).await.copied()
    }
}
