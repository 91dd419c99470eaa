//! Bots that are killed and paused again and again while requests fail, on every store.
//!
//! The bots are processes: this test binary runs itself. They answer each message of an emulator, whose messages are
//! compared with what was sent. `BASALAM_CHAT_CHAOS=full` makes the runs larger.

mod bot;
mod disturbance;
mod faults;
mod scenario;
mod verification;

use scenario::Scenario;

/// Runs all scenarios at the same time, since bots mostly wait: for leases, and for replies that may have been sent.
async fn bots_answer_each_message_once(store: &str) {
    let one = Scenario {
        store,
        name: "one-bot",
        seed: 1,
        bots: 1,
        is_paused: false,
        has_webhooks: false,
    };
    let two = Scenario {
        name: "two-bots",
        seed: 2,
        bots: 2,
        ..one
    };
    let paused = Scenario {
        name: "paused-bots",
        seed: 3,
        // Sends a signal that only Unix has.
        is_paused: cfg!(unix),
        ..two
    };
    let webhooks = Scenario {
        name: "webhooks",
        seed: 4,
        has_webhooks: true,
        ..one
    };
    tokio::join!(one.run(), two.run(), paused.run(), webhooks.run());
}

#[tokio::test]
async fn bots_answer_each_message_once_with_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    bots_answer_each_message_once(&format!("file:{}", path.display())).await;
}

#[tokio::test]
async fn bots_answer_each_message_once_with_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.db");
    bots_answer_each_message_once(&format!("sqlite:{}", path.display())).await;
}

mod postgres {
    #[ignore = "needs PostgreSQL; run by `cargo xtask ci`"]
    #[tokio::test]
    async fn bots_answer_each_message_once() {
        let server = crate::postgres::Server::start();
        super::bots_answer_each_message_once(&server.url()).await;
    }
}

mod redis {
    #[ignore = "needs Redis; run by `cargo xtask ci`"]
    #[tokio::test]
    async fn bots_answer_each_message_once() {
        let server = crate::redis::Server::start();
        super::bots_answer_each_message_once(&server.url()).await;
    }
}
