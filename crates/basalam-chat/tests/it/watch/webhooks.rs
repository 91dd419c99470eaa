//! Watchers that webhooks wake.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use basalam_chat::UserId;
use basalam_chat::reqwest::header::{AUTHORIZATION, HeaderMap};
use basalam_chat::watch::{Report, Watch, Watcher};
use basalam_chat::webhooks::Receiver;

use super::setup::{MINUTE, SECOND, Setup, answer, next_received, setup, wait};

const SECRET: &str = "Bearer secret-of-the-tests";

fn receiver(user: i64) -> Receiver {
    Receiver::builder(UserId(user), SECRET).build().unwrap()
}

/// Delivers something, which nobody decodes.
fn deliver(receiver: &Receiver) {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, SECRET.parse().unwrap())]);
    assert_eq!(receiver.accept(&headers, b"{}").status(), 200);
}

/// A watcher that webhooks wake, and the number of times that it has reported them as silent.
struct Woken {
    setup: Setup,
    receiver: Receiver,
    silences: Arc<AtomicUsize>,
}

impl Woken {
    async fn new() -> Woken {
        let setup = setup().await;
        setup.run(MINUTE, setup.watch()).await;
        Woken {
            receiver: receiver(setup.emulator.seller().id),
            setup,
            silences: Arc::default(),
        }
    }

    /// Returns a watcher without resyncs, since they read the list as well.
    fn watch(&self) -> Watch {
        let silences = self.silences.clone();
        let watch = self.setup.watch().resync_interval(MINUTE * 10_000);
        watch.webhooks(&self.receiver).on_report(move |report| {
            if matches!(report, Report::WebhooksSilent) {
                silences.fetch_add(1, Ordering::SeqCst);
            }
        })
    }

    async fn wait(&self, duration: Duration) {
        wait(&self.setup.clock, duration).await;
    }

    /// Returns the number of polls in ten minutes.
    async fn polls(&self) -> u64 {
        let count = || self.setup.emulator.request_count("get_chats").unwrap();
        let before = count();
        self.wait(MINUTE * 10).await;
        count() - before
    }

    async fn assert_polls_are_rare(&self) {
        self.wait(MINUTE * 2).await;
        let polls = self.polls().await;
        assert!((9..=11).contains(&polls), "{polls}");
    }

    async fn assert_polls_are_frequent(&self) {
        self.wait(MINUTE * 2).await;
        let polls = self.polls().await;
        assert!((38..=42).contains(&polls), "{polls}");
    }

    /// Receives a message, has it delivered or not, and returns how long the watcher takes to find it.
    async fn receive(&self, watcher: &mut Watcher, is_delivered: bool) -> Duration {
        let id = self.setup.receive(&["hello"])[0];
        let before = self.setup.clock.elapsed();
        if is_delivered {
            deliver(&self.receiver);
        }
        let (received, delivery) = next_received(watcher).await;
        assert_eq!(received.0, id);
        delivery.ack();
        self.setup.clock.elapsed() - before
    }

    fn silences(&self) -> usize {
        self.silences.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn delivery_wakes_the_watcher_and_polls_become_rare() {
    let woken = Woken::new().await;
    let run = async {
        let mut watcher = woken.watch().start().unwrap();
        woken.assert_polls_are_frequent().await;
        for _ in 0..3 {
            assert_eq!(woken.receive(&mut watcher, true).await, Duration::ZERO);
            woken.assert_polls_are_rare().await;
        }
        assert_eq!(woken.silences(), 0);
    };
    woken.setup.clock.run(run).await;
}

#[tokio::test]
async fn message_without_a_delivery_is_found_and_makes_polls_frequent_again() {
    let woken = Woken::new().await;
    let run = async {
        let mut watcher = woken.watch().start().unwrap();
        woken.wait(MINUTE).await;
        for round in 1..=2 {
            assert_eq!(woken.receive(&mut watcher, true).await, Duration::ZERO);
            woken.assert_polls_are_rare().await;
            let took = woken.receive(&mut watcher, false).await;
            assert!(took <= MINUTE, "{took:?}");
            woken.assert_polls_are_frequent().await;
            assert_eq!(woken.silences(), round);
            let took = woken.receive(&mut watcher, false).await;
            assert!(took <= SECOND * 15, "{took:?}");
        }
    };
    woken.setup.clock.run(run).await;
}

#[tokio::test]
async fn deliveries_without_messages_do_not_make_polls_rare() {
    let woken = Woken::new().await;
    let run = async {
        let _watcher = woken.watch().start().unwrap();
        for _ in 0..10 {
            deliver(&woken.receiver);
            woken.wait(SECOND * 20).await;
        }
        woken.assert_polls_are_frequent().await;
    };
    woken.setup.clock.run(run).await;
}

#[tokio::test]
async fn delivery_after_its_message_was_found_is_not_a_silence() {
    let woken = Woken::new().await;
    let run = async {
        let mut watcher = woken.watch().start().unwrap();
        woken.wait(MINUTE).await;
        woken.receive(&mut watcher, true).await;
        for seconds in [0, 3, 9] {
            woken.wait(MINUTE * 2).await;
            woken.receive(&mut watcher, false).await;
            woken.wait(SECOND * seconds).await;
            deliver(&woken.receiver);
            woken.assert_polls_are_rare().await;
        }
        assert_eq!(woken.silences(), 0);
    };
    woken.setup.clock.run(run).await;
}

#[tokio::test]
async fn replies_of_the_bot_do_not_count_as_messages_that_were_not_delivered() {
    let woken = Woken::new().await;
    let watcher = woken.watch().start().unwrap();
    let handle = watcher.handle();
    let bot = watcher.run(answer);
    let customers = async {
        woken.wait(MINUTE).await;
        for text in ["1", "2", "3"] {
            woken.setup.receive(&[text]);
            deliver(&woken.receiver);
            woken.wait(MINUTE * 3).await;
        }
        woken.assert_polls_are_rare().await;
        handle.shutdown();
    };
    let run = async { tokio::join!(bot, customers).0.unwrap() };
    woken.setup.clock.run(run).await;
    assert_eq!(woken.setup.answers(), ["re: 1", "re: 2", "re: 3"]);
    assert_eq!(woken.silences(), 0);
}

#[tokio::test]
async fn interval_while_webhooks_deliver_can_be_set() {
    let woken = Woken::new().await;
    let run = async {
        let watch = woken.watch().webhook_interval(MINUTE * 5);
        let mut watcher = watch.start().unwrap();
        woken.wait(MINUTE).await;
        woken.receive(&mut watcher, true).await;
        woken.wait(MINUTE * 10).await;
        let polls = woken.polls().await;
        assert!((1..=3).contains(&polls), "{polls}");
    };
    woken.setup.clock.run(run).await;
}

#[tokio::test]
async fn watcher_goes_on_without_its_receiver() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let run = async {
        let receiver = receiver(setup.emulator.seller().id);
        let mut watcher = setup.watch().webhooks(&receiver).start().unwrap();
        wait(&setup.clock, MINUTE).await;
        drop(receiver);
        for text in ["1", "2"] {
            let id = setup.receive(&[text])[0];
            let (received, delivery) = next_received(&mut watcher).await;
            assert_eq!(received.0, id);
            delivery.ack();
            wait(&setup.clock, MINUTE).await;
        }
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn receiver_of_another_user_is_rejected() {
    let setup = setup().await;
    let receiver = receiver(setup.emulator.customer().id);
    let run = async {
        let mut watcher = setup.watch().webhooks(&receiver).start().unwrap();
        watcher.next().await.unwrap().unwrap_err()
    };
    let error = setup.clock.run(run).await;
    assert!(error.is_invalid_input(), "{error}");
    assert!(error.to_string().contains("`webhooks`"), "{error}");
}
