//! Lists of chats whose pages are short, fail, or share a second.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use basalam_chat::RetryPolicy;
use basalam_chat_emulator::{Emulator, Fault, SeedMessage, TimeBound};

use super::setup::{
    MINUTE, SECOND, Setup, next_received, service_time, setup, setup_with_short_pages, wait,
};

#[tokio::test]
async fn chat_that_changes_in_the_second_of_many_others_is_found_by_a_poll() {
    for count in [99, 101, 250] {
        let setup = setup().await;
        let chats = setup.add_chats(count);
        let run = async {
            let watch = setup.watch().idle_interval(SECOND * 2);
            let mut watcher = watch.resync_interval(MINUTE * 600).start().unwrap();
            wait(&setup.clock, MINUTE * 2).await;
            let second = service_time(setup.clock.elapsed());
            let message = |text: &str| SeedMessage::text(text).created_at(second);
            for (chat, user) in &chats {
                let ids = setup.emulator.seed_messages(*chat, user.id, [message("1")]);
                ids.unwrap();
            }
            for _ in &chats {
                next_received(&mut watcher).await.1.ack();
            }
            // It has the smallest id, so it is listed after all others of the second.
            let ids = setup.receive_messages([message("2")]);
            let before = setup.clock.elapsed();
            let (id, delivery) = next_received(&mut watcher).await;
            assert_eq!(id.0, ids[0]);
            delivery.ack();
            assert!(setup.clock.elapsed() - before < MINUTE, "{count}");
        };
        setup.clock.run(run).await;
    }
}

#[tokio::test]
async fn idle_polls_read_one_page_although_all_chats_share_a_second() {
    let setup = setup().await;
    let second = service_time(setup.clock.elapsed());
    for (chat, _) in setup.add_chats(250) {
        setup.emulator.set_chat_updated_at(chat, second).unwrap();
    }
    let run = async {
        let watch = setup.watch().resync_interval(MINUTE * 600);
        let _watcher = watch.start().unwrap();
        wait(&setup.clock, MINUTE * 5).await;
        let before = setup.emulator.total_request_count();
        wait(&setup.clock, MINUTE * 10).await;
        let count = setup.emulator.total_request_count() - before;
        assert!((39..=41).contains(&count), "{count}");
    };
    setup.clock.run(run).await;
}

#[tokio::test]
async fn lists_resume_at_the_page_that_failed() {
    let setup = setup_with_short_pages().await;
    setup.add_chats(150);
    let count = AtomicUsize::new(0);
    // The list has six pages, of which no more than three are read without an error.
    let hook = move |emulator: &Emulator| {
        if count.fetch_add(1, Ordering::SeqCst) % 4 == 3 {
            emulator.fail_next(Fault::status(503)).unwrap();
        }
    };
    setup.emulator.on_request("get_chats", hook).unwrap();
    let client = basalam_chat::Client::builder(basalam_chat::PersonalToken::new(
        setup.emulator.seller().token(),
    ));
    let client = client
        .base_url(setup.emulator.base_url())
        .clock(setup.clock.clone())
        .retry_policy(RetryPolicy::never())
        .build()
        .unwrap();
    let watch = client.watch(setup.store.clone());
    setup.run(MINUTE * 5, watch.clone()).await;
    setup.receive(&["1"]);
    setup.run(MINUTE * 5, watch).await;
    assert_eq!(setup.answers(), ["re: 1"]);
}

#[tokio::test]
async fn page_sizes_and_time_bounds_change_nothing() {
    for (max_page_size, from, before) in [
        (30, TimeBound::Inclusive, TimeBound::Inclusive),
        (30, TimeBound::Exclusive, TimeBound::Exclusive),
        (35, TimeBound::Inclusive, TimeBound::Exclusive),
        (100, TimeBound::Exclusive, TimeBound::Inclusive),
    ] {
        let builder = Emulator::builder()
            .max_page_size(max_page_size)
            .from_bound(from)
            .before_bound(before);
        let setup = Setup::start(builder).await;
        let chats = setup.add_chats(40);
        setup.run(MINUTE, setup.watch()).await;
        // More chats than a page has change within a second, and more messages than a page has.
        for (chat, user) in &chats {
            let ids = setup.emulator.seed_messages(*chat, user.id, ["hello"]);
            ids.unwrap();
        }
        let texts: Vec<String> = (0..max_page_size + 5)
            .map(|number| number.to_string())
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let ids = setup.receive(&texts);
        let received = Arc::new(Mutex::new(Vec::new()));
        let handled = received.clone();
        let run = setup.run_handler(MINUTE * 12, setup.watch(), move |delivery| {
            if let Some(message) = delivery.event().received() {
                handled
                    .lock()
                    .unwrap()
                    .push((message.chat_id.0, message.id.0));
            }
            async { Ok(()) }
        });
        run.await;
        let received = received.lock().unwrap();
        let of_chat = received.iter().filter(|it| it.0 == setup.chat);
        assert_eq!(of_chat.map(|it| it.1).collect::<Vec<_>>(), ids);
        assert_eq!(received.len(), ids.len() + chats.len(), "{max_page_size}");
    }
}
