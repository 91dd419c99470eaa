//! Every call of the facade: with all fields set, with required fields only, and with each enum value.
//!
//! The values of a call are distinct, so that swapped values are reported.

mod bots;
mod chats;
mod files;
mod messages;
mod webhooks;

use super::recorder::{Call, Recorder};

/// Makes every call and returns what was sent.
pub(super) async fn make() -> Vec<Call> {
    let mut recorder = Recorder::start().await;
    chats::make(&mut recorder).await;
    messages::make(&mut recorder).await;
    bots::make(&mut recorder).await;
    files::make(&mut recorder).await;
    webhooks::make(&mut recorder).await;
    recorder.into_calls()
}
