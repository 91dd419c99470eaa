//! Processes that are paused, as SIGSTOP or a virtual machine does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::setup::{MINUTE, SECOND, next_received, setup};

#[tokio::test]
async fn reply_after_a_pause_that_was_longer_than_the_lease_is_refused() {
    // The lease is 15 seconds long.
    for pause in [SECOND * 15, MINUTE, MINUTE * 600] {
        let setup = setup().await;
        setup.receive(&["1"]);
        let run = async {
            let mut watcher = setup.watch().from_the_beginning().start().unwrap();
            let (_, delivery) = next_received(&mut watcher).await;
            assert!(!delivery.is_revoked());
            setup.clock.pause(pause);
            assert!(delivery.is_revoked());
            delivery.revoked().await;
            let error = delivery.reply("too late").await.unwrap_err();
            assert!(error.is_revoked(), "{error}");
        };
        setup.clock.run(run).await;
        assert!(setup.answers().is_empty());
    }
}

#[tokio::test]
async fn short_pause_changes_nothing() {
    let setup = setup().await;
    setup.receive(&["1"]);
    let run = async {
        let mut watcher = setup.watch().from_the_beginning().start().unwrap();
        let (_, delivery) = next_received(&mut watcher).await;
        setup.clock.pause(SECOND * 5);
        assert!(!delivery.is_revoked());
        delivery.reply("in time").await.unwrap();
    };
    setup.clock.run(run).await;
    assert_eq!(setup.answers(), ["in time"]);
}

#[tokio::test]
async fn handler_does_not_go_on_after_a_pause_that_was_longer_than_the_lease() {
    let setup = setup().await;
    setup.receive(&["1"]);
    let resumed = Arc::new(AtomicUsize::new(0));
    let (clock, count) = (setup.clock.clone(), resumed.clone());
    let watch = setup.watch().from_the_beginning();
    let run = setup.run_handler(MINUTE * 5, watch, move |delivery| {
        let (clock, count) = (clock.clone(), count.clone());
        async move {
            if delivery.event().received().is_some() {
                if !delivery.is_redelivery() {
                    clock.pause(MINUTE);
                }
                tokio::task::yield_now().await;
                count.fetch_add(1, Ordering::SeqCst);
                let attempt = delivery.attempt();
                delivery.reply(format!("attempt {attempt}")).await?;
            }
            Ok(())
        }
    });
    run.await;
    assert_eq!(setup.answers(), ["attempt 2"]);
    assert_eq!(resumed.load(Ordering::SeqCst), 1);
}
