//! The facade against a local service.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

mod answers;
mod batches;
#[cfg(feature = "blocking")]
mod blocking;
mod bots;
mod clock;
mod compression;
mod deliveries;
mod documents;
mod edits;
mod errors;
mod every;
mod faults;
mod following;
mod guarantees;
mod history;
mod kinds;
mod listing;
mod logins;
mod providers;
mod requests;
mod retries;
mod secrets;
mod soak;
mod uploads;
mod users;

use basalam_chat::{Client, PersonalToken, RequestOptions, RetryPolicy};
use basalam_chat_emulator::Emulator;

/// A token that no error, log or debug output may show.
const CANARY: &str = "canary-token-8f2c";

/// A client of the emulator that acts for its seller.
fn seller(emulator: &Emulator) -> Client {
    client(emulator.base_url(), emulator.seller().token())
}

/// A client of whatever listens at `base_url`, which waits for nothing.
fn client(base_url: &str, token: &str) -> Client {
    Client::builder(PersonalToken::new(token))
        .base_url(base_url)
        .clock(clock::TestClock::new())
        .build()
        .unwrap()
}

/// The same client, which sends nothing twice.
fn hasty(client: &Client) -> Client {
    let options = RequestOptions::new().retry_policy(RetryPolicy::never());
    client.with_options(options).unwrap()
}
