//! Several syncs and readers of one archive.

use basalam_chat_archive::{Archive, SearchQuery};

use super::support::Fixture;

// The first sync occupies one thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_sync_of_an_archive_is_refused() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("Sara", ["salam"]);
    let (sender, started) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let mut sender = Some(sender);
    let first = fixture.archive.sync(&fixture.client).on_event(move |_| {
        if let Some(sender) = sender.take() {
            sender.send(()).unwrap();
            released.recv().unwrap();
        }
    });
    let first = tokio::spawn(async move { first.await });
    started.await.unwrap();
    let other = Archive::open(fixture.archive.path()).unwrap();
    let error = other.sync(&fixture.client).await.unwrap_err();
    assert!(error.is_locked(), "{error}");
    let import = tokio::task::spawn_blocking(move || other.import_json_lines(&b""[..]))
        .await
        .unwrap();
    assert!(import.unwrap_err().is_locked());
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    fixture.assert_complete(&[chat]);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_a_consistent_archive_during_a_sync() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("Sara", (0..5000).map(|it| format!("message {it}")));
    let reader = fixture.archive.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let reading = std::thread::spawn(move || {
        let mut last = 0;
        while stopped.try_recv().is_err() {
            let report = reader.coverage().unwrap();
            let messages = report.chats.first().map_or(0, |it| it.messages);
            assert!(messages >= last);
            last = messages;
            reader.search(&SearchQuery::new("message")).unwrap();
        }
    });
    fixture.archive.sync(&fixture.client).await.unwrap();
    stop.send(()).unwrap();
    reading.join().unwrap();
    fixture.assert_complete(&[chat]);
}
