//! Deliveries, their repetition, and the processes that share them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::ChatType;
use basalam_chat::watch::{DeadLetterReason, Event};
use basalam_chat_emulator::SeedChat;

use super::setup::{MINUTE, next_received, setup, wait};

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
async fn reports_opened_chats_and_only_chats_of_the_selected_types() {
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
