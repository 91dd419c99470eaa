//! Events that the watcher of another process has read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use basalam_chat::state::Version;
use basalam_chat::watch::{
    DeadLetterReason, Delivery, Event, ForwardedDeliveries, ForwardedEvent, ForwardedOutcome, Watch,
};
use basalam_chat_emulator::{Fault, FaultRule};

use super::setup::{HandlerResult, MINUTE, SECOND, Setup, answer, next_received, setup};

const LOG: &str = "log";

/// Reads the received messages as the first process, which acknowledges them.
async fn read(setup: &Setup, texts: &[&str]) -> Vec<ForwardedEvent> {
    setup.receive(texts);
    let mut watcher = setup.watch().from_the_beginning().start().unwrap();
    let read = async {
        let mut events = Vec::new();
        for position in 1..=texts.len() as u64 {
            let (_, delivery) = next_received(&mut watcher).await;
            assert_eq!(delivery.user_id().0, setup.emulator.seller().id);
            assert_eq!(delivery.revision(), 0);
            assert!(delivery.fencing() > Version::from_number(0));
            events.push(ForwardedEvent::new(
                delivery.chat_id(),
                delivery.event().clone(),
                delivery.revision(),
                delivery.fencing(),
                position,
            ));
            delivery.ack();
        }
        events
    };
    setup.clock.run(read).await
}

async fn open(setup: &Setup) -> ForwardedDeliveries {
    open_log(setup.watch(), LOG).await
}

async fn open_log(watch: Watch, log: &str) -> ForwardedDeliveries {
    watch.forwarded(log).await.unwrap()
}

async fn handle(setup: &Setup, deliveries: &ForwardedDeliveries, event: &ForwardedEvent) {
    let handled = deliveries.handle(event.clone(), &answer, MINUTE * 10);
    let outcome = setup.clock.run(handled).await;
    assert_eq!(outcome, ForwardedOutcome::Acknowledged);
}

#[tokio::test]
async fn first_deliveries_reply_at_once_and_repeated_ones_look() {
    let setup = setup().await;
    let events = read(&setup, &["a", "b"]).await;
    let deliveries = open(&setup).await;
    let before = setup.clock.elapsed();
    for event in &events {
        handle(&setup, &deliveries, event).await;
    }
    assert!(setup.clock.elapsed() - before < SECOND);
    // By another process, in any order, and although nothing says that it is a redelivery.
    let deliveries = open(&setup).await;
    for event in [&events[1], &events[0], &events[0]] {
        handle(&setup, &deliveries, event).await;
    }
    assert_eq!(setup.answers(), ["re: a", "re: b"]);
}

/// Runs the watcher itself as a bot that answers `b` alone. Returns what it has received.
async fn answer_b(setup: &Setup, watch: Watch) -> Vec<ForwardedEvent> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let received = events.clone();
    let handler = move |delivery: Delivery| {
        if let Some(message) = delivery.event().received() {
            let event = ForwardedEvent::new(
                delivery.chat_id(),
                delivery.event().clone(),
                delivery.revision(),
                delivery.fencing(),
                message.id.0.unsigned_abs(),
            );
            received.lock().unwrap().push(event);
        }
        async move {
            let message = delivery.event().received();
            match message.and_then(|message| message.content.text.as_deref()) {
                Some("b") => answer(delivery).await,
                _ => Ok(()),
            }
        }
    };
    let watch = watch.from_the_beginning();
    setup.run_handler(MINUTE, watch, handler).await;
    let events = events.lock().unwrap();
    events.clone()
}

#[tokio::test]
async fn keys_are_those_of_the_watcher() {
    let setup = setup().await;
    setup.receive(&["a", "b"]);
    let events = answer_b(&setup, setup.watch()).await;
    handle(&setup, &open(&setup).await, &events[0]).await;
    // The claims in another log are not comparable, so the reply of the watcher is looked for.
    let deliveries = open_log(setup.watch(), "another log").await;
    handle(&setup, &deliveries, &events[1]).await;
    assert_eq!(setup.answers(), ["re: b", "re: a"]);
    // Another watcher has another secret, so its replies are others.
    let other = || setup.watch().name("other");
    answer_b(&setup, other()).await;
    handle(&setup, &open_log(other(), LOG).await, &events[0]).await;
    let deliveries = open_log(other(), "another log").await;
    handle(&setup, &deliveries, &events[1]).await;
    assert_eq!(setup.answers(), ["re: b", "re: a", "re: b", "re: a"]);
}

#[tokio::test]
async fn attempts_at_the_same_time_reply_once() {
    let setup = setup().await;
    let events = read(&setup, &["a"]).await;
    let workers = [open(&setup).await, open(&setup).await, open(&setup).await];
    let attempt = |worker: usize| workers[worker].handle(events[0].clone(), &answer, MINUTE * 10);
    let attempts = async { tokio::join!(attempt(0), attempt(1), attempt(2)) };
    let (first, second, third) = setup.clock.run(attempts).await;
    assert_eq!([first, second, third], [ForwardedOutcome::Acknowledged; 3]);
    assert_eq!(setup.answers(), ["re: a"]);
}

#[tokio::test]
async fn reply_whose_response_is_lost_is_found() {
    let setup = setup().await;
    let events = read(&setup, &["a", "b", "c"]).await;
    let deliveries = open(&setup).await;
    for (event, fault) in events.iter().zip([
        Fault::disconnect().after_handling(),
        Fault::status(500).after_handling(),
        Fault::status(503),
    ]) {
        let rule = FaultRule::new(fault).operation("create_message").times(1);
        setup.emulator.add_fault(rule).unwrap();
        let first = deliveries.handle(event.clone(), &answer, MINUTE * 10);
        let first = setup.clock.run(first).await;
        if first != ForwardedOutcome::Acknowledged {
            handle(&setup, &deliveries, event).await;
        }
    }
    assert_eq!(setup.answers(), ["re: a", "re: b", "re: c"]);
}

#[tokio::test]
async fn reply_that_was_certainly_not_sent_is_sent_at_once() {
    let setup = setup().await;
    let events = read(&setup, &["a"]).await;
    let deliveries = open(&setup).await;
    let rule = FaultRule::new(Fault::status(403))
        .operation("create_message")
        .times(1);
    setup.emulator.add_fault(rule).unwrap();
    let failed = deliveries.handle(events[0].clone(), &answer, MINUTE);
    assert_eq!(setup.clock.run(failed).await, ForwardedOutcome::Failed);
    let before = setup.clock.elapsed();
    handle(&setup, &deliveries, &events[0].clone().attempt(2)).await;
    assert!(setup.clock.elapsed() - before < SECOND);
    assert_eq!(setup.answers(), ["re: a"]);
}

#[tokio::test]
async fn handlers_that_fail_panic_or_hang_are_failures() {
    let setup = setup().await;
    let events = read(&setup, &["a"]).await;
    let failures = Arc::new(AtomicUsize::new(0));
    let (counted, letters) = (failures.clone(), Arc::new(AtomicUsize::new(0)));
    let taken = letters.clone();
    let watch = setup
        .watch()
        .on_report(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        })
        .dead_letter(move |letter| {
            assert_eq!(letter.attempts, 4);
            taken.fetch_add(1, Ordering::SeqCst);
        });
    let deliveries = open_log(watch, LOG).await;
    let handler = |delivery: Delivery| async move {
        match delivery.attempt() {
            1 => Err("on purpose".into()),
            2 => panic!("on purpose"),
            _ => std::future::pending::<HandlerResult>().await,
        }
    };
    for attempt in 1..=3 {
        let event = events[0].clone().attempt(attempt);
        let before = setup.clock.elapsed();
        let outcome = setup
            .clock
            .run(deliveries.handle(event, &handler, MINUTE))
            .await;
        assert_eq!(outcome, ForwardedOutcome::Failed, "{attempt}");
        assert!(setup.clock.elapsed() - before <= MINUTE);
        assert_eq!(failures.load(Ordering::SeqCst), attempt as usize);
    }
    let event = events[0].clone().attempt(4);
    assert!(deliveries.give_up(event, DeadLetterReason::AttemptsExhausted));
    assert_eq!(letters.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn dropped_attempts_are_revoked() {
    let setup = setup().await;
    let events = read(&setup, &["a"]).await;
    let deliveries = open(&setup).await;
    let (sender, mut taken) = tokio::sync::mpsc::unbounded_channel();
    let handler = |delivery: Delivery| {
        let sender = sender.clone();
        async move {
            // It escapes from the handler.
            sender.send(delivery).unwrap();
            std::future::pending::<HandlerResult>().await
        }
    };
    let attempt = deliveries.handle(events[0].clone(), &handler, MINUTE * 10);
    let delivery = tokio::select! {
        _ = attempt => panic!("it does not end"),
        delivery = taken.recv() => delivery.unwrap(),
    };
    assert!(delivery.is_revoked());
    delivery.revoked().await;
    let error = delivery.reply("late").await.unwrap_err();
    assert!(error.is_revoked(), "{error}");
    assert!(setup.answers().is_empty());
}

#[tokio::test]
async fn store_without_the_watcher_is_refused() {
    let setup = setup().await;
    let error = setup.watch().forwarded(LOG).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    let events = read(&setup, &["a"]).await;
    let error = setup
        .watch()
        .name("other")
        .forwarded(LOG)
        .await
        .unwrap_err();
    assert!(
        error.is_invalid_input() && error.to_string().contains("name"),
        "{error}"
    );
    assert!(setup.watch().name("a/b").forwarded(LOG).await.is_err());
    // Another event of a chat cannot be replied to.
    let deliveries = open(&setup).await;
    let mut event = events[0].clone();
    event.event = Event::SeenByContact(basalam_chat::MessageId(1));
    let handler = |delivery: Delivery| async move {
        let error = delivery.reply("a").await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        Ok(())
    };
    let outcome = deliveries.handle(event, &handler, MINUTE).await;
    assert_eq!(outcome, ForwardedOutcome::Acknowledged);
}
