//! Saving of new tokens.

use std::time::Duration;

use super::super::store::TokenStore;
use super::super::token_set::TokenSet;
use super::Refresher;
use crate::Error;
use crate::state::PutMode;
use crate::time::SleepReason;

/// The number of times that a store is asked to save tokens before requests fail: for about ten seconds, in which most
/// servers restart.
const MAX_TRIES: u32 = 13;

/// The pause before the second try. It doubles each time, up to the maximum.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// Tokens that are to be saved.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) tokens: TokenSet,
    pub(super) mode: PutMode,
    /// The stored tokens that these replace. Their refresh token is used up, so they are replaced even if they were
    /// written again meanwhile, such as with another encryption key.
    pub(super) replaced: Option<TokenSet>,
}

impl Refresher {
    /// Saves new tokens before any request uses them. Returns the stored ones if others were saved meanwhile.
    pub(super) async fn persist(&mut self, unsaved: Unsaved) -> Result<TokenSet, Error> {
        let Some(store) = self.store() else {
            return Ok(unsaved.tokens);
        };
        // Kept until they are saved: this future can be dropped, and a custom store can panic.
        self.unsaved = Some(unsaved.clone());
        let saved = self.save(&store, unsaved).await?;
        self.unsaved = None;
        self.was_stored = true;
        saved.ok_or_else(Error::tokens_deleted)
    }

    /// Returns `None` if the tokens were deleted meanwhile.
    async fn save(&self, store: &TokenStore, unsaved: Unsaved) -> Result<Option<TokenSet>, Error> {
        let Unsaved {
            tokens,
            mut mode,
            replaced,
        } = unsaved;
        let (mut tries, mut pause) = (1, FIRST_PAUSE);
        loop {
            match store.write(&tokens, mode).await {
                Ok(()) => return Ok(Some(tokens)),
                Err(error) if error.is_conflict() => {
                    let Some(stored) = store.load().await? else {
                        return Ok(None);
                    };
                    // An earlier write was made although its response was lost.
                    if stored.tokens.has_same_access_token(&tokens) {
                        return Ok(Some(tokens));
                    }
                    let is_old = |replaced: &TokenSet| replaced.has_same_tokens(&stored.tokens);
                    if !replaced.as_ref().is_some_and(is_old) {
                        return Ok(Some(stored.tokens));
                    }
                    mode = PutMode::Update(stored.version);
                }
                Err(error) if tries == MAX_TRIES => return Err(Error::store_keep_failed(error)),
                Err(_) => {
                    self.clock.sleep(pause, SleepReason::Backoff).await;
                    tries += 1;
                    pause = MAX_PAUSE.min(pause * 2);
                }
            }
        }
    }
}
