//! Functions that panic, wake-ups, and reports of failures.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use basalam_chat::watch::{HandlerFailure, Report};
use basalam_chat_emulator::{Fault, FaultRule};

use super::setup::{MINUTE, SECOND, next_received, setup, wait};

#[tokio::test]
async fn panicking_functions_do_not_end_the_watcher() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let other = setup.emulator.add_user("other");
    let chat = basalam_chat_emulator::SeedChat::private(setup.emulator.seller().id, other.id);
    let chat = setup.emulator.seed_chat(chat).unwrap();
    setup.receive(&["fails", "later"]);
    let calls = Arc::new(AtomicUsize::new(0));
    let (taken, reports) = (
        Arc::new(Mutex::new(Vec::new())),
        Arc::new(AtomicUsize::new(0)),
    );
    let (count, letters, reported) = (calls.clone(), taken.clone(), reports.clone());
    let watch = setup
        .watch()
        .max_attempts(1)
        .dead_letter(move |letter| {
            assert!(count.fetch_add(1, Ordering::SeqCst) > 0, "on purpose");
            letters
                .lock()
                .unwrap()
                .push(letter.event.message().unwrap().id.0);
        })
        .on_report(move |report| {
            if matches!(report, Report::DeadLetterFailed(_)) {
                reported.fetch_add(1, Ordering::SeqCst);
            }
            panic!("on purpose");
        });
    let handled = Arc::new(Mutex::new(Vec::new()));
    let texts = handled.clone();
    let emulator = setup.emulator.seed_messages(chat, other.id, ["works"]);
    emulator.unwrap();
    let run = setup.run_handler(MINUTE * 5, watch, move |delivery| {
        let texts = texts.clone();
        async move {
            let text = delivery.event().received();
            let text = text.and_then(|it| it.content.text.clone());
            match text.as_deref() {
                Some("fails") => return Err("on purpose".into()),
                Some(text) => texts.lock().unwrap().push(text.to_owned()),
                None => {}
            }
            Ok(())
        }
    });
    run.await;
    let fails = setup.emulator.messages(setup.chat)[0].id;
    assert_eq!(*taken.lock().unwrap(), [fails]);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    assert_eq!(reports.load(Ordering::SeqCst), 1);
    let mut handled = handled.lock().unwrap().clone();
    handled.sort();
    assert_eq!(handled, ["later", "works"]);
}

#[tokio::test]
async fn failures_of_handlers_are_reported() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    setup.receive(&["fails", "panics", "panics at once", "hangs", "works"]);
    let reports = Arc::new(Mutex::new(Vec::new()));
    let failures = reports.clone();
    let chat_id = setup.chat;
    let watch = setup.watch().max_attempts(2).handler_timeout(SECOND * 30);
    let watch = watch.on_report(move |report| {
        if let Report::HandlerFailed {
            chat,
            attempt,
            failure,
            ..
        } = report
        {
            assert_eq!(chat.0, chat_id);
            let failure = match failure {
                HandlerFailure::Error(error) => error.to_string(),
                other => format!("{other:?}"),
            };
            failures.lock().unwrap().push((*attempt, failure));
        }
    });
    let run = setup.run_handler(MINUTE * 5, watch, |delivery| {
        let text = delivery.event().received();
        let text = text.and_then(|it| it.content.text.clone());
        assert_ne!(text.as_deref(), Some("panics at once"), "on purpose");
        async move {
            match text.as_deref() {
                Some("fails") => Err("no connection to the help desk".into()),
                Some("panics") => panic!("on purpose"),
                Some("hangs") => std::future::pending().await,
                _ => Ok(()),
            }
        }
    });
    run.await;
    let expected = [
        "no connection to the help desk",
        "Panicked",
        "Panicked",
        "TimedOut",
    ];
    let expected = expected.map(|it| [(1, it.to_owned()), (2, it.to_owned())]);
    assert_eq!(*reports.lock().unwrap(), expected.concat());
}

#[tokio::test]
async fn debug_output_of_reports_and_dead_letters_contains_no_message() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let rule = FaultRule::new(Fault::status(503)).operation("create_message");
    setup.emulator.add_fault(rule).unwrap();
    setup.receive(&["a-private-question"]);
    let shown = Arc::new(Mutex::new(String::new()));
    let (reports, letters) = (shown.clone(), shown.clone());
    let watch = setup
        .watch()
        .max_attempts(1)
        .on_report(move |report| *reports.lock().unwrap() += &format!("{report:?}"))
        .dead_letter(move |letter| *letters.lock().unwrap() += &format!("{letter:?}"));
    let run = setup.run_handler(MINUTE * 5, watch, |delivery| async move {
        if delivery.event().received().is_some() {
            delivery.reply("a-private-answer").await?;
        }
        Ok(())
    });
    run.await;
    let shown = shown.lock().unwrap();
    assert!(shown.contains("HandlerFailed") && shown.contains("AttemptsExhausted"));
    let token = setup.emulator.seller().token();
    for private in ["a-private-question", "a-private-answer", token] {
        assert!(!shown.contains(private), "{shown}");
    }
}

#[tokio::test]
async fn wake_up_ends_the_backoff_after_failed_polls() {
    let setup = setup().await;
    let run = async {
        let mut watcher = setup.watch().start().unwrap();
        wait(&setup.clock, MINUTE).await;
        let rule = FaultRule::new(Fault::status(503)).operation("get_chats");
        setup.emulator.add_fault(rule).unwrap();
        wait(&setup.clock, MINUTE * 10).await;
        setup.emulator.clear_faults();
        let ids = setup.receive(&["1"]);
        let before = setup.clock.elapsed();
        watcher.handle().wake();
        watcher.handle().wake();
        let (id, delivery) = next_received(&mut watcher).await;
        assert_eq!(id.0, ids[0]);
        delivery.ack();
        assert_eq!(setup.clock.elapsed(), before);
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn wake_up_polls_before_the_idle_interval_is_over() {
    let setup = setup().await;
    let run = async {
        let mut watcher = setup.watch().start().unwrap();
        wait(&setup.clock, MINUTE * 5).await;
        for text in ["1", "2"] {
            setup.receive(&[text]);
            let before = setup.clock.elapsed();
            watcher.handle().wake();
            let (_, delivery) = next_received(&mut watcher).await;
            assert_eq!(setup.clock.elapsed(), before);
            delivery.ack();
            wait(&setup.clock, SECOND * 100).await;
        }
    };
    setup.clock.run(run).await;
}
