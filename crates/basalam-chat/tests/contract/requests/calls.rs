//! Every call that the facade can make: with all that can be set, with nothing more than it needs,
//! and with each value of each vocabulary.
//!
//! No two values of one call are equal, so that two of them that changed places are seen.

mod bots;
mod chats;
mod files;
mod messages;

use super::capture::{Call, Recorder};

/// Makes every call and gives what was sent.
pub(super) async fn make() -> Vec<Call> {
    let mut recorder = Recorder::start().await;
    chats::make(&mut recorder).await;
    messages::make(&mut recorder).await;
    bots::make(&mut recorder).await;
    files::make(&mut recorder).await;
    recorder.into_calls()
}
