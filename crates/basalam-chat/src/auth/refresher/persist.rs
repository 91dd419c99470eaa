//! Saving of new tokens.

use std::time::Duration;

use super::super::token_set::TokenSet;
use super::{Refreshed, Refresher};
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
pub(super) struct Unsaved {
    pub(super) tokens: TokenSet,
    pub(super) mode: PutMode,
}

impl Refresher {
    /// Saves new tokens before any request uses them. Returns the stored ones if others were saved meanwhile.
    pub(super) async fn persist(&mut self, unsaved: Unsaved) -> Result<Refreshed, Error> {
        let Some(store) = self.store() else {
            return Ok(Refreshed::issued(unsaved.tokens));
        };
        let (mut tries, mut pause) = (1, FIRST_PAUSE);
        loop {
            match store.write(&unsaved.tokens, unsaved.mode).await {
                Ok(()) => return Ok(Refreshed::issued(unsaved.tokens)),
                Err(error) if error.is_conflict() => break,
                Err(error) if tries == MAX_TRIES => {
                    self.unsaved = Some(unsaved);
                    return Err(Error::store_save_failed(error));
                }
                Err(_) => {
                    self.clock.sleep(pause, SleepReason::Backoff).await;
                    tries += 1;
                    pause = MAX_PAUSE.min(pause * 2);
                }
            }
        }
        let stored = match store.load().await {
            Ok(stored) => stored,
            Err(error) => {
                // The next try finds out again.
                self.unsaved = Some(unsaved);
                return Err(error);
            }
        };
        match stored {
            // An earlier write was made although its response was lost.
            Some(stored) if stored.tokens.has_same_access_token(&unsaved.tokens) => {
                Ok(Refreshed::issued(unsaved.tokens))
            }
            Some(stored) => Ok(Refreshed::loaded(stored.tokens)),
            // The tokens were deleted: the person has logged out.
            None => Err(Error::not_refreshable()),
        }
    }
}
