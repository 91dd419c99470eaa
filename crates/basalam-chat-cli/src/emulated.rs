//! The throw-away service of `--emulator`.

use std::sync::Arc;
use std::time::Duration;

use basalam_chat_emulator::{Emulator, User};
use jiff::civil::date;

use crate::failure::Failure;

/// The chat in which a customer writes.
const CHAT: i64 = 1001;

/// The customer.
const CUSTOMER: i64 = 501;

/// The URL of the seller's webhook, at which nothing listens.
const WEBHOOK: &str = "http://127.0.0.1:9/";

/// How often a service in this process is polled.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// How often the customer writes.
const INTERVAL: Duration = Duration::from_secs(2);

const MESSAGES: [&str; 3] = [
    "سلام، هنوز اینجا هستید؟",
    "Do you have it in blue?",
    "ممنون از پاسخ شما",
];

/// A service in this process, with a seller and some chats. It ends with the process.
pub(crate) struct Emulated {
    emulator: Arc<Emulator>,
    seller: User,
}

impl Emulated {
    pub(crate) async fn start() -> Result<Emulated, Failure> {
        let failed = |error| Failure::failed(format!("the emulator cannot be started: {error}"));
        // A fixed time, so that the same commands print the same.
        let clock = || date(2026, 7, 22).at(10, 30, 0, 0);
        let emulator = Emulator::builder().clock(clock).start();
        let emulator = emulator.await.map_err(failed)?;
        emulator
            .seed_json(include_str!("emulated.json"))
            .map_err(failed)?;
        let seller = emulator.seller().clone();
        emulator.add_webhook(seller.id, WEBHOOK).map_err(failed)?;
        Ok(Emulated {
            seller,
            emulator: Arc::new(emulator),
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        self.emulator.base_url()
    }

    /// Returns the token of the seller, which is no secret.
    pub(crate) fn token(&self) -> &str {
        self.seller.token()
    }

    /// Returns the id and the secret of an OAuth client, which are no secrets.
    pub(crate) fn oauth_client(&self) -> (&str, &str) {
        let client = self.emulator.oauth_client();
        (client.id(), client.secret())
    }

    /// Lets a customer write now and then, for commands that wait for messages.
    pub(crate) fn start_customer(&self) {
        let emulator = self.emulator.clone();
        tokio::spawn(async move {
            for text in MESSAGES.into_iter().cycle() {
                tokio::time::sleep(INTERVAL).await;
                // Fails only if the chat is gone.
                if emulator.seed_messages(CHAT, CUSTOMER, [text]).is_err() {
                    return;
                }
            }
        });
    }
}
