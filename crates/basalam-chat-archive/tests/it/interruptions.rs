//! Syncs that meet failures, are stopped or are dropped, and are resumed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::ChatId;
use basalam_chat_archive::{SyncEvent, SyncEventKind};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, RateLimit};

use super::support::{Fixture, numbered, texts};

#[tokio::test(flavor = "multi_thread")]
async fn failing_chat_does_not_end_the_sync() {
    let fixture = Fixture::new().await;
    let chats = ["a", "b"].map(|name| fixture.chat(name, numbered(3)));
    let gone = fixture.chat("gone", numbered(3));
    // The list still has the chat, and its messages are not found.
    let mut first = true;
    fixture
        .emulator
        .on_request("get_messages", move |emulator| {
            if std::mem::take(&mut first) {
                emulator.delete_chat(gone);
            }
        })
        .unwrap();
    let report = fixture
        .archive
        .sync(&fixture.client)
        .max_concurrency(1)
        .await
        .unwrap();
    if report.failures.is_empty() {
        // The chat was read before the others.
        assert_eq!(report.messages_added, 9);
        return;
    }
    assert_eq!(report.failures.len(), 1);
    assert_eq!(report.failures[0].chat, ChatId(gone));
    assert!(
        report.failures[0]
            .error
            .client_error()
            .unwrap()
            .is_not_found()
    );
    assert!(!report.is_complete());
    fixture.archive.sync(&fixture.client).await.unwrap();
    let archived = texts(&fixture.archive);
    assert!(chats.iter().all(|chat| archived[chat].len() == 3));
    assert_eq!(fixture.archive.coverage().unwrap().incomplete().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_retried() {
    let fixture = Fixture::new().await;
    let chats = ["a", "b", "c"].map(|name| fixture.chat(name, numbered(1500)));
    for (fault, seed) in [
        (Fault::status(503), 1),
        (Fault::disconnect(), 2),
        (Fault::truncated_body(), 3),
    ] {
        let rule = FaultRule::new(fault).seeded_probability(0.1, seed);
        fixture.emulator.add_fault(rule).unwrap();
    }
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    fixture.emulator.clear_faults();
    if !report.is_complete() {
        // Faults have hit a chat too often.
        fixture.archive.sync(&fixture.client).await.unwrap();
    }
    fixture.assert_complete(&chats);
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_slow_the_sync_down() {
    let limit = RateLimit::new(12, Duration::from_secs(1));
    let fixture = Fixture::with(Emulator::builder().rate_limit(limit).start().await.unwrap());
    let chat = fixture.chat("Sara", numbered(1800));
    let pauses = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&pauses);
    let on_event = move |event: &SyncEvent| {
        if let SyncEventKind::RateLimited { .. } = event.kind {
            *counted.lock().unwrap() += 1;
        }
    };
    let report = fixture
        .archive
        .sync(&fixture.client)
        .on_event(on_event)
        .await
        .unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert!(*pauses.lock().unwrap() > 0);
    fixture.assert_complete(&[chat]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_sync_is_resumed() {
    let fixture = Fixture::with_latency(Duration::from_millis(5)).await;
    let chat = fixture.chat("Sara", numbered(3000));
    let (sender, signal) = tokio::sync::oneshot::channel();
    let mut sender = Some(sender);
    let report = fixture
        .archive
        .sync(&fixture.client)
        .max_concurrency(2)
        .on_event(move |event| {
            if event.progress.messages_read >= 500
                && let Some(sender) = sender.take()
            {
                sender.send(()).unwrap();
            }
        })
        .stop_when(async move { signal.await.unwrap() })
        .await
        .unwrap();
    assert!(report.stopped && !report.is_complete());
    assert!((500..2500).contains(&report.messages_added), "{report:?}");
    let coverage = fixture.archive.coverage().unwrap();
    assert!(!coverage.is_complete());
    assert_eq!(coverage.incomplete().next().unwrap().chat, ChatId(chat));
    let before = fixture.emulator.request_count("get_messages").unwrap();
    let second = fixture
        .archive
        .sync(&fixture.client)
        .max_concurrency(2)
        .await
        .unwrap();
    assert_eq!(report.messages_added + second.messages_added, 3000);
    let requests = fixture.emulator.request_count("get_messages").unwrap() - before;
    assert!(
        requests <= (3000 - report.messages_added) / 100 + 8,
        "{requests}"
    );
    fixture.assert_complete(&[chat]);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_sync_is_resumed() {
    let fixture = Fixture::with_latency(Duration::from_millis(5)).await;
    let chat = fixture.chat("Sara", numbered(3000));
    let (sender, read) = tokio::sync::oneshot::channel();
    let mut sender = Some(sender);
    let sync = fixture
        .archive
        .sync(&fixture.client)
        .max_concurrency(2)
        .on_event(move |event| {
            if event.progress.messages_added >= 300
                && let Some(sender) = sender.take()
            {
                sender.send(()).unwrap();
            }
        });
    tokio::select! {
        _ = sync => panic!("the sync ended"),
        read = read => read.unwrap(),
    }
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert!(report.messages_added <= 2700, "{report:?}");
    fixture.assert_complete(&[chat]);
}
