//! One archive belongs to one account.

use basalam_chat::{Client, PersonalToken};
use basalam_chat_archive::Archive;

use super::support::{Fixture, texts};

#[tokio::test(flavor = "multi_thread")]
async fn archive_of_another_account_is_refused_and_unchanged() {
    let fixture = Fixture::new().await;
    fixture.chat("Sara", ["hello"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let before = texts(&fixture.archive);
    let customer = Client::builder(PersonalToken::new(fixture.emulator.customer().token()))
        .base_url(fixture.emulator.base_url())
        .build()
        .unwrap();
    let error = fixture.archive.sync(&customer).await.unwrap_err();
    assert!(error.is_other_account(), "{error}");
    assert!(error.to_string().contains("use another file"), "{error}");
    assert_eq!(texts(&fixture.archive), before);
    let account = fixture.archive.account().unwrap().unwrap();
    assert_eq!(account.user_id.0, fixture.emulator.seller().id);
    // The refusal releases the lock.
    fixture.archive.sync(&fixture.client).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn archive_of_another_service_is_refused() {
    let fixture = Fixture::new().await;
    fixture.chat("Sara", ["hello"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let other = fixture
        .emulator
        .base_url()
        .replace("127.0.0.1", "localhost");
    let client = Client::builder(PersonalToken::new(fixture.emulator.seller().token()))
        .base_url(other)
        .build()
        .unwrap();
    let error = fixture.archive.sync(&client).await.unwrap_err();
    assert!(error.is_other_account(), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn export_of_another_account_is_not_imported() {
    let (first, second) = (Fixture::new().await, Fixture::new().await);
    first.chat("Sara", ["hello"]);
    first.archive.sync(&first.client).await.unwrap();
    let export = super::support::json_lines(&first.archive);
    let export =
        String::from_utf8(export)
            .unwrap()
            .replacen("\"user_id\":430", "\"user_id\":431", 1);
    second.archive.sync(&second.client).await.unwrap();
    let error = second
        .archive
        .import_json_lines(export.as_bytes())
        .unwrap_err();
    assert!(error.is_other_account(), "{error}");
    assert!(texts(&second.archive).is_empty());
}

#[test]
fn new_archive_has_no_account() {
    let directory = tempfile::tempdir().unwrap();
    let archive = Archive::open(directory.path().join("a.db")).unwrap();
    assert_eq!(archive.account().unwrap(), None);
    assert!(archive.chats().unwrap().is_empty());
    assert!(archive.coverage().unwrap().is_complete());
}
