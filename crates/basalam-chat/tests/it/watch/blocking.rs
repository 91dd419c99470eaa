//! Watchers of the blocking client: handlers on threads, and deliveries from an iterator.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use basalam_chat::state::{FileState, MemoryState};
use basalam_chat::watch::{DeadLetterReason, Delivery, HandlerFailure, Report, Watch};
use basalam_chat::{Client, PersonalToken, blocking};
use basalam_chat_emulator::{Emulator, SeedChat, SeedMessage};

use super::setup::HandlerResult;

const INTERVAL: Duration = Duration::from_millis(20);

struct Setup {
    emulator: Emulator,
    client: blocking::Client,
    store: Arc<MemoryState>,
}

fn setup() -> Setup {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .build_blocking()
        .unwrap();
    Setup {
        emulator,
        client,
        store: Arc::new(MemoryState::new()),
    }
}

impl Setup {
    fn watch(&self) -> Watch<blocking::Client> {
        let watch = self.client.watch(self.store.clone());
        let watch = watch.from_the_beginning().poll_interval(INTERVAL);
        watch.idle_interval(INTERVAL)
    }

    /// Opens a chat of the seller with another user, who sends messages.
    fn receive(&self, texts: &[&str]) -> i64 {
        let user = self.emulator.add_user("A customer").id;
        let chat = SeedChat::private(self.emulator.seller().id, user);
        let chat = self.emulator.seed_chat(chat).unwrap();
        let messages = texts.iter().map(|text| SeedMessage::text(*text));
        self.emulator.seed_messages(chat, user, messages).unwrap();
        chat
    }

    fn answers(&self, chat: i64) -> Vec<String> {
        let seller = self.emulator.seller().id;
        let messages = self.emulator.messages(chat).into_iter();
        let own = messages.filter(|it| it.sender_id == seller);
        own.map(|it| it.text().unwrap_or_default().to_owned())
            .collect()
    }
}

fn text(delivery: &Delivery<blocking::Client>) -> Option<&str> {
    delivery.event().received()?.content.text.as_deref()
}

fn answer(delivery: &Delivery<blocking::Client>) -> HandlerResult {
    if let Some(text) = text(delivery) {
        delivery.reply(format!("re: {text}")).send()?;
    }
    Ok(())
}

/// Runs a handler until it has returned `count` times.
fn run(
    watch: Watch<blocking::Client>,
    count: usize,
    handler: impl Fn(&Delivery<blocking::Client>) -> HandlerResult + Send + Sync + 'static,
) {
    let watcher = watch.start().unwrap();
    let handle = watcher.handle();
    let finished = AtomicUsize::new(0);
    let run = watcher.run(move |delivery| {
        let result = handler(&delivery);
        // Repeated events of the chat do not count.
        let is_received = delivery.event().received().is_some();
        if is_received && finished.fetch_add(1, Ordering::SeqCst) + 1 == count {
            handle.shutdown();
        }
        result
    });
    run.unwrap();
}

fn answer_in_several_chats() {
    let setup = setup();
    let chats = [
        setup.receive(&["1", "2", "3"]),
        setup.receive(&["4"]),
        setup.receive(&["5", "6"]),
    ];
    run(setup.watch(), 6, answer);
    // The second run knows what the first has acknowledged.
    let last = setup.receive(&["7"]);
    run(setup.watch(), 1, answer);
    assert_eq!(setup.answers(last), ["re: 7"]);
    let expected = [
        &["re: 1", "re: 2", "re: 3"][..],
        &["re: 4"],
        &["re: 5", "re: 6"],
    ];
    for (chat, expected) in chats.into_iter().zip(expected) {
        assert_eq!(setup.answers(chat), expected);
    }
}

#[test]
fn handlers_on_threads_answer_each_message_once() {
    answer_in_several_chats();
}

#[tokio::test]
async fn handlers_run_if_the_watcher_is_run_inside_a_runtime() {
    answer_in_several_chats();
}

#[test]
fn file_store_is_opened_without_a_runtime() {
    let setup = setup();
    let chat = setup.receive(&["1"]);
    let directory = tempfile::tempdir().unwrap();
    let store = FileState::open_blocking(directory.path().join("state")).unwrap();
    let watch = setup.client.watch(store).from_the_beginning();
    run(watch, 1, answer);
    assert_eq!(setup.answers(chat), ["re: 1"]);
}

#[test]
fn blocked_handler_does_not_delay_other_chats() {
    let setup = setup();
    let chats = [setup.receive(&["waits"]), setup.receive(&["1", "2"])];
    let (sender, others) = channel();
    let others = Mutex::new(others);
    run(setup.watch(), 3, move |delivery| {
        match text(delivery) {
            Some("waits") => {
                let others: Vec<String> = others.lock().unwrap().iter().take(2).collect();
                assert_eq!(others, ["1", "2"]);
            }
            Some(text) => sender.send(text.to_owned())?,
            None => {}
        }
        answer(delivery)
    });
    assert_eq!(setup.answers(chats[0]), ["re: waits"]);
    assert_eq!(setup.answers(chats[1]), ["re: 1", "re: 2"]);
}

#[test]
fn handlers_do_not_exceed_the_limit() {
    let setup = setup();
    for text in ["1", "2", "3", "4", "5", "6"] {
        setup.receive(&[text]);
    }
    let running = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let count = running.clone();
    run(setup.watch().max_in_flight(2), 6, move |delivery| {
        let now = count.0.fetch_add(1, Ordering::SeqCst) + 1;
        count.1.fetch_max(now, Ordering::SeqCst);
        let result = answer(delivery);
        count.0.fetch_sub(1, Ordering::SeqCst);
        result
    });
    let most = running.1.load(Ordering::SeqCst);
    assert!((1..=2).contains(&most), "{most}");
}

/// Limits a watcher to one attempt, and returns the failures of its handlers.
fn failures(watch: Watch<blocking::Client>) -> (Watch<blocking::Client>, Receiver<String>) {
    let (sender, failures) = channel();
    let watch = watch.max_attempts(1).on_report(move |report| {
        if let Report::HandlerFailed { failure, .. } = report {
            let failure = match failure {
                HandlerFailure::Error(error) => error.to_string(),
                other => format!("{other:?}"),
            };
            // The test may have ended.
            let _ = sender.send(failure);
        }
    });
    (watch, failures)
}

#[test]
fn panics_and_errors_of_handlers_are_reported() {
    let setup = setup();
    let chat = setup.receive(&["panics", "fails", "works"]);
    let letters = Arc::new(Mutex::new(Vec::new()));
    let sink = letters.clone();
    let (watch, failures) = failures(setup.watch());
    let watch = watch.dead_letter(move |letter| sink.lock().unwrap().push(letter.reason));
    run(watch, 2, |delivery| match text(delivery) {
        Some("panics") => panic!("on purpose"),
        Some("fails") => Err("no connection to the help desk".into()),
        _ => answer(delivery),
    });
    let failures: Vec<String> = failures.try_iter().collect();
    assert_eq!(failures, ["Panicked", "no connection to the help desk"]);
    assert_eq!(
        *letters.lock().unwrap(),
        [DeadLetterReason::AttemptsExhausted; 2]
    );
    assert_eq!(setup.answers(chat), ["re: works"]);
}

#[test]
fn handler_that_timed_out_counts_until_it_returns_and_its_reply_is_refused() {
    let setup = setup();
    let chat = setup.receive(&["hangs"]);
    setup.receive(&["works"]);
    let (watch, failures) = failures(setup.watch());
    let watch = watch.handler_timeout(Duration::from_millis(200));
    let failures = Mutex::new(failures);
    let calls = Arc::new(Mutex::new(Vec::new()));
    let log = calls.clone();
    run(watch.max_in_flight(1), 2, move |delivery| {
        let Some(text) = text(delivery) else {
            return Ok(());
        };
        log.lock().unwrap().push(format!("{text} begins"));
        if text == "hangs" {
            assert_eq!(failures.lock().unwrap().recv().unwrap(), "TimedOut");
            let refused = delivery.reply("too late").send().unwrap_err();
            assert!(refused.is_invalid_input(), "{refused}");
        }
        log.lock().unwrap().push(format!("{text} ends"));
        Ok(())
    });
    let mut calls = calls.lock().unwrap().clone();
    if calls[0] == "works begins" {
        calls.rotate_left(2);
    }
    assert_eq!(
        calls,
        ["hangs begins", "hangs ends", "works begins", "works ends"]
    );
    assert!(setup.answers(chat).is_empty());
}

#[test]
fn shutdown_waits_for_the_handler_that_runs() {
    let setup = setup();
    let chat = setup.receive(&["1", "2"]);
    let watcher = setup.watch().start().unwrap();
    let handle = watcher.handle();
    let (started, start) = channel::<()>();
    let (stopped, stop): (Sender<()>, Receiver<()>) = channel();
    let stopping = thread::spawn(move || {
        start.recv().unwrap();
        handle.shutdown();
        stopped.send(()).unwrap();
    });
    let stop = Mutex::new(stop);
    let run = watcher.run(move |delivery| {
        if delivery.event().received().is_some() {
            started.send(())?;
            stop.lock().unwrap().recv()?;
        }
        answer(&delivery)
    });
    run.unwrap();
    stopping.join().unwrap();
    assert_eq!(setup.answers(chat), ["re: 1"]);
}

#[test]
fn iterator_yields_deliveries_until_the_shutdown() {
    let setup = setup();
    let chats = [setup.receive(&["1"]), setup.receive(&["2"])];
    let watcher = setup.watch().start().unwrap();
    let handle = watcher.handle();
    let mut attempts = Vec::new();
    for delivery in watcher {
        let delivery = delivery.unwrap();
        let Some(text) = text(&delivery).map(str::to_owned) else {
            delivery.ack();
            continue;
        };
        attempts.push((text.clone(), delivery.attempt()));
        match (text.as_str(), delivery.is_redelivery()) {
            ("1", false) => delivery.nack(),
            ("2", false) => drop(delivery),
            _ => {
                answer(&delivery).unwrap();
                delivery.ack();
                if attempts.len() == 4 {
                    handle.shutdown();
                }
            }
        }
    }
    attempts.sort();
    let expected = [("1", 1), ("1", 2), ("2", 1), ("2", 2)];
    assert_eq!(
        attempts,
        expected.map(|(text, attempt)| (text.to_owned(), attempt))
    );
    for (chat, answer) in chats.into_iter().zip(["re: 1", "re: 2"]) {
        assert_eq!(setup.answers(chat), [answer]);
    }
}

#[test]
fn watcher_and_deliveries_keep_the_client_alive() {
    let setup = setup();
    setup.receive(&["1"]);
    let mut watcher = setup.watch().start().unwrap();
    let (client, _emulator) = (setup.client, setup.emulator);
    drop(client);
    let delivery = loop {
        let delivery = watcher.next().unwrap().unwrap();
        match text(&delivery) {
            Some(_) => break delivery,
            None => delivery.ack(),
        }
    };
    assert!(delivery.reply("hello").send().is_ok());
    drop(watcher);
    delivery.ack();
}

#[test]
fn call_in_a_callback_is_an_error_instead_of_a_deadlock() {
    let setup = setup();
    setup.receive(&["1"]);
    let client = setup.client.clone();
    let errors = Arc::new(Mutex::new(Vec::new()));
    let sink = errors.clone();
    let watch = setup.watch().on_report(move |_| {
        let error = client.get_chats().send().unwrap_err();
        sink.lock().unwrap().push(error.is_invalid_input());
    });
    run(watch, 1, answer);
    assert!(errors.lock().unwrap()[0]);
}

#[test]
fn invalid_settings_are_rejected() {
    let setup = setup();
    for watch in [
        setup.watch().max_in_flight(0),
        setup.watch().max_in_flight(usize::MAX),
        setup.watch().handler_timeout(Duration::ZERO),
        setup.watch().name(""),
    ] {
        let error = watch.run(|_| Ok(())).unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
}
