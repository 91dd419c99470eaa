//! An emulator, a watcher and a clock that both share.

use std::sync::Arc;
use std::time::Duration;

use basalam_chat::state::MemoryState;
use basalam_chat::time::{Clock, SleepReason};
use basalam_chat::watch::{Delivery, Watch, Watcher};
use basalam_chat::{Client, MessageId, PersonalToken};
use basalam_chat_emulator::{Emulator, EmulatorBuilder, SeedChat, SeedMessage, User};
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

use crate::support::virtual_clock::VirtualClock;

pub(super) type HandlerResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct Setup {
    pub(super) emulator: Emulator,
    pub(super) clock: VirtualClock,
    pub(super) client: Client,
    pub(super) store: Arc<MemoryState>,
    pub(super) chat: i64,
}

pub(super) async fn setup() -> Setup {
    Setup::start(Emulator::builder()).await
}

/// Returns a setup whose lists have short pages, so that few chats fill several of them.
pub(super) async fn setup_with_short_pages() -> Setup {
    // The service's default page has 30 items, so its maximum is not below that.
    Setup::start(Emulator::builder().max_page_size(30)).await
}

/// Returns the time of the service after a time on the virtual clock.
pub(super) fn service_time(elapsed: Duration) -> DateTime {
    let start = date(2026, 7, 22).at(10, 0, 0, 0);
    start.saturating_add(SignedDuration::try_from(elapsed).unwrap())
}

pub(super) async fn wait(clock: &VirtualClock, duration: Duration) {
    clock.sleep(duration, SleepReason::Schedule).await;
}

impl Setup {
    pub(super) async fn start(builder: EmulatorBuilder) -> Setup {
        let clock = VirtualClock::new();
        let time = clock.clone();
        let builder = builder.clock(move || service_time(time.elapsed()));
        let emulator = builder.start().await.unwrap();
        let client = client(&emulator, &clock, emulator.seller());
        let members = (emulator.seller().id, emulator.customer().id);
        let chat = emulator.seed_chat(SeedChat::private(members.0, members.1));
        Setup {
            chat: chat.unwrap(),
            emulator,
            clock,
            client,
            store: Arc::new(MemoryState::new()),
        }
    }

    pub(super) fn watch(&self) -> Watch {
        self.client.watch(self.store.clone())
    }

    /// Returns a client of the customer.
    pub(super) fn customer(&self) -> Client {
        client(&self.emulator, &self.clock, self.emulator.customer())
    }

    pub(super) fn receive(&self, texts: &[&str]) -> Vec<i64> {
        let messages = texts.iter().map(|text| SeedMessage::text(*text));
        self.receive_messages(messages)
    }

    pub(super) fn receive_messages(
        &self,
        messages: impl IntoIterator<Item = SeedMessage>,
    ) -> Vec<i64> {
        let customer = self.emulator.customer().id;
        let ids = self.emulator.seed_messages(self.chat, customer, messages);
        ids.unwrap()
    }

    /// Adds chats of the seller with other users, a second apart, long before now.
    pub(super) fn add_chats(&self, count: i64) -> Vec<(i64, User)> {
        let seller = self.emulator.seller().id;
        let add = |index: i64| {
            let user = self.emulator.add_user(format!("User {index}"));
            let time = service_time(self.clock.elapsed());
            let time = time.saturating_sub(SignedDuration::from_secs(10_000 - index));
            let chat = SeedChat::private(seller, user.id)
                .created_at(time)
                .updated_at(time);
            (self.emulator.seed_chat(chat).unwrap(), user)
        };
        (0..count).map(add).collect()
    }

    /// Returns the texts of the seller in the chat.
    pub(super) fn answers(&self) -> Vec<String> {
        let messages = self.emulator.messages(self.chat).into_iter();
        let own = messages.filter(|it| it.sender_id == self.emulator.seller().id);
        own.map(|it| it.text().unwrap_or_default().to_owned())
            .collect()
    }

    /// Runs a bot for a while.
    pub(super) async fn run(&self, duration: Duration, watch: Watch) {
        self.run_handler(duration, watch, answer).await;
    }

    pub(super) async fn run_handler<H, F>(&self, duration: Duration, watch: Watch, handler: H)
    where
        H: Fn(Delivery) -> F + Send + Sync + 'static,
        F: Future<Output = HandlerResult> + Send + 'static,
    {
        let watcher = watch.start().unwrap();
        let handle = watcher.handle();
        let end = async {
            wait(&self.clock, duration).await;
            handle.shutdown();
        };
        let run = async { tokio::join!(watcher.run(handler), end).0.unwrap() };
        self.clock.run(run).await;
    }
}

pub(super) fn client(emulator: &Emulator, clock: &VirtualClock, user: &User) -> Client {
    Client::builder(PersonalToken::new(user.token()))
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .build()
        .unwrap()
}

pub(super) async fn answer(delivery: Delivery) -> HandlerResult {
    if let Some(message) = delivery.event().received() {
        let text = message.content.text.clone().unwrap_or_default();
        delivery.reply(format!("re: {text}")).await?;
    }
    Ok(())
}

/// Returns the next received message, and acknowledges all other events.
pub(super) async fn next_received(watcher: &mut Watcher) -> (MessageId, Delivery) {
    loop {
        let delivery = watcher.next().await.unwrap().unwrap();
        match delivery.event().received().map(|message| message.id) {
            Some(id) => return (id, delivery),
            None => delivery.ack(),
        }
    }
}
