//! Watchers deliver each message of every chat, and reply to it once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::state::MemoryState;
use basalam_chat::watch::{DeadLetterReason, Delivery, Event, Watch, Watcher};
use basalam_chat::{ChatType, Client, MessageId, PersonalToken};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, SeedChat};

use super::support::virtual_clock::VirtualClock;

type HandlerResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

struct Setup {
    emulator: Emulator,
    clock: VirtualClock,
    client: Client,
    store: Arc<MemoryState>,
    chat: i64,
}

async fn setup() -> Setup {
    let emulator = Emulator::start().await.unwrap();
    let clock = VirtualClock::new();
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .build()
        .unwrap();
    let members = (emulator.seller().id, emulator.customer().id);
    let chat = emulator
        .seed_chat(SeedChat::private(members.0, members.1))
        .unwrap();
    Setup {
        emulator,
        clock,
        client,
        store: Arc::new(MemoryState::new()),
        chat,
    }
}

impl Setup {
    fn watch(&self) -> Watch {
        self.client.watch(self.store.clone())
    }

    fn receive(&self, texts: &[&str]) {
        let customer = self.emulator.customer().id;
        self.emulator
            .seed_messages(self.chat, customer, texts.iter().copied())
            .unwrap();
    }

    /// Returns the texts of the seller in the chat.
    fn answers(&self) -> Vec<String> {
        let messages = self.emulator.messages(self.chat).into_iter();
        let own = messages.filter(|it| it.sender_id == self.emulator.seller().id);
        own.map(|it| it.text().unwrap_or_default().to_owned())
            .collect()
    }

    /// Runs a bot for a while.
    async fn run(&self, duration: Duration, watch: Watch) {
        let watcher = watch.start().unwrap();
        let handle = watcher.handle();
        let end = async {
            wait(&self.clock, duration).await;
            handle.shutdown();
        };
        let run = async { tokio::join!(watcher.run(answer), end).0.unwrap() };
        self.clock.run(run).await;
    }
}

async fn wait(clock: &VirtualClock, duration: Duration) {
    use basalam_chat::time::{Clock, SleepReason};
    clock.sleep(duration, SleepReason::Schedule).await;
}

async fn answer(delivery: Delivery) -> HandlerResult {
    if let Some(message) = delivery.event().received() {
        let text = message.content.text.clone().unwrap_or_default();
        delivery.reply(format!("re: {text}")).await?;
    }
    Ok(())
}

/// Returns the next received message, and acknowledges all other events.
async fn next_received(watcher: &mut Watcher) -> (MessageId, Delivery) {
    loop {
        let delivery = watcher.next().await.unwrap().unwrap();
        match delivery.event().received().map(|message| message.id) {
            Some(id) => return (id, delivery),
            None => delivery.ack(),
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn answers_each_message_once_in_order() {
    let setup = setup().await;
    setup.receive(&["before"]);
    setup.run(MINUTE, setup.watch()).await;
    assert!(setup.answers().is_empty());
    // Seen on another device, and while the bot is stopped.
    setup.receive(&["1", "2"]);
    let seller = setup.emulator.seller().id;
    setup.emulator.mark_seen(setup.chat, seller).unwrap();
    setup.run(MINUTE, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: 1", "re: 2"]);
    setup.receive(&["3"]);
    setup.run(MINUTE, setup.watch()).await;
    setup.run(MINUTE * 25, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: 1", "re: 2", "re: 3"]);
}

#[tokio::test]
async fn answers_messages_that_arrive_while_it_answers() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    setup.receive(&["1"]);
    let (chat, customer) = (setup.chat, setup.emulator.customer().id);
    let count = AtomicUsize::new(1);
    let hook = move |emulator: &Emulator| {
        let count = count.fetch_add(1, Ordering::SeqCst) + 1;
        if count <= 4 {
            let text = count.to_string();
            emulator.seed_messages(chat, customer, [text]).unwrap();
        }
    };
    setup.emulator.on_request("create_message", hook).unwrap();
    setup.run(MINUTE, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: 1", "re: 2", "re: 3", "re: 4"]);
}

#[tokio::test]
async fn never_answers_messages_without_a_sender() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    setup.receive(&["1"]);
    setup.run(MINUTE, setup.watch()).await;
    for operation in ["get_messages", "get_chats"] {
        let rule = FaultRule::new(Fault::null_field("sender")).operation(operation);
        setup.emulator.add_fault(rule).unwrap();
    }
    setup.receive(&["2"]);
    setup.run(MINUTE * 25, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: 1"]);
    // The same for a new watcher, which has another secret.
    let watch = setup.watch().name("other").from_the_beginning();
    setup.run(MINUTE, watch).await;
    assert_eq!(setup.answers(), ["re: 1"]);
}

#[tokio::test]
async fn reply_whose_response_is_lost_is_not_repeated() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    for (text, fault) in [
        ("1", Fault::truncated_body()),
        ("2", Fault::disconnect()),
        ("3", Fault::status(503)),
    ] {
        let rule = FaultRule::new(fault).operation("create_message").times(1);
        setup.emulator.add_fault(rule).unwrap();
        setup.receive(&[text]);
        setup.run(MINUTE * 5, setup.watch()).await;
    }
    assert_eq!(setup.answers(), ["re: 1", "re: 2", "re: 3"]);
}

#[tokio::test]
async fn dropped_delivery_is_repeated_and_acknowledged_one_is_not() {
    let setup = setup().await;
    let watch = setup.watch().from_the_beginning().max_attempts(10);
    setup.receive(&["1", "2"]);
    let run = async {
        let mut watcher = watch.start().unwrap();
        let (first, delivery) = next_received(&mut watcher).await;
        assert_eq!(delivery.attempt(), 1);
        drop(delivery);
        let (again, delivery) = next_received(&mut watcher).await;
        assert_eq!((again, delivery.attempt()), (first, 2));
        delivery.ack();
        let (second, delivery) = next_received(&mut watcher).await;
        assert!(second > first && !delivery.is_redelivery());
        // The process dies: the delivery may have been handled.
        drop(watcher);
        delivery.revoked().await;
        assert!(delivery.is_revoked());
        std::mem::forget(delivery);
        let mut watcher = setup.watch().start().unwrap();
        let (again, delivery) = next_received(&mut watcher).await;
        assert_eq!((again, delivery.is_redelivery()), (second, true));
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn failing_panicking_and_hanging_handlers_delay_no_other_chat() {
    let setup = setup().await;
    let seller = setup.emulator.seller().id;
    let mut chats = Vec::new();
    for name in ["fails", "panics", "hangs", "works"] {
        let user = setup.emulator.add_user(name);
        let chat = SeedChat::private(seller, user.id);
        let chat = setup.emulator.seed_chat(chat).unwrap();
        setup
            .emulator
            .seed_messages(chat, user.id, [name, "later"])
            .unwrap();
        chats.push(chat);
    }
    let handled = Arc::new(Mutex::new(Vec::new()));
    let dead = Arc::new(Mutex::new(Vec::new()));
    let (handled_texts, letters) = (handled.clone(), dead.clone());
    let watcher = setup
        .watch()
        .from_the_beginning()
        .handler_timeout(Duration::from_secs(30))
        .max_attempts(3)
        .dead_letter(move |letter| {
            assert_eq!(letter.reason, DeadLetterReason::AttemptsExhausted);
            letters.lock().unwrap().push(letter.attempts);
        })
        .start()
        .unwrap();
    let handle = watcher.handle();
    let run = watcher.run(move |delivery| {
        let handled = handled_texts.clone();
        async move {
            let text = delivery.event().received();
            let text = text.and_then(|it| it.content.text.clone());
            match text.as_deref() {
                Some("fails") => return Err("on purpose".into()),
                Some("panics") => panic!("on purpose"),
                Some("hangs") => std::future::pending().await,
                Some(text) => handled.lock().unwrap().push(text.to_owned()),
                None => {}
            }
            Ok(())
        }
    });
    let first = handled.clone();
    let end = async {
        // Before the first retry.
        wait(&setup.clock, Duration::from_millis(400)).await;
        assert_eq!(*first.lock().unwrap(), ["works", "later"]);
        wait(&setup.clock, MINUTE * 10).await;
        handle.shutdown();
    };
    let run = async { tokio::join!(run, end).0.unwrap() };
    setup.clock.run(run).await;
    assert_eq!(*dead.lock().unwrap(), [3, 3, 3]);
    assert_eq!(handled.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn another_process_takes_over_when_the_first_stops() {
    let setup = setup().await;
    let run = async {
        let mut first = setup.watch().from_the_beginning().start().unwrap();
        setup.receive(&["1"]);
        let (one, delivery) = next_received(&mut first).await;
        delivery.ack();
        let mut second = setup.watch().start().unwrap();
        wait(&setup.clock, MINUTE).await;
        drop(first);
        setup.receive(&["2"]);
        let (two, delivery) = next_received(&mut second).await;
        assert!(two > one && !delivery.is_redelivery());
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn reports_edits_opened_chats_and_chats_of_the_selected_types() {
    let setup = setup().await;
    let run = async {
        let mut watcher = setup.watch().start().unwrap();
        wait(&setup.clock, MINUTE).await;
        let user = setup.emulator.add_user("new");
        let seller = setup.emulator.seller().id;
        let chat = SeedChat::private(seller, user.id);
        let chat = setup.emulator.seed_chat(chat).unwrap();
        let ids = setup.emulator.seed_messages(chat, user.id, ["1"]).unwrap();
        let delivery = watcher.next().await.unwrap().unwrap();
        let is_opened = matches!(delivery.event(), Event::ChatOpened(it) if it.id.0 == chat);
        assert!(is_opened, "{:?}", delivery.event());
        delivery.ack();
        let (id, delivery) = next_received(&mut watcher).await;
        assert_eq!(id.0, ids[0]);
        delivery.ack();
    };
    setup.clock.run(run).await;
    let watch = setup.watch().name("groups").from_the_beginning();
    setup.run(MINUTE, watch.chat_types([ChatType::Group])).await;
    assert!(setup.answers().is_empty());
}

#[tokio::test]
async fn lost_state_is_told_apart_from_a_first_start() {
    use basalam_chat::state::{DeleteMode, StateKey, StateStore};

    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let key = format!("watch/default/{}/start/0", setup.emulator.seller().id);
    let key = StateKey::new(key).unwrap();
    setup.store.delete(&key, DeleteMode::Any).await.unwrap();
    let run = async {
        let mut watcher = setup.watch().start().unwrap();
        watcher.next().await.unwrap().unwrap_err()
    };
    let error = setup.clock.run(run).await;
    assert!(error.is_state_lost(), "{error}");
}

#[tokio::test]
async fn idle_watcher_sends_one_request_per_interval() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let before = setup.emulator.total_request_count();
    let hours = Duration::from_secs(600);
    let watch = setup.watch().resync_interval(hours * 6);
    setup.run(hours, watch).await;
    let count = setup.emulator.total_request_count() - before;
    assert!((35..=60).contains(&count), "{count}");
}
