//! Edits and deletions on the service.

use std::time::Duration;

use basalam_chat::{ChatId, MessageId};
use basalam_chat_archive::SearchQuery;

use super::support::{Fixture, lines, texts};

const HOUR: Duration = Duration::from_secs(3600);

async fn edit(fixture: &Fixture, message: i64, text: &str) {
    fixture
        .client
        .edit_message(MessageId(message), text)
        .await
        .unwrap();
}

/// Adds a chat in which the login has written, and returns the ids of its messages.
fn own_chat(fixture: &Fixture, count: usize) -> (i64, Vec<i64>) {
    let chat = fixture.chat("Sara", ["hello"]);
    let texts = (0..count).map(|number| format!("own {number}"));
    let ids = fixture
        .emulator
        .seed_messages(chat, fixture.emulator.seller().id, texts);
    (chat, ids.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_recent_messages_are_found_when_the_chat_moves() {
    let fixture = Fixture::new().await;
    let (chat, ids) = own_chat(&fixture, 20);
    fixture.archive.sync(&fixture.client).await.unwrap();
    edit(&fixture, ids[5], "تغییر").await;
    fixture
        .emulator
        .seed_messages(chat, fixture.emulator.seller().id, ["new"])
        .unwrap();
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!((report.messages_added, report.messages_changed), (1, 1));
    fixture.assert_complete(&[chat]);
    // The index has the new text, and not the old one.
    let found = |text: &str| {
        fixture
            .archive
            .search(&SearchQuery::new(text))
            .unwrap()
            .hits
            .len()
    };
    assert_eq!(
        (found("تغيير"), found("\"own 5\""), found("\"own 6\"")),
        (1, 0, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_in_quiet_chats_are_found_by_a_recheck_only() {
    let fixture = Fixture::new().await;
    let (chat, ids) = own_chat(&fixture, 350);
    fixture.archive.sync(&fixture.client).await.unwrap();
    edit(&fixture, ids[3], "edited").await;
    let report = fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!(report.messages_changed, 0);
    let report = fixture
        .archive
        .sync(&fixture.client)
        .recheck(HOUR)
        .await
        .unwrap();
    assert_eq!((report.messages_changed, report.messages_added), (1, 0));
    fixture.assert_complete(&[chat]);
}

#[tokio::test(flavor = "multi_thread")]
async fn recheck_reads_no_further_than_its_window() {
    let fixture = Fixture::new().await;
    let seller = fixture.emulator.seller().id;
    let chat = fixture.chat("Sara", (0..500).map(|number| format!("old {number}")));
    fixture.emulator.advance_clock(10 * HOUR).unwrap();
    fixture
        .emulator
        .seed_messages(chat, seller, (0..150).map(|it| format!("new {it}")))
        .unwrap();
    fixture.archive.sync(&fixture.client).await.unwrap();
    let before = fixture.emulator.request_count("get_messages").unwrap();
    fixture
        .archive
        .sync(&fixture.client)
        .recheck(HOUR)
        .await
        .unwrap();
    // Two pages reach the older messages.
    assert_eq!(
        fixture.emulator.request_count("get_messages").unwrap() - before,
        2
    );
    fixture
        .archive
        .sync(&fixture.client)
        .recheck(20 * HOUR)
        .await
        .unwrap();
    assert!(fixture.emulator.request_count("get_messages").unwrap() - before >= 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_messages_are_kept_and_marked() {
    let fixture = Fixture::new().await;
    let (chat, ids) = own_chat(&fixture, 250);
    fixture.archive.sync(&fixture.client).await.unwrap();
    // The newest, one of the newest page, and an old one.
    for id in [ids[249], ids[200], ids[10]] {
        assert!(fixture.emulator.delete_message(id));
    }
    let report = fixture
        .archive
        .sync(&fixture.client)
        .recheck(HOUR)
        .await
        .unwrap();
    assert_eq!(report.messages_deleted, 3);
    fixture.assert_complete(&[chat]);
    let deleted: Vec<i64> = lines(&fixture.archive)
        .iter()
        .filter(|it| it["deleted_at"].is_string())
        .map(|it| it["id"].as_i64().unwrap())
        .collect();
    assert_eq!(deleted, [ids[10], ids[200], ids[249]]);
    let coverage = fixture.archive.coverage().unwrap();
    assert_eq!(
        (coverage.chats[0].messages, coverage.chats[0].deleted),
        (251, 3)
    );
    let hits = fixture
        .archive
        .search(&SearchQuery::new("\"own 10\""))
        .unwrap()
        .hits;
    assert!(hits[0].deleted);
    let report = fixture
        .archive
        .sync(&fixture.client)
        .recheck(HOUR)
        .await
        .unwrap();
    assert_eq!(report.messages_deleted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_messages_of_a_chat_can_be_deleted() {
    let fixture = Fixture::new().await;
    let (chat, ids) = own_chat(&fixture, 5);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let first = fixture.emulator.messages(chat)[0].id;
    for id in ids.iter().chain([&first]) {
        fixture.emulator.delete_message(*id);
    }
    let report = fixture
        .archive
        .sync(&fixture.client)
        .recheck(HOUR)
        .await
        .unwrap();
    assert_eq!(report.messages_deleted, 6);
    assert!(texts(&fixture.archive).is_empty());
    assert!(fixture.archive.coverage().unwrap().is_complete());
}

#[tokio::test(flavor = "multi_thread")]
async fn late_messages_are_found_when_the_chat_moves() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("Sara", ["first"]);
    let user = fixture.emulator.messages(chat)[0].sender_id;
    let late = basalam_chat_emulator::SeedMessage::text("late").visible_after(HOUR);
    fixture
        .emulator
        .seed_messages(chat, user, [late, "last".into()])
        .unwrap();
    fixture.archive.sync(&fixture.client).await.unwrap();
    assert_eq!(texts(&fixture.archive)[&chat].len(), 2);
    fixture.emulator.advance_clock(2 * HOUR).unwrap();
    fixture
        .emulator
        .seed_messages(chat, user, ["newest"])
        .unwrap();
    fixture.archive.sync(&fixture.client).await.unwrap();
    fixture.assert_complete(&[chat]);
}

#[tokio::test(flavor = "multi_thread")]
async fn renamed_people_have_their_newest_name() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("Sara", ["hello"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let chats = fixture.archive.chats().unwrap();
    assert_eq!(
        (chats[0].id, chats[0].title.as_deref()),
        (ChatId(chat), Some("Sara"))
    );
    assert_eq!((chats[0].messages, chats[0].is_complete), (1, true));
    let hits = fixture
        .archive
        .search(&SearchQuery::new("hello"))
        .unwrap()
        .hits;
    assert_eq!(hits[0].sender_name.as_deref(), Some("Sara"));
}
