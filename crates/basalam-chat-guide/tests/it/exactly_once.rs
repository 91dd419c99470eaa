use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use basalam_chat::state::MemoryState;
use basalam_chat_emulator::{Emulator, Fault, FaultRule};
use basalam_chat_guide::exactly_once::{job, send, steps};

use super::support::{builder, shop_on, yield_until};

const AT_ONCE: Duration = Duration::ZERO;

#[tokio::test]
async fn message_is_sent_once_whatever_fails() {
    let emulator = Emulator::start().await.unwrap();
    for (number, fault) in [
        // The message is stored, and its response is lost.
        Fault::disconnect().after_handling(),
        Fault::truncated_body(),
        Fault::override_status(502),
        // The message is not stored, which the client cannot know either.
        Fault::disconnect(),
        Fault::status(503),
    ]
    .into_iter()
    .enumerate()
    {
        let shop = shop_on(&emulator);
        let rule = FaultRule::new(fault).operation("create_message").times(1);
        emulator.add_fault(rule).unwrap();
        let key = format!("parcel-{number}");
        let text = "It was sent this morning.";
        let sent = send::send_once(&shop.client, shop.chat, text, &key, AT_ONCE).await;
        let stored = emulator.messages(shop.chat.0);
        assert_eq!(stored.len(), 1, "fault {number}");
        assert_eq!(sent.unwrap().0, stored[0].id);
    }
}

#[tokio::test]
async fn refused_message_is_an_error() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    emulator.fail_next(Fault::status(422)).unwrap();
    let sent = send::send_once(&shop.client, shop.chat, "Hello", "hello-1", AT_ONCE).await;
    assert!(sent.unwrap_err().is_validation());
    assert!(shop.texts(&emulator).is_empty());
}

#[tokio::test]
async fn message_of_an_earlier_run_is_found_by_its_key() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    let found = job::find_by_key(&shop.client, shop.chat, "parcel-7")
        .await
        .unwrap();
    assert_eq!(found, None);
    let request = shop.client.create_message(shop.chat, "Sent.");
    let sent = request.idempotency_key("parcel-7").await.unwrap();
    shop.receive(&emulator, &["Thanks!"]);
    let found = job::find_by_key(&shop.client, shop.chat, "parcel-7")
        .await
        .unwrap();
    assert_eq!(found, Some(sent.id));
}

#[tokio::test]
async fn handler_repeats_only_the_steps_that_are_missing() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    shop.receive(&emulator, &["Is it in stock?"]);
    let attempts = Arc::new(AtomicU32::new(0));
    let counter = attempts.clone();
    // A repeated reply waits until the first one is certainly processed and visible.
    let client = builder(&emulator, &shop.seller)
        .operation_timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let watch = client.watch(MemoryState::new()).from_the_beginning();
    let watcher = watch.visibility_lag(AT_ONCE).start().unwrap();
    let handle = watcher.handle();
    let run = watcher.run(move |delivery| {
        let counter = counter.clone();
        steps::handle(delivery, move |_question| {
            // The first attempt fails after the greeting.
            let is_first = counter.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                match is_first {
                    true => Err("the model is not available".into()),
                    false => Ok(Some("Yes.".to_owned())),
                }
            }
        })
    });
    let answered = async {
        yield_until(|| shop.texts(&emulator).len() == 3).await;
        handle.shutdown();
    };
    let (result, ()) = tokio::join!(run, answered);
    result.unwrap();
    assert_eq!(
        shop.texts(&emulator),
        ["Is it in stock?", "سلام! یک لحظه.", "Yes."]
    );
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
}
