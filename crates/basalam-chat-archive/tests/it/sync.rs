//! First and later syncs, and their events.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::ChatId;
use basalam_chat_archive::{SyncEvent, SyncEventKind};
use basalam_chat_emulator::{Fault, FaultRule, SeedChat};
use serde_json::{Value, json};

use super::support::{Fixture, client, lines, numbered};

#[tokio::test(flavor = "multi_thread")]
async fn first_sync_reads_everything_and_the_next_ones_what_is_new() {
    let fixture = Fixture::new().await;
    let long = fixture.chat("Sara", numbered(950));
    let short = fixture.chat("Reza", ["سلام"]);
    let empty = fixture.chat("Mina", [""; 0]);
    let chats = [long, short, empty];
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!(
        (report.chats, report.chats_read, report.messages_added),
        (3, 3, 951)
    );
    assert!(report.is_complete() && report.account.last_synced_at.is_some());
    fixture.assert_complete(&chats);

    let before = fixture.requests();
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!((report.chats_read, report.messages_added), (0, 0));
    assert!(
        fixture.requests() - before <= 4,
        "{}",
        fixture.requests() - before
    );

    let user = fixture.emulator.users().last().unwrap().id;
    fixture
        .emulator
        .seed_messages(empty, user, ["first"])
        .unwrap();
    fixture
        .emulator
        .seed_messages(short, fixture.emulator.seller().id, numbered(250))
        .unwrap();
    let before = fixture.requests();
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!((report.chats_read, report.messages_added), (2, 251));
    assert!(
        fixture.requests() - before <= 11,
        "{}",
        fixture.requests() - before
    );
    fixture.assert_complete(&chats);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_quiet_chats_need_few_requests() {
    let fixture = Fixture::new().await;
    let chats: Vec<i64> = (0..300)
        .map(|it| {
            // More chats of one second than a page has cannot be listed.
            if it % 10 == 0 {
                fixture
                    .emulator
                    .advance_clock(Duration::from_secs(1))
                    .unwrap();
            }
            fixture.chat(&format!("User {it}"), ["a", "b"])
        })
        .collect();
    fixture.archive.sync(&fixture.client).await.unwrap();
    fixture.assert_complete(&chats);
    let before = fixture.requests();
    fixture.archive.sync(&fixture.client).await.unwrap();
    assert!(
        fixture.requests() - before <= 10,
        "{}",
        fixture.requests() - before
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn json_of_messages_is_kept_as_received() {
    let fixture = Fixture::new().await;
    let raw = r#"{ "id": 7,"chat_id":CHAT,"zeta":1.0,"alpha":[1 , 2],"created_at":"2026-07-22 10:28:23","updated_at":"2026-07-22 10:28:23","message_type":"salon","content":{"text":"\u0633\u0644\u0627\u0645","size":12.0}}"#;
    let odd = r#"{"id":"6","big":1e400,"chat_id":CHAT,"created_at":"2026-07-22 10:28:23","updated_at":"2026-07-22 10:28:23","message_type":"text","content":[]}"#;
    let chat = fixture.chat("Sara", [""; 0]);
    let [raw, odd] = [raw, odd].map(|it| it.replace("CHAT", &chat.to_string()));
    let pages = [
        format!(r#"{{"data":{{"messages":[{raw},{odd}]}}}}"#),
        r#"{"data":{"messages":[]}}"#.to_owned(),
    ];
    let (emulator, mut pages) = (&fixture.emulator, pages.into_iter());
    emulator
        .on_request("get_messages", move |emulator| {
            let page = pages.next().unwrap();
            emulator
                .queue_response(200, &[("content-type", "application/json")], page)
                .unwrap();
        })
        .unwrap();
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert!(report.is_complete(), "{report:?}");
    let mut export = Vec::new();
    fixture.archive.export().json_lines(&mut export).unwrap();
    let export = String::from_utf8(export).unwrap();
    assert!(export.contains(&raw), "{export}");
    assert!(export.contains("1e400"), "{export}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_messages_are_kept_and_counted() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("Sara", numbered(5));
    let strip = Fault::map_body(|body| {
        if let Some(messages) = body
            .pointer_mut("/data/messages")
            .and_then(Value::as_array_mut)
            && let Some(message) = messages.get_mut(1)
        {
            *message = json!({ "id": message["id"], "surprise": true });
        }
    });
    fixture
        .emulator
        .add_fault(FaultRule::new(strip).operation("get_messages").times(1))
        .unwrap();
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!((report.messages_added, report.unreadable), (4, 1));
    assert_eq!(fixture.archive.check().unwrap().unreadable, 1);
    let unreadable: Vec<Value> = lines(&fixture.archive)
        .into_iter()
        .filter(|it| it["kind"] == "unreadable")
        .collect();
    assert!(unreadable[0]["text"].as_str().unwrap().contains("surprise"));
    // Read again after the service has been repaired.
    fixture
        .archive
        .sync(&fixture.client)
        .recheck(Duration::from_secs(3600))
        .await
        .unwrap();
    fixture.assert_complete(&[chat]);
}

#[tokio::test(flavor = "multi_thread")]
async fn selected_chats_only() {
    let fixture = Fixture::new().await;
    let chats = ["a", "b", "c"].map(|name| fixture.chat(name, numbered(3)));
    let selected = [ChatId(chats[1])];
    let report = fixture
        .archive
        .sync(&fixture.client)
        .chats(selected)
        .await
        .unwrap();
    assert_eq!((report.chats_read, report.messages_added), (1, 3));
    assert!(!fixture.archive.coverage().unwrap().is_complete());
    fixture.archive.sync(&fixture.client).await.unwrap();
    fixture.assert_complete(&chats);
}

#[tokio::test(flavor = "multi_thread")]
async fn selected_chat_that_does_not_exist_is_not_written() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("a", numbered(3));
    let missing = ChatId(chat + 1000);
    let sync = fixture.archive.sync(&fixture.client);
    let report = sync.chats([missing]).await.unwrap();
    assert_eq!(
        (report.failures.len(), report.failures[0].chat),
        (1, missing)
    );
    let chats = fixture.archive.chats().unwrap();
    assert_eq!(chats.iter().map(|it| it.id.0).collect::<Vec<_>>(), [chat]);
    // The list is read a second time after the other chat was.
    let sync = fixture.archive.sync(&fixture.client);
    let report = sync.chats([ChatId(chat), missing]).await.unwrap();
    assert_eq!((report.chats_read, report.failures.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn selected_chat_that_is_not_listed_is_read() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("a", numbered(3));
    let hidden = ChatId(chat + 1000);
    let message = format!(
        r#"{{"id":7,"chat_id":{hidden},"created_at":"2026-07-22 10:28:23","updated_at":"2026-07-22 10:28:23","message_type":"text","content":{{"text":"a"}}}}"#
    );
    let mut pages = [message, String::new()].into_iter().cycle();
    fixture
        .emulator
        .on_request("get_messages", move |emulator| {
            let page = format!(r#"{{"data":{{"messages":[{}]}}}}"#, pages.next().unwrap());
            let headers = [("content-type", "application/json")];
            emulator.queue_response(200, &headers, page).unwrap();
        })
        .unwrap();
    for added in [1, 0] {
        let sync = fixture.archive.sync(&fixture.client);
        let report = sync.chats([hidden]).await.unwrap();
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(report.messages_added, added);
        assert!(
            fixture
                .archive
                .chats()
                .unwrap()
                .iter()
                .any(|it| it.id == hidden)
        );
        assert!(fixture.archive.check().unwrap().is_healthy());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_report_progress_in_order() {
    let fixture = Fixture::new().await;
    let chats = ["a", "b"].map(|name| fixture.chat(name, numbered(250)));
    let events: Arc<Mutex<Vec<SyncEvent>>> = Arc::default();
    let collected = Arc::clone(&events);
    let on_event = move |event: &SyncEvent| collected.lock().unwrap().push(*event);
    fixture
        .archive
        .sync(&fixture.client)
        .on_event(on_event)
        .await
        .unwrap();
    let events = events.lock().unwrap();
    let last = events.last().unwrap();
    assert_eq!(last.kind, SyncEventKind::Finished);
    let progress = last.progress;
    assert_eq!(
        (
            progress.chats,
            progress.chats_to_read,
            progress.chats_completed
        ),
        (2, 2, 2)
    );
    assert_eq!(
        (progress.messages_read, progress.messages_added),
        (500, 500)
    );
    assert!(progress.listing_done && progress.concurrency > 0);
    let completed = |chat| {
        events
            .iter()
            .filter(|it| it.kind == SyncEventKind::ChatCompleted { chat })
            .count()
    };
    assert_eq!(chats.map(|chat| completed(ChatId(chat))), [1, 1]);
    assert!(
        events
            .windows(2)
            .all(|it| it[0].progress.messages_read <= it[1].progress.messages_read)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_login_and_arguments_are_reported() {
    let fixture = Fixture::new().await;
    fixture.chat("a", ["a"]);
    for argument in ["max_concurrency", "page_size"] {
        let sync = fixture.archive.sync(&fixture.client);
        let sync = match argument {
            "page_size" => sync.page_size(0),
            _ => sync.max_concurrency(0),
        };
        let error = sync.await.unwrap_err();
        assert!(
            error.is_invalid_input() && error.to_string().contains(argument),
            "{error}"
        );
    }
    assert_eq!(fixture.requests(), 0);
    fixture
        .emulator
        .revoke_token(fixture.emulator.seller().token());
    let error = fixture.archive.sync(&fixture.client).await.unwrap_err();
    assert!(
        error.is_client() && error.client_error().unwrap().needs_login(),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_that_move_during_the_sync_are_read_again() {
    let fixture = Fixture::new().await;
    let user = fixture.emulator.customer().id;
    let seller = fixture.emulator.seller().id;
    let chat = fixture
        .emulator
        .seed_chat(SeedChat::private(seller, user))
        .unwrap();
    fixture
        .emulator
        .seed_messages(chat, user, numbered(450))
        .unwrap();
    let other = fixture.chat("other", numbered(150));
    let mut requests = 0;
    fixture
        .emulator
        .on_request("get_messages", move |emulator| {
            requests += 1;
            if requests == 3 {
                emulator.advance_clock(Duration::from_secs(5)).unwrap();
                emulator.seed_messages(chat, user, ["late"]).unwrap();
            }
        })
        .unwrap();
    fixture.archive.sync(&fixture.client).await.unwrap();
    // Whether the second look at the list found it depends on the order; the next sync does.
    fixture
        .archive
        .sync(&client(&fixture.emulator))
        .await
        .unwrap();
    fixture.assert_complete(&[chat, other]);
}
