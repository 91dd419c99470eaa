//! An emulator that the tests share, and a shop on it for each test.

use std::sync::LazyLock;

/// For tests without faults. It has its own thread, so it outlives the runtimes of the tests.
static SHARED: LazyLock<Emulator> = LazyLock::new(|| Emulator::builder().start_blocking().unwrap());

pub(crate) fn shared() -> &'static Emulator {
    &SHARED
}

/// Adds a shop to the shared emulator.
pub(crate) fn shop() -> Shop {
    shop_on(shared())
}

// ANCHOR: shop
use basalam_chat::{ChatId, Client, ClientBuilder, PersonalToken};
use basalam_chat_emulator::{Emulator, SeedChat, User};

/// A seller and a customer with a chat.
pub(crate) struct Shop {
    pub(crate) seller: User,
    pub(crate) customer: User,
    pub(crate) client: Client,
    pub(crate) chat: ChatId,
}

/// Adds a shop to an emulator. Its backoffs take no time.
pub(crate) fn shop_on(emulator: &Emulator) -> Shop {
    let (seller, customer) = (emulator.add_user("Shop"), emulator.add_user("Sara"));
    let chat = SeedChat::private(seller.id, customer.id);
    let chat = ChatId(emulator.seed_chat(chat).unwrap());
    let client = builder(emulator, &seller).build().unwrap();
    Shop {
        seller,
        customer,
        client,
        chat,
    }
}

pub(crate) fn builder(emulator: &Emulator, user: &User) -> ClientBuilder {
    Client::builder(PersonalToken::new(user.token()))
        .base_url(emulator.base_url())
        .clock(FastClock::default())
}
// ANCHOR_END: shop

impl Shop {
    /// Adds messages of the customer.
    pub(crate) fn receive(&self, emulator: &Emulator, texts: &[&str]) -> Vec<i64> {
        let texts = texts.iter().copied();
        emulator
            .seed_messages(self.chat.0, self.customer.id, texts)
            .unwrap()
    }

    /// Returns the texts of the chat.
    pub(crate) fn texts(&self, emulator: &Emulator) -> Vec<String> {
        let messages = emulator.messages(self.chat.0);
        let texts = messages
            .iter()
            .map(|it| it.text().unwrap_or("-").to_owned());
        texts.collect()
    }
}

// ANCHOR: clock
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use basalam_chat::time::{Clock, Sleep, SleepReason};

/// A clock that skips backoffs.
#[derive(Clone, Debug, Default)]
pub(crate) struct FastClock(Arc<Mutex<Duration>>);

impl FastClock {
    fn skipped(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

impl Clock for FastClock {
    fn instant(&self) -> Instant {
        Instant::now() + self.skipped()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now() + self.skipped()
    }

    fn sleep(&self, duration: Duration, reason: SleepReason) -> Sleep {
        if reason == SleepReason::Backoff {
            *self.0.lock().unwrap() += duration;
            return Box::pin(tokio::task::yield_now());
        }
        Box::pin(tokio::time::sleep(duration))
    }
}
// ANCHOR_END: clock

/// Runs other tasks until `is_ready` returns `true`.
pub(crate) async fn yield_until(is_ready: impl Fn() -> bool) {
    while !is_ready() {
        tokio::task::yield_now().await;
    }
}
