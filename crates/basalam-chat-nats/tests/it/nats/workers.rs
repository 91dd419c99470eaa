//! Handling: order, redelivery, dead letters and replies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use basalam_chat::UserId;
use basalam_chat::watch::Delivery;
use basalam_chat_nats::Worker;
use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify};

use super::events::Setup;
use super::process::{HandlerResult, SECOND, answer};
use super::server::until;

fn worker(setup: &Setup) -> Worker {
    setup
        .queue
        .worker()
        .login(setup.user(), setup.watch())
        .reply_timeout(SECOND)
}

/// Returns the reasons of the dead letters.
async fn reasons(setup: &Setup) -> Vec<String> {
    let mut stream = setup.stream("DEAD_LETTERS").await;
    let last = stream.info().await.unwrap().state.last_sequence;
    let mut reasons = Vec::new();
    for sequence in 1..=last {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let reason = message.headers.get("Basalam-Chat-Reason").unwrap();
        reasons.push(reason.as_str().to_owned());
    }
    reasons
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn workers_answer_what_a_relay_publishes() {
    let setup = Setup::start().await;
    let chats: Vec<_> = (0..6).map(|_| setup.add_chat()).collect();
    let relay = setup.queue.relay().start(setup.watch()).unwrap();
    let relay_handle = relay.handle();
    let relay = tokio::spawn(relay.run());
    let workers = [worker(&setup), worker(&setup).max_in_flight(1)];
    let handles: Vec<_> = workers.iter().map(Worker::handle).collect();
    let workers: Vec<_> = workers
        .into_iter()
        .map(|it| tokio::spawn(it.run(answer)))
        .collect();
    for chat in &chats {
        setup.receive(*chat, &["a", "b", "c"]);
    }
    until("all are answered", async || {
        chats.iter().all(|it| setup.answers(it.0).len() >= 3)
    })
    .await;
    for (chat, _) in &chats {
        assert_eq!(setup.answers(*chat), ["re: a", "re: b", "re: c"]);
    }
    until("all are acknowledged", async || {
        let lag = setup.queue.lag().await.unwrap();
        lag.iter().all(|it| it.pending == 0 && it.in_flight == 0)
    })
    .await;
    // Everything ends when it is asked to.
    relay_handle.shutdown();
    relay.await.unwrap().unwrap();
    for (worker, handle) in workers.into_iter().zip(handles) {
        handle.shutdown();
        worker.await.unwrap().unwrap();
    }
    assert!(reasons(&setup).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn failing_events_go_to_the_dead_letters_and_later_ones_are_handled() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let (chat, _) = setup.add_chat();
    let (attempts, letters) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (counted, taken) = (attempts.clone(), letters.clone());
    let watch = setup.watch().dead_letter(move |letter| {
        assert!(letter.event.received().is_some());
        taken.fetch_add(1, Ordering::SeqCst);
    });
    let worker = setup.queue.worker().login(setup.user(), watch);
    let worker = worker.handler_timeout(SECOND).block_timeout(SECOND * 4);
    let (done, finished) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (handled, _) = (done.clone(), finished);
    let handler = move |delivery: Delivery| {
        let (counted, handled) = (counted.clone(), handled.clone());
        async move {
            let message = delivery.event().message().unwrap().clone();
            match message.content.text.as_deref() {
                Some("fail") => {
                    let before = counted.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(delivery.attempt(), before + 1);
                    Err("on purpose".into())
                }
                Some("panic") => panic!("on purpose"),
                Some("hang") => std::future::pending::<HandlerResult>().await,
                _ => {
                    handled.notify_one();
                    Ok(())
                }
            }
        }
    };
    let handle = worker.handle();
    let worker = tokio::spawn(worker.run(handler));
    for (id, text) in [(1, "fail"), (2, "panic"), (3, "hang"), (4, "fine")] {
        setup.publish(chat, &setup.event(chat, id, text)).await;
    }
    tokio::time::timeout(SECOND * 60, done.notified())
        .await
        .unwrap();
    assert_eq!(reasons(&setup).await, ["attempts_exhausted"; 3]);
    assert_eq!(letters.load(Ordering::SeqCst), 3);
    assert!(attempts.load(Ordering::SeqCst) >= 2);
    let letters = setup.messages("DEAD_LETTERS").await;
    assert_eq!(letters[0].1, setup.event(chat, 1, "fail"));
    assert!(letters[0].0.starts_with("chat.dead."), "{}", letters[0].0);
    handle.shutdown();
    worker.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn events_that_cannot_be_read_go_to_the_dead_letters() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let (chat, _) = setup.add_chat();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let received = seen.clone();
    let worker = worker(&setup)
        .handler_timeout(SECOND)
        .block_timeout(SECOND * 2);
    let handle = worker.handle();
    let worker = tokio::spawn(worker.run(move |delivery: Delivery| {
        let received = received.clone();
        async move {
            let id = delivery.event().message().map(|message| message.id.0);
            received.lock().await.push(id);
            Ok(())
        }
    }));
    let valid = setup.event(chat, 7, "fine");
    let with = |field: &str, value: Value| {
        let mut event = valid.clone();
        event[field] = value;
        event
    };
    for event in [
        json!("no event"),
        json!({}),
        with("message", Value::Null),
        with("version", json!(2)),
        with("type", json!("typing")),
        with("user_id", json!(12)),
        with("added_later", json!({"a": 1})),
    ] {
        setup.publish(chat, &event).await;
    }
    until("the last one is handled", async || {
        !seen.lock().await.is_empty()
    })
    .await;
    assert_eq!(*seen.lock().await, [Some(7)]);
    let expected = [
        "invalid_event",
        "invalid_event",
        "invalid_event",
        "attempts_exhausted",
        "attempts_exhausted",
        "attempts_exhausted",
    ];
    assert_eq!(reasons(&setup).await, expected);
    handle.shutdown();
    worker.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn slow_handlers_keep_their_event() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let (chat, _) = setup.add_chat();
    let runs = Arc::new(AtomicU32::new(0));
    let handler = |runs: Arc<AtomicU32>| {
        move |_: Delivery| {
            let runs = runs.clone();
            async move {
                runs.fetch_add(1, Ordering::SeqCst);
                // Several times the acknowledgement wait.
                tokio::time::sleep(SECOND * 3).await;
                Ok(())
            }
        }
    };
    let workers: Vec<_> = (0..2)
        .map(|_| tokio::spawn(worker(&setup).run(handler(runs.clone()))))
        .collect();
    setup.publish(chat, &setup.event(chat, 1, "a")).await;
    until("it is acknowledged", async || {
        let lag = setup.queue.lag().await.unwrap();
        lag.iter().all(|it| it.pending + it.in_flight == 0)
    })
    .await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    workers.iter().for_each(|worker| worker.abort());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn worker_that_dies_after_a_reply_is_not_answered_again() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let chat = setup.add_chat();
    let ids = setup.receive(chat, &["a", "b"]);
    // The first one replies and does not return.
    let (replied, sent) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let signal = replied.clone();
    let first = tokio::spawn(worker(&setup).run(move |delivery: Delivery| {
        let signal = signal.clone();
        async move {
            answer(delivery).await?;
            signal.notify_one();
            std::future::pending().await
        }
    }));
    let event = setup.event(chat.0, ids[0], "a");
    setup.publish(chat.0, &event).await;
    setup
        .publish(chat.0, &setup.event(chat.0, ids[1], "b"))
        .await;
    tokio::time::timeout(SECOND * 60, replied.notified())
        .await
        .unwrap();
    first.abort();
    let _ = first.await;
    let (signal, attempts) = (sent.clone(), Arc::new(Mutex::new(Vec::new())));
    let seen = attempts.clone();
    let second = tokio::spawn(worker(&setup).run(move |delivery: Delivery| {
        let (signal, seen) = (signal.clone(), seen.clone());
        async move {
            seen.lock()
                .await
                .push((delivery.attempt(), delivery.is_redelivery()));
            let is_last = delivery.event().message().unwrap().content.text.as_deref() == Some("b");
            answer(delivery).await?;
            if is_last {
                signal.notify_one();
            }
            Ok(())
        }
    }));
    tokio::time::timeout(SECOND * 60, sent.notified())
        .await
        .unwrap();
    assert_eq!(setup.answers(chat.0), ["re: a", "re: b"]);
    assert_eq!(*attempts.lock().await, [(2, true), (1, false)]);
    second.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn event_that_is_delivered_to_two_workers_is_answered_once() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let chat = setup.add_chat();
    let ids = setup.receive(chat, &["a"]);
    let deliveries = setup
        .watch()
        .reply_timeout(SECOND)
        .forwarded("log")
        .await
        .unwrap();
    let event: Value = setup.event(chat.0, ids[0], "a");
    let message = serde_json::from_value(event["message"].clone()).unwrap();
    let event = basalam_chat::watch::ForwardedEvent::new(
        basalam_chat::ChatId(chat.0),
        basalam_chat::watch::Event::MessageReceived(Box::new(message)),
        0,
        basalam_chat::state::Version::from_number(1),
        17,
    );
    // As first deliveries, since a server that was killed can forget that it has delivered.
    let attempts = (0..4).map(|_| deliveries.handle(event.clone(), &answer, SECOND * 30));
    let outcomes = futures_util::future::join_all(attempts).await;
    let acknowledged = basalam_chat::watch::ForwardedOutcome::Acknowledged;
    assert!(
        outcomes.iter().all(|it| *it == acknowledged),
        "{outcomes:?}"
    );
    assert_eq!(setup.answers(chat.0), ["re: a"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn stopped_worker_hands_its_events_back() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let (chat, _) = setup.add_chat();
    let started = Arc::new(Notify::new());
    let signal = started.clone();
    let first = worker(&setup).shutdown_timeout(Duration::from_millis(100));
    let handle = first.handle();
    let first = tokio::spawn(first.run(move |_| {
        signal.notify_one();
        std::future::pending()
    }));
    setup.publish(chat, &setup.event(chat, 1, "a")).await;
    tokio::time::timeout(SECOND * 60, started.notified())
        .await
        .unwrap();
    handle.shutdown();
    first.await.unwrap().unwrap();
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let seen = attempts.clone();
    let second = tokio::spawn(worker(&setup).run(move |delivery: Delivery| {
        let seen = seen.clone();
        async move {
            seen.lock().await.push(delivery.attempt());
            Ok(())
        }
    }));
    until("it is handled", async || !attempts.lock().await.is_empty()).await;
    assert_eq!(*attempts.lock().await, [2]);
    second.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn invalid_settings_are_refused_and_logins_can_be_found() {
    let setup = Setup::start().await;
    setup.prepare().await;
    for worker in [
        worker(&setup).handler_timeout(Duration::ZERO),
        worker(&setup).block_timeout(SECOND),
        worker(&setup).max_in_flight(0),
        worker(&setup).reply_timeout(Duration::ZERO),
    ] {
        assert!(worker.run(answer).await.unwrap_err().is_invalid_input());
    }
    let chat = setup.add_chat();
    let ids = setup.receive(chat, &["a"]);
    let (watch, user) = (setup.watch(), setup.user());
    let worker = setup.queue.worker().logins(move |wanted: UserId| {
        assert_eq!(wanted, user);
        Some(watch.clone())
    });
    let worker = tokio::spawn(worker.run(answer));
    setup
        .publish(chat.0, &setup.event(chat.0, ids[0], "a"))
        .await;
    until("it is answered", async || {
        setup.answers(chat.0) == ["re: a"]
    })
    .await;
    worker.abort();
}
