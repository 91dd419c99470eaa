//! Deliveries, their repetition, and the processes that share them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::ChatType;
use basalam_chat::state::{DeleteMode, StateKey, StateStore};
use basalam_chat::watch::{DeadLetterReason, Event};
use basalam_chat_emulator::{Fault, FaultRule, SeedChat};

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
async fn event_that_is_acknowledged_during_a_shutdown_is_not_delivered_again() {
    for count in 1..=3 {
        let setup = setup().await;
        let ids = setup.receive(&["1", "2", "3", "4"]);
        let run = async {
            let watch = setup.watch().from_the_beginning();
            let mut watcher = watch.start().unwrap();
            for _ in 1..count {
                next_received(&mut watcher).await.1.ack();
            }
            let (_, delivery) = next_received(&mut watcher).await;
            watcher.handle().shutdown();
            delivery.ack();
            assert!(watcher.next().await.is_none());
            let mut watcher = setup.watch().start().unwrap();
            let (id, delivery) = next_received(&mut watcher).await;
            assert_eq!((id.0, delivery.attempt()), (ids[count], 1));
        };
        setup.clock.run(run).await;
    }
}

#[tokio::test]
async fn acknowledgement_is_stored_although_the_next_page_cannot_be_read() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let run = async {
        let mut watcher = setup.watch().start().unwrap();
        // Its second page has the rest.
        let texts: Vec<String> = (0..150).map(|number| number.to_string()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let ids = setup.receive(&texts);
        for _ in 1..100 {
            next_received(&mut watcher).await.1.ack();
        }
        let (id, delivery) = next_received(&mut watcher).await;
        assert_eq!(id.0, ids[99]);
        let rule = FaultRule::new(Fault::status(503)).operation("get_messages");
        setup.emulator.add_fault(rule).unwrap();
        delivery.ack();
        wait(&setup.clock, Duration::from_millis(1)).await;
        drop(watcher);
        setup.emulator.clear_faults();
        let mut watcher = setup.watch().start().unwrap();
        let (id, delivery) = next_received(&mut watcher).await;
        assert_eq!((id.0, delivery.attempt()), (ids[100], 1));
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn opened_chat_is_reported_again_after_a_crash() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let run = async {
        let user = setup.emulator.add_user("new");
        let chat = SeedChat::private(setup.emulator.seller().id, user.id);
        let chat = setup.emulator.seed_chat(chat).unwrap();
        setup.emulator.seed_messages(chat, user.id, ["1"]).unwrap();
        for attempt in 1..=3 {
            let mut watcher = setup.watch().start().unwrap();
            let delivery = watcher.next().await.unwrap().unwrap();
            let is_opened = matches!(delivery.event(), Event::ChatOpened(it) if it.id.0 == chat);
            assert!(is_opened, "attempt {attempt}: {:?}", delivery.event());
            assert_eq!(delivery.attempt(), attempt);
            if attempt == 3 {
                delivery.ack();
                let (_, delivery) = next_received(&mut watcher).await;
                assert_eq!(delivery.attempt(), 1);
            } else {
                // The process dies.
                drop(watcher);
            }
        }
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn deleted_message_that_was_handed_out_does_not_let_the_position_grow() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let watcher = setup.watch().resync_interval(MINUTE).start().unwrap();
    let handle = watcher.handle();
    let run = watcher.run(|delivery| async move {
        let message = delivery.event().received();
        match message.and_then(|it| it.content.text.as_deref()) {
            Some("deleted") => Err("on purpose".into()),
            _ => Ok(()),
        }
    });
    let arrivals = async {
        wait(&setup.clock, MINUTE).await;
        let id = setup.receive(&["deleted"])[0];
        handle.wake();
        wait(&setup.clock, Duration::from_millis(100)).await;
        assert!(setup.emulator.delete_message(id));
        for _ in 0..10 {
            setup.receive(&["hello"; 40]);
            wait(&setup.clock, MINUTE).await;
        }
        wait(&setup.clock, MINUTE * 5).await;
        handle.shutdown();
    };
    let run = async { tokio::join!(run, arrivals).0.unwrap() };
    setup.clock.run(run).await;
    let seller = setup.emulator.seller().id;
    let key = format!("watch/default/{seller}/chats/{}", setup.chat);
    let entry = setup.store.get(&StateKey::new(key).unwrap()).await;
    let length = entry.unwrap().unwrap().value.len();
    assert!(length < 1_000, "{length} bytes");
}

#[tokio::test]
async fn longest_durations_mean_never() {
    let setup = setup().await;
    let ids = setup.receive(&["1"]);
    let run = async {
        let mut watcher = setup
            .watch()
            .from_the_beginning()
            .poll_interval(Duration::MAX)
            .idle_interval(Duration::MAX)
            .resync_interval(Duration::MAX)
            .handler_timeout(Duration::MAX)
            .shutdown_timeout(Duration::MAX)
            .lease_duration(Duration::MAX)
            .visibility_lag(Duration::MAX)
            .start()
            .unwrap();
        let (id, delivery) = next_received(&mut watcher).await;
        assert_eq!(id.0, ids[0]);
        delivery.reply("re: 1").await.unwrap();
        watcher.handle().shutdown();
        delivery.ack();
        assert!(watcher.next().await.is_none());
    };
    setup.clock.run(run).await;
    assert_eq!(setup.answers(), ["re: 1"]);
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
