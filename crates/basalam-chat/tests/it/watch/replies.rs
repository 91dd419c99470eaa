//! Replies that are sent once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::MessageId;
use basalam_chat::watch::{DeadLetterReason, Delivery, Report};
use basalam_chat_emulator::{Emulator, Fault, FaultRule};

use super::setup::{MINUTE, Setup, answer, next_received, setup, wait};

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
async fn reply_that_was_certainly_not_sent_is_repeated_without_waiting() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    for (text, status) in [("1", 422), ("2", 404), ("3", 403)] {
        let rule = FaultRule::new(Fault::status(status)).operation("create_message");
        setup.emulator.add_fault(rule.times(1)).unwrap();
        setup.receive(&[text]);
        // Shorter than the operation timeout, which an attempt with an unknown outcome is waited out for.
        setup.run(MINUTE, setup.watch()).await;
    }
    assert_eq!(setup.answers(), ["re: 1", "re: 2", "re: 3"]);
}

#[tokio::test]
async fn messages_that_cannot_be_read_for_a_while_are_answered_later() {
    for (status, times) in [(404, 2), (403, 3), (403, 5), (500, 40)] {
        let setup = setup().await;
        setup.run(MINUTE, setup.watch()).await;
        let rule = FaultRule::new(Fault::status(status)).operation("get_messages");
        setup.emulator.add_fault(rule.times(times)).unwrap();
        setup.receive(&["1"]);
        setup.run(MINUTE * 25, setup.watch()).await;
        assert_eq!(setup.answers(), ["re: 1"], "{times} times {status}");
    }
}

#[tokio::test]
async fn reports_once_that_metadata_is_not_returned() {
    let setup = Setup::start(Emulator::builder().return_metadata(false)).await;
    setup.run(MINUTE, setup.watch()).await;
    setup.receive(&["1", "2"]);
    let reports = Arc::new(AtomicUsize::new(0));
    let count = reports.clone();
    let watch = setup.watch().on_report(move |report| {
        if matches!(report, Report::MetadataNotReturned) {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    setup.run(MINUTE, watch).await;
    assert_eq!(setup.answers(), ["re: 1", "re: 2"]);
    assert_eq!(reports.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn reply_that_may_have_been_sent_goes_to_the_dead_letters_without_metadata() {
    for handler_succeeds in [false, true] {
        let setup = Setup::start(Emulator::builder().return_metadata(false)).await;
        setup.run(MINUTE, setup.watch()).await;
        let rule = FaultRule::new(Fault::truncated_body()).operation("create_message");
        setup.emulator.add_fault(rule.times(1)).unwrap();
        setup.receive(&["1", "2"]);
        let reasons = Arc::new(Mutex::new(Vec::new()));
        let letters = reasons.clone();
        let watch = setup
            .watch()
            .dead_letter(move |letter| letters.lock().unwrap().push(letter.reason));
        let attempts = AtomicUsize::new(0);
        let run = setup.run_handler(MINUTE * 5, watch, move |delivery| {
            let is_first = attempts.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                let Some(message) = delivery.event().received() else {
                    return Ok(());
                };
                let text = message.content.text.clone().unwrap_or_default();
                match delivery.reply(format!("re: {text}")).await {
                    // Even a handler that ignores the error must not hide that nobody knows.
                    Err(_) if handler_succeeds && !is_first => Ok(()),
                    result => result.map(drop).map_err(Into::into),
                }
            }
        });
        run.await;
        assert_eq!(*reasons.lock().unwrap(), [DeadLetterReason::UnknownReply]);
        assert_eq!(setup.answers(), ["re: 1", "re: 2"]);
    }
}

#[tokio::test]
async fn damaged_responses_to_the_look_up_are_read_again() {
    for (field, times) in [("sender", 2), ("sender", 3), ("id", 3), ("content", 2)] {
        // It was not sent, or only its response was lost.
        for fault in [Fault::status(503), Fault::truncated_body()] {
            look_up_with_damaged_responses(field, times, fault).await;
        }
    }
}

async fn look_up_with_damaged_responses(field: &'static str, times: usize, fault: Fault) {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let rule = FaultRule::new(fault).operation("create_message");
    setup.emulator.add_fault(rule.times(1)).unwrap();
    setup.receive(&["1", "2"]);
    let is_looked_up = Arc::new(AtomicBool::new(false));
    let (looks_up, left) = (is_looked_up.clone(), AtomicUsize::new(times));
    let hook = move |emulator: &Emulator| {
        if is_looked_up.load(Ordering::SeqCst) && left.load(Ordering::SeqCst) > 0 {
            left.fetch_sub(1, Ordering::SeqCst);
            let rule = FaultRule::new(Fault::null_field(field)).operation("get_messages");
            emulator.add_fault(rule.times(1)).unwrap();
        }
    };
    setup.emulator.on_request("get_messages", hook).unwrap();
    let run = setup.run_handler(MINUTE * 5, setup.watch(), move |delivery| {
        looks_up.store(delivery.is_redelivery(), Ordering::SeqCst);
        answer(delivery)
    });
    run.await;
    let answers = setup.answers();
    assert_eq!(answers, ["re: 1", "re: 2"], "{field} {times} times");
}

#[tokio::test]
async fn reply_that_becomes_visible_late_is_not_repeated() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    // The process dies after it has sent the reply, which no list contains for a while.
    let late = FaultRule::new(Fault::late_messages(Duration::from_secs(4)));
    setup
        .emulator
        .add_fault(late.operation("create_message").times(1))
        .unwrap();
    setup.receive(&["1"]);
    let run = setup.run_handler(MINUTE * 5, setup.watch(), |delivery| async move {
        if let Some(message) = delivery.event().received() {
            let text = message.content.text.clone().unwrap_or_default();
            delivery.reply(format!("re: {text}")).await?;
            if delivery.attempt() == 1 {
                return Err("on purpose".into());
            }
        }
        Ok(())
    });
    run.await;
    assert_eq!(setup.answers(), ["re: 1"]);
}

#[tokio::test]
async fn reply_is_not_repeated_although_another_event_was_handled_meanwhile() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let watcher = setup.watch().start().unwrap();
    let handle = watcher.handle();
    let handled = Arc::new(Mutex::new(Vec::new()));
    let (order, customer) = (handled.clone(), setup.customer());
    let earlier = Arc::new(Mutex::new(None));
    let edited = earlier.clone();
    let run = watcher.run(move |delivery| {
        let (order, customer, edited) = (order.clone(), customer.clone(), edited.clone());
        async move {
            let text = delivery.event().message();
            let text = text.and_then(|it| it.content.text.clone());
            let Some(text) = text else { return Ok(()) };
            order.lock().unwrap().push(text.clone());
            if delivery.event().received().is_some() {
                delivery.reply(format!("re: {text}")).await?;
            }
            if text == "2" && delivery.attempt() == 1 {
                let id = *edited.lock().unwrap();
                customer.edit_message(id.unwrap(), "edited").await?;
                return Err("on purpose".into());
            }
            Ok(())
        }
    });
    let arrivals = async {
        // Long after the start, so the wait does not count from there.
        wait(&setup.clock, MINUTE * 10).await;
        let id = setup.receive(&["1"])[0];
        *earlier.lock().unwrap() = Some(MessageId(id));
        wait(&setup.clock, MINUTE).await;
        let late = FaultRule::new(Fault::late_messages(Duration::from_secs(4)));
        let late = late.operation("create_message").times(1);
        setup.emulator.add_fault(late).unwrap();
        setup.receive(&["2"]);
        wait(&setup.clock, MINUTE * 5).await;
        handle.shutdown();
    };
    let run = async { tokio::join!(run, arrivals).0.unwrap() };
    setup.clock.run(run).await;
    assert_eq!(*handled.lock().unwrap(), ["1", "2", "edited", "2"]);
    assert_eq!(setup.answers(), ["re: 1", "re: 2"]);
}

#[tokio::test]
async fn reply_to_a_resolved_delivery_is_refused() {
    let resolve: [fn(Delivery); 3] = [Delivery::ack, Delivery::nack, drop];
    for resolve in resolve {
        let setup = setup().await;
        setup.receive(&["1"]);
        let run = async {
            let watch = setup.watch().from_the_beginning();
            let mut watcher = watch.start().unwrap();
            let (_, delivery) = next_received(&mut watcher).await;
            let reply = delivery.reply("too late");
            resolve(delivery);
            reply.await.unwrap_err()
        };
        let error = setup.clock.run(run).await;
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains("resolved"), "{error}");
        assert!(setup.answers().is_empty());
    }
}

#[tokio::test]
async fn step_that_a_handler_repeats_after_an_error_is_sent_once() {
    for fault in [
        Fault::truncated_body(),
        Fault::disconnect(),
        Fault::status(503),
        Fault::late_messages(Duration::from_secs(4)),
    ] {
        let setup = setup().await;
        setup.run(MINUTE, setup.watch()).await;
        let rule = FaultRule::new(fault).operation("create_message").times(1);
        setup.emulator.add_fault(rule).unwrap();
        setup.receive(&["1"]);
        let run = setup.run_handler(MINUTE * 5, setup.watch(), |delivery| async move {
            if delivery.event().received().is_some() {
                for _ in 0..2 {
                    let _ = delivery.reply("hello").step("greeting").await;
                }
                delivery.reply("bye").step("farewell").await?;
            }
            Ok(())
        });
        run.await;
        assert_eq!(setup.answers(), ["hello", "bye"]);
    }
}
